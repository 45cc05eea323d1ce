/** Sections that are run in the reader's tab, from the gallery. */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { setStage, type Stage } from "./stage.ts";

let stage: Stage;
Deno.test.beforeAll(async () => void (stage = await setStage()));
Deno.test.afterAll(async () => await stage[Symbol.asyncDispose]());

// Playwright keeps its connection to the browser over tests.
const options = { sanitizeOps: false, sanitizeResources: false };

/** Sections with parameters by which they take seconds. */
const few = {
  "class-unet": { rows: 1, steps: 3, model: "mnist-class", seed: 5, trainSteps: 0 },
  "anagrams": { pairs: [{ upright: "a frog", turned: "a hamburger" }], steps: 4, upscale: "none", seed: 3 },
} as const;

/** A section's page with parameters, alive. */
async function openLab(page: Page): Promise<void> {
  await page.waitForSelector(".lab[data-ready=true]");
  await page.waitForSelector(".run:enabled");
}

async function run(page: Page, place: "tab" | "server"): Promise<void> {
  await page.locator(`.place input[value=${place}]`).check();
  await page.locator(".run").click();
  await page.waitForSelector(".panel:is([data-phase=done], [data-phase=failed])");
  assertEquals(await page.locator(".run-bar .error").allInnerTexts(), []);
}

/** The pixels of the figures of a visitor, as the browser decodes them. */
async function pixels(page: Page): Promise<number[][]> {
  return await page.locator(".results.own .figures").evaluate(async (figures) => {
    const found: number[][] = [];
    for (const { href } of figures.querySelectorAll<HTMLAnchorElement>("a.download[download$='.png']")) {
      const image = new Image();
      image.src = href;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      found.push([...context.getImageData(0, 0, image.width, image.height).data]);
    }
    return found;
  });
}

for (const [section, parameters] of Object.entries(few)) {
  Deno.test(`${section} is run in the tab with the server's pictures, and remembered`, options, async () => {
    const p = encodeURIComponent(JSON.stringify(parameters));
    await using visit = await stage.open(`/sections/${section}?p=${p}`);
    const { page, wrong, scripts } = visit;
    await openLab(page);
    const early = scripts.keys().filter((path) => path.startsWith("/tab/"));
    assertEquals([...early], [], "nothing is fetched before the first run");
    await run(page, "server");
    const expected = await pixels(page);
    assert(expected.length > 0);
    await run(page, "tab");
    assertMatch(await page.locator(".device").innerText(), /in this tab with \d threads/);
    const found = await pixels(page);
    assertEquals(found.map(({ length }) => length), expected.map(({ length }) => length));
    const largest = found.map((values, i) =>
      values.reduce((most, value, j) => Math.max(most, Math.abs(value - expected[i][j])), 0)
    );
    assertLess(Math.max(...largest), 3, String(largest));
    await page.goto(`${stage.address}/history`);
    await page.waitForSelector(".memories li >> nth=1");
    await page.locator(".memories .compare").first().click();
    await page.waitForSelector(".history .beside .figure");
    assertEquals(wrong, []);
  });
}
