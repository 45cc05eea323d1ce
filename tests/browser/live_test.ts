/** What is moved on a page without a run, and the sections that belong to it. */
import { assert, assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { picturePath, setStage, type Stage } from "./stage.ts";

let stage: Stage;
Deno.test.beforeAll(async () => void (stage = await setStage()));
Deno.test.afterAll(async () => await stage[Symbol.asyncDispose]());

// Playwright keeps its connection to the browser over tests.
const options = { sanitizeOps: false, sanitizeResources: false };

/** A test on a page where nothing may go wrong. */
function scenario(
  name: string,
  path: string,
  fn: (page: Page, scripts: Map<string, number>) => Promise<void>,
) {
  Deno.test(name, options, async () => {
    await using visit = await stage.open(path);
    await fn(visit.page, visit.scripts);
    assertEquals(visit.wrong, []);
  });
}

/** Sets a slider as somebody who drags it does. */
async function drag(page: Page, label: string, value: number): Promise<void> {
  await page.locator(".live").getByLabel(label, { exact: true }).evaluate(
    (input: HTMLInputElement, value) => {
      input.value = String(value);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    },
    value,
  );
}

scenario(
  "a noise level is dragged without a run, of another picture and of an upload",
  "/sections/one-step",
  async (page) => {
    await page.locator(".live").scrollIntoViewIfNeeded();
    await page.waitForSelector(".live[data-phase=done]");
    const views = page.locator(".live-views svg");
    assertEquals(await views.count(), 3);
    const boxes = () => views.evaluateAll((all) => all.map((view) => view.getAttribute("viewBox")));
    const sources = () =>
      page.locator(".live-views image").evaluateAll((all) => all.map((image) => image.getAttribute("href")));
    const [before, first] = [await boxes(), await sources()];
    const start = performance.now();
    await drag(page, "Noise level", 3);
    await page.waitForFunction(
      (x) => document.querySelector(".live-views svg")!.getAttribute("viewBox") !== x,
      before[0],
    );
    assertLess(performance.now() - start, 1000);
    assertMatch(await page.locator(".live .reading").innerText(), /t = 120: .*0\.9/);
    assertEquals((await boxes()).filter((box, i) => box !== before[i]).length, 3);
    await page.locator(".live input[type=file]").setInputFiles(picturePath);
    await page.waitForFunction((x) => {
      const now = document.querySelector(".live-views image")!.getAttribute("href");
      return now !== x && document.querySelector(".live[data-phase=done]");
    }, first[0]);
    assertNotEquals(await sources(), first);
    // What ran beside is not among the visitor's results.
    assertEquals(await page.evaluate(() => localStorage.getItem("results")), null);
  },
);

scenario(
  "guidance is dragged over what the network said, in this tab, of the visitor's picture as well",
  "/sections/guidance",
  async (page, scripts) => {
    await page.locator(".live").scrollIntoViewIfNeeded();
    await page.waitForSelector(".live[data-ready=true]");
    const early = scripts.keys().filter((path) => path.startsWith("/tab/"));
    assertEquals([...early], [], "nothing is fetched before it is wanted");
    await page.getByRole("button", { name: "Ask the network in this tab" }).click();
    await page.waitForSelector(".live[data-phase=done]");
    const pictures = () =>
      page.locator(".live-views canvas").evaluateAll((all) =>
        all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL())
      );
    /** The pictures, once they are not what they were. */
    const after = async (index: number, before: string) => {
      for (let i = 0; i < 250 && (await pictures())[index] === before; i++) await page.waitForTimeout(20);
      return await pictures();
    };
    const [noisy, without, guided] = await pictures();
    assertEquals(new Set([noisy, without, guided]).size, 3);
    await drag(page, "Guidance", 0);
    const plain = await after(2, guided);
    assertEquals(plain, [noisy, without, without]);
    await drag(page, "Guidance", 7);
    const strong = await after(2, without);
    assertEquals(strong.slice(0, 2), [noisy, without]);
    assertEquals(new Set([guided, without, strong[2]]).size, 3);
    await drag(page, "Timestep", 300);
    const clearer = await after(0, noisy);
    assert(clearer.every((picture, i) => picture !== strong[i]));
    await page.locator(".live input[type=file]").setInputFiles(picturePath);
    const own = await after(0, clearer[0]);
    assertNotEquals(own[1], clearer[1]);
    await page.locator(".live").getByLabel("Prompt", { exact: true }).fill("a photo of a fish");
    await page.keyboard.press("Tab");
    const fish = await after(2, own[2]);
    assertEquals(fish.slice(0, 2), own.slice(0, 2), "the text changes nothing without it");
  },
);

scenario(
  "the schedules' curves follow the pointer, computed in the page",
  "/sections/forward",
  async (page, scripts) => {
    await page.locator(".live").scrollIntoViewIfNeeded();
    await page.waitForSelector(".live[data-ready=true]");
    assertEquals(await page.locator(".curves polyline").count(), 3);
    const reading = page.locator(".live .reading");
    assertMatch(await reading.innerText(), /t = 500, squared cosine: .*0\.49/);
    await page.getByRole("radio", { name: /^linear/ }).check();
    // Ho et al.'s schedule leaves 0.078 of the variance at half of its timesteps.
    assertMatch(await reading.innerText(), /t = 500, linear: .*0\.0778/);
    const { x, y, width } = (await page.locator(".draggable").boundingBox())!;
    await page.mouse.move(x + width / 4, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width, y + 20, { steps: 4 });
    await page.mouse.up();
    assertMatch(await reading.innerText(), /t = 999/);
    const pixels = () =>
      page.locator(".live-views canvas").evaluateAll((all) =>
        all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL())
      );
    // Pictures follow in the next frame.
    const until = async (done: (pictures: string[]) => boolean) => {
      for (let i = 0; i < 50 && !done(await pixels()); i++) await page.waitForTimeout(20);
      return await pixels();
    };
    const noisy = await until((pictures) => new Set(pictures).size === 3);
    assertEquals(new Set(noisy).size, 3);
    await drag(page, "Timestep", 0);
    const clear = await until((pictures) => pictures.every((picture, i) => picture !== noisy[i]));
    assert(clear.every((picture, i) => picture !== noisy[i]));
    assertLess([...scripts.values()].reduce((sum, size) => sum + size), 100_000);
  },
);

scenario(
  "how a text enters: a map for each word of a prompt of one's own",
  "/sections/attention",
  async (page) => {
    await page.waitForSelector(".lab");
    await page.locator(".lab").scrollIntoViewIfNeeded();
    await page.waitForSelector(".lab[data-ready=true]");
    await page.locator("[data-field=prompt] textarea").fill("a photo of a fish");
    await page.locator(".run").click();
    await page.waitForSelector(".panel[data-phase=done]");
    const text = await page.locator(".results .sheet").innerText();
    for (const word of ["photo", "fish", "end and padding", "all steps"]) {
      assert(
        text.includes(word),
        `${word} in ${text}`,
      );
    }
    assertMatch(text, /text \d/);
  },
);

scenario(
  "the network of the plane is trained now, and its points can be scrubbed",
  "/sections/spiral",
  async (page) => {
    await page.locator(".lab").scrollIntoViewIfNeeded();
    await page.waitForSelector(".lab[data-ready=true]");
    await page.locator("[data-field=trainSteps] input[type=number]").fill("200");
    await page.locator(".run").click();
    await page.waitForSelector(".panel[data-phase=done]");
    const places = Number(await page.locator(".viewer").getAttribute("data-last"));
    assert(places >= 2, `${places}`); // the faster the machine, the fewer: previews come ten times a second at most
    await page.locator(".viewer input[type=range]").fill("0");
    assertEquals(await page.locator(".viewer").getAttribute("data-place"), "0");
  },
);

Deno.test("a page whose scripts are gone says to load it again", options, async () => {
  await using visit = await stage.open("/sections/spiral", { viewport: { width: 1000, height: 300 } });
  const { page } = visit;
  await page.route("**/_fresh/js/**", (route) => route.fulfill({ status: 404 }));
  await page.locator(".run").click();
  await page.waitForSelector("[role=alert]:has-text('older than the gallery')");
  assertEquals(await page.getByRole("link", { name: "Load it again" }).getAttribute("href"), page.url());
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(
    `axe finds nothing where things are moved, ${colorScheme}, and nothing is wider than a phone`,
    options,
    async () => {
      const axe = await Deno.readTextFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url));
      for (const id of ["one-step", "forward", "attention", "spiral", "guidance"]) {
        await using visit = await stage.open(`/sections/${id}`, {
          colorScheme,
          reducedMotion: "reduce",
          bypassCSP: true,
          viewport: { width: 375, height: 700 },
        });
        const { page, wrong } = visit;
        await page.locator(".live, .lab").first().scrollIntoViewIfNeeded();
        await page.waitForSelector("[data-ready=true]");
        assert(await page.evaluate(() => document.documentElement.scrollWidth) <= 375, id);
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          };
          return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
        });
        assertEquals(violations, [], id);
        assertEquals(wrong, []);
      }
    },
  );
}
