/** What axe says of every page. */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import { everyPath } from "./every_page.ts";
import { scenariosOn } from "./scenario.ts";
import { setStage, type Stage } from "./stage.ts";

let stage: Stage;
Deno.test.beforeAll(async () => void (stage = await setStage()));
Deno.test.afterAll(async () => await stage[Symbol.asyncDispose]());

const scenario = scenariosOn(() => stage);

for (const [colorScheme, width] of [["light", 390], ["dark", 1280]] as const) {
  scenario(`axe finds nothing on any page, ${colorScheme}, ${width} pixels wide`, async (open) => {
    const missing = "/nothing-here";
    const { page, wrong } = await open("/", {
      colorScheme,
      reducedMotion: "reduce",
      bypassCSP: true,
      viewport: { width, height: 800 },
    });
    const paths = await everyPath(page);
    assert(paths.length > 40);
    for (const path of [...paths, missing]) {
      await page.goto(stage.address + path);
      await page.evaluate(axe.source);
      const violations = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
          rules: { "target-size": { enabled: true } },
        });
        return violations.map(({ id, nodes }) =>
          `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(" | ")}`
        );
      });
      assertEquals(violations, [], path);
    }
    // That one page is not there is told.
    assertEquals(wrong.splice(0).every((fault) => /404/.test(fault)), true);
  });
}
