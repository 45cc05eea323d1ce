/** What axe says of every page. */
import { assert, assertEquals } from "@std/assert";
import axe, { type RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { everyPath } from "./every_page.ts";
import { scenariosOn } from "./scenario.ts";
import { setStage, type Stage } from "./stage.ts";

let stage: Stage;
Deno.test.beforeAll(async () => void (stage = await setStage()));
Deno.test.afterAll(async () => await stage[Symbol.asyncDispose]());

const scenario = scenariosOn(() => stage);

scenario(
  "axe finds nothing on any page, light on a phone, nor in the colours of the dark on a desk",
  async (open) => {
    const missing = "/nothing-here";
    const { page, wrong } = await open("/", { reducedMotion: "reduce", bypassCSP: true });
    const paths = await everyPath(page);
    assert(paths.length > 40);
    for (const path of [...paths, missing]) {
      const address = stage.address + path;
      await look(page, address, { colorScheme: "light", width: 390 });
      assertEquals(await violations(page, { rules: { "target-size": { enabled: true } } }), [], path);
      await look(page, address, { colorScheme: "dark", width: 1280 });
      assertEquals(await violations(page, { runOnly: ["color-contrast", "link-in-text-block"] }), [], path);
    }
    // That one page is not there is told.
    assertEquals(wrong.splice(0).every((fault) => /404/.test(fault)), true);
  },
);

/** Loads a page in a colour scheme and a width, and axe with it. */
async function look(
  page: Page,
  address: string,
  { colorScheme, width }: { readonly colorScheme: "light" | "dark"; readonly width: number },
): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
  await page.goto(address);
  await page.evaluate(axe.source);
}

/** What axe finds. */
async function violations(page: Page, options: RunOptions): Promise<string[]> {
  return await page.evaluate(async (options) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(options);
    return violations.map(({ id, nodes }) =>
      `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(" | ")}`
    );
  }, options);
}
