import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { picturePath, setStage, type Stage, type Visit } from "./stage.ts";

let stage: Stage;
Deno.test.beforeAll(async () => void (stage = await setStage()));
Deno.test.afterAll(async () => await stage[Symbol.asyncDispose]());

// Playwright keeps its connection to the browser over tests.
const options = { sanitizeOps: false, sanitizeResources: false };

/** A test that opens pages; at its end nothing may have gone wrong on any of them. */
function scenario(name: string, fn: (open: Stage["open"]) => Promise<void>): void {
  Deno.test(name, options, async () => {
    await using stack = new AsyncDisposableStack();
    const visits: Visit[] = [];
    await fn(async (path, options) => {
      const visit = stack.use(await stage.open(path, options));
      visits.push(visit);
      return visit;
    });
    assertEquals(visits.flatMap(({ wrong }) => wrong), []);
  });
}

/** A section's page, or a tool, with the tiny model chosen. */
async function lab(page: Page): Promise<void> {
  await ready(page);
  await page.locator("[data-field=model] select").selectOption(stage.model);
}

/** Goes to where a section is run, and waits until it can be. */
async function ready(page: Page, within = ""): Promise<void> {
  await page.locator(`${within} .lab`).first().scrollIntoViewIfNeeded();
  await page.waitForSelector(`${within} .lab[data-ready=true]`);
}

const phase = (page: Page, name: string) => page.waitForSelector(`.panel[data-phase=${name}]`);

async function setNumber(page: Page, field: string, value: number): Promise<void> {
  await page.locator(`[data-field="${field}"] input[type=number]`).first().fill(String(value));
}

scenario(
  "the report can be read without JavaScript: text, formulas, contents, controls' place",
  async (open) => {
    const { page } = await open("/", { javaScriptEnabled: false });
    assertMatch(await page.title(), /Denoise/);
    const sections = await page.locator("article.section").count();
    assert(sections >= 17);
    assertEquals(await page.locator(".contents li").count(), sections);
    assert(await page.locator(".katex math").count() > 20);
    assertEquals(await page.locator(".katex-error").count(), 0);
    await page.locator(".contents a").nth(3).click();
    assertMatch(page.url(), /#one-step$/);
    // The button leads to the section's page.
    await page.locator("#one-step .lab a").click();
    assertMatch(page.url(), /\/sections\/one-step$/);
    assertEquals(await page.locator("h1").textContent(), "One-step denoising");
  },
);

scenario("scripts come when somebody comes near a control, and are small", async (open) => {
  const { page, scripts } = await open("/", { viewport: { width: 1000, height: 500 } });
  await page.waitForLoadState("networkidle");
  assertEquals([...scripts.keys()], ["/near.js"]);
  await ready(page, "#forward");
  await page.locator("#forward .lab a").click();
  await page.waitForSelector("#forward .panel [data-field=image]");
  const all = [...scripts.values()].reduce((sum, size) => sum + size);
  assertLess(all, 100_000, JSON.stringify([...scripts]));
});

scenario(
  "a section with other parameters: progress, previews, the result, looking back, a link to it",
  async (open) => {
    const { page } = await open("/sections/from-noise");
    await lab(page);
    await setNumber(page, "stride", 25);
    await setNumber(page, "count", 2);
    await page.locator("[data-field=prompt] textarea").fill("a red apple");
    const seed = await page.locator("[data-field=seed] input").inputValue();
    await page.locator("[data-field=seed] .dice").click();
    await page.locator(".run").click();
    await page.waitForSelector(".panel .live .pair img");
    await phase(page, "done");
    assert((await page.locator("[data-field=seed] input").inputValue()) !== seed);
    assertStringIncludes((await page.locator(".results figcaption").first().textContent())!, "a red apple");
    assert(await page.locator(".results .cell image").count() === 2);
    const scrubber = page.locator(".live .scrubber");
    const now = await page.locator(".live .pair img").first().getAttribute("src");
    await scrubber.focus();
    await page.keyboard.press("Home");
    assertMatch((await page.locator(".live .reading").textContent())!, /^step \d+ of 40, t = \d+$/);
    assert((await page.locator(".live .pair img").first().getAttribute("src")) !== now);
    const link = (await page.locator(".permalink").getAttribute("href"))!;
    const other = await open(link.slice(stage.address.length));
    await phase(other.page, "done");
    assertEquals(await other.page.locator("[data-field=prompt] textarea").inputValue(), "a red apple");
    assertEquals(await other.page.locator(".badge").textContent(), "from the store");
    // The same request is answered at once.
    await other.page.locator(".run").click();
    await other.page.waitForSelector("text=This was known already");
    await page.locator(".reset").click();
    assertEquals(await page.locator("[data-field=seed] input").inputValue(), seed);
    await page.goto(`${stage.address}/history`);
    await page.waitForSelector(".memories li");
    await page.locator(".memories .thumb").click();
    await page.waitForSelector(".history .figure .cell");
  },
);

scenario("a page that is loaded again in the middle of a job goes on watching it", async (open) => {
  const { page } = await open("/sections/from-noise");
  await lab(page);
  await setNumber(page, "stride", 1);
  await page.locator(".run").click();
  await page.waitForSelector(".panel .live .pair img");
  await page.reload();
  await phase(page, "running");
  await page.waitForSelector(".panel .live .pair img");
  assertEquals(await page.locator('[data-field="stride"] input[type=number]').inputValue(), "1");
  await page.locator(".cancel").click();
  await phase(page, "cancelled");
  await page.waitForSelector("text=Cancelled.");
});

scenario("a drawing is drawn, taken back in part, and becomes a picture", async (open) => {
  const { page } = await open("/play?tool=drawings");
  await lab(page);
  await page.locator("[data-field^=images] >> text=Draw").first().click();
  const canvas = page.locator("dialog canvas");
  const box = (await canvas.boundingBox())!;
  await page.locator("dialog .palette label[title=red]").click();
  for (const y of [0.3, 0.6, 0.8]) {
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * y, { steps: 4 });
    await page.mouse.up();
  }
  assertEquals(await canvas.getAttribute("data-strokes"), "3");
  await page.locator("dialog >> text=Undo").click();
  assertEquals(await canvas.getAttribute("data-strokes"), "2");
  await page.locator("dialog >> text=Use this drawing").click();
  await page.waitForSelector('[data-field="images[0]"] img[alt="your own picture"]');
  await setNumber(page, "stride", 90);
  await page.locator(".run").click();
  await phase(page, "done");
  assert(await page.locator(".results .cell").count() >= 2);
  await page.locator(".before-after input").first().focus();
});

scenario("a mask is painted over a picture, and what is under it is painted anew", async (open) => {
  const { page } = await open("/play?tool=inpainting");
  await lab(page);
  await page.locator("text=Paint a mask").first().click();
  const canvas = page.locator("dialog .over-picture canvas");
  await page.waitForFunction(() =>
    document.querySelector<HTMLCanvasElement>("dialog .over-picture canvas")!.width > 100
  );
  const box = (await canvas.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 4 });
  await page.mouse.up();
  await page.locator("dialog >> text=Use this mask").click();
  await page.waitForSelector('img[alt="your own mask"]');
  await setNumber(page, "stride", 90);
  await page.locator(".run").click();
  await phase(page, "done");
  assertEquals(await page.locator(".results .cell").count(), 4);
});

scenario("uploads: a picture is taken, a file that is none is refused in words", async (open) => {
  const { page } = await open("/sections/forward");
  await lab(page);
  const input = page.locator("[data-field=image] input[type=file]");
  await input.setInputFiles({
    name: "cat.png",
    mimeType: "image/png",
    buffer: Buffer.from("no picture"),
  });
  await page.waitForSelector("text=The browser cannot read this image.");
  await input.setInputFiles(picturePath);
  await page.waitForSelector('[data-field=image] img[alt="your own picture"]');
  await page.locator(".run").click();
  await phase(page, "done");
});

scenario("a picture is taken with the camera, and let go", async (open) => {
  const { page } = await open("/sections/forward");
  await lab(page);
  await page.locator("[data-field=image] .camera").click();
  await page.locator("dialog button:has-text('Take it'):enabled").click();
  const own = page.locator('[data-field=image] img[alt="your own picture"]');
  await own.waitFor();
  const width = await own.evaluate(async (picture) => {
    await (picture as HTMLImageElement).decode();
    return (picture as HTMLImageElement).naturalWidth;
  });
  assert(width > 0);
  await page.waitForSelector("dialog", { state: "detached" });
  await page.locator(".run").click();
  await phase(page, "done");
});

scenario("a wrong value is told beside its field; a damaged link is told", async (open) => {
  const { page, wrong } = await open("/sections/from-noise");
  await lab(page);
  await setNumber(page, "stride", 5000);
  await page.locator(".run").click();
  await phase(page, "failed");
  await page.waitForSelector("[data-field=stride].faulty");
  assertStringIncludes((await page.locator(".run-bar .error").textContent())!, "stride");
  // The refusal itself is what was to be seen.
  assert(wrong.length > 0 && wrong.every((text) => /400/.test(text)), wrong.join());
  wrong.length = 0;
  const damaged = await open("/sections/from-noise?p=%7Bdamaged");
  await damaged.page.waitForSelector("text=The link is damaged");
});

scenario("a network is trained live for a few steps: a curve grows, samples come", async (open) => {
  const { page } = await open("/sections/denoiser");
  await ready(page);
  await setNumber(page, "trainSteps", 6);
  await setNumber(page, "width", 4);
  await setNumber(page, "batch", 8);
  await page.locator(".run").click();
  await page.waitForSelector(".chart polyline");
  await phase(page, "done");
  const points = (await page.locator(".chart polyline").first().getAttribute("points"))!.split(" ");
  assert(points.length >= 5, String(points.length));
});

scenario("an anagram turns over, by mouse and by keyboard", async (open) => {
  const { page } = await open("/play?tool=anagrams");
  await lab(page);
  await page.locator(".quick").click();
  await page.locator("[data-field=model] select").selectOption(stage.model);
  await setNumber(page, "steps", 2);
  await page.locator("[data-field=upscaler] select").selectOption("none");
  await page.locator(".run").click();
  await phase(page, "done");
  const anagram = page.locator(".anagram").first();
  assertEquals(await anagram.getAttribute("aria-pressed"), "false");
  await anagram.click();
  assertEquals(await anagram.getAttribute("aria-pressed"), "true");
  await anagram.press(" ");
  assertEquals(await anagram.getAttribute("aria-pressed"), "false");
});

const pages = [
  "/",
  "/sections/iterative",
  "/sections/inpainting",
  "/play",
  "/models",
  "/models/mnist-class",
  "/docs",
  "/docs/train-your-own",
  "/docs/figures",
  "/docs/examples",
  "/history",
  "/about",
];

scenario(
  "on a phone what runs a section is in sight beside its form, and the first click counts",
  async (open) => {
    const { page } = await open("/sections/one-step", { viewport: { width: 390, height: 400 } });
    await page.waitForLoadState("networkidle");
    assertEquals(await page.locator(".lab").getAttribute("data-ready"), "false");
    await page.locator(".run").click();
    await phase(page, "done");
    await page.evaluate(() => document.querySelector(".panel")!.scrollIntoView());
    const { y, height } = (await page.locator(".run").boundingBox())!;
    assert(y > 250 && y + height <= 400, `${y}`);
  },
);

scenario("on a phone nothing is wider than the screen", async (open) => {
  for (const path of pages) {
    const { page } = await open(path, {
      viewport: { width: 375, height: 700 },
      isMobile: true,
      hasTouch: true,
    });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert(width <= 375, `${path}: ${width}`);
  }
});

scenario("a keyboard reaches the content past the menu, and every control has a name", async (open) => {
  const { page } = await open("/play");
  await page.keyboard.press("Tab");
  assertEquals(await page.evaluate(() => document.activeElement!.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assertEquals(await page.evaluate(() => document.activeElement!.id), "main");
});

/** What axe says, as far as it is looked at. */
interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

for (const colorScheme of ["light", "dark"] as const) {
  scenario(`axe finds nothing on any page, ${colorScheme}`, async (open) => {
    const axe = await Deno.readTextFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url));
    const missing = ["/nothing-here"];
    for (const path of [...pages, ...missing]) {
      const { page, wrong } = await open(path, { colorScheme, reducedMotion: "reduce", bypassCSP: true });
      if (missing.includes(path)) wrong.length = 0;
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
        const { violations } = await axe.run();
        return violations.map(({ id, nodes }) =>
          `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(" | ")}`
        );
      });
      assertEquals(violations, [], path);
    }
  });
}
