/** Tests that look at pages. */
import { assertEquals } from "@std/assert";
import type { Stage, Visit } from "./stage.ts";

// Playwright keeps its connection to the browser over tests.
const options = { sanitizeOps: false, sanitizeResources: false };

/** Makes tests that open pages of a stage; at the end of each nothing may have gone wrong on any of them. */
export function scenariosOn(
  stage: () => Stage,
): (name: string, fn: (open: Stage["open"]) => Promise<void>) => void {
  return (name, fn) =>
    Deno.test(name, options, async () => {
      await using stack = new AsyncDisposableStack();
      const visits: Visit[] = [];
      await fn(async (path, options) => {
        const visit = stack.use(await stage().open(path, options));
        visits.push(visit);
        return visit;
      });
      assertEquals(visits.flatMap(({ wrong }) => wrong), []);
    });
}
