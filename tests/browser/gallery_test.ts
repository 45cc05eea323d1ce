import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { readGenerationText } from "../../lib/generation/mod.ts";
import { readPngText } from "../../lib/image.ts";
import { layoutShift } from "./layout_shift.ts";
import { scenariosOn } from "./scenario.ts";
import { picturePath, setStage, type Stage } from "./stage.ts";

let stage: Stage;
Deno.test.beforeAll(async () => void (stage = await setStage()));
Deno.test.afterAll(async () => await stage[Symbol.asyncDispose]());

const scenario = scenariosOn(() => stage);

/** A section's page, or a tool, with the tiny model chosen, and all of its fields in sight. */
async function lab(page: Page): Promise<void> {
  await ready(page);
  await openAdvanced(page);
  await page.locator("[data-field=model] select").selectOption(stage.model);
}

/** Goes to where a section is run, and waits until it can be. */
async function ready(page: Page, within = ""): Promise<void> {
  await page.locator(`${within} .lab`).first().scrollIntoViewIfNeeded();
  await page.waitForSelector(`${within} .lab[data-ready=true]`);
}

/** Opens the fields that stand closed at first. */
async function openAdvanced(page: Page): Promise<void> {
  const advanced = page.locator("details.advanced");
  if (await advanced.getAttribute("open") === null) await advanced.locator("> summary").click();
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
    await page.locator(".contents li a").nth(3).click();
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
  assertEquals([...scripts.keys()].sort(), ["/near.js", "/report.js"]);
  await ready(page, "#forward");
  await page.locator("#forward .lab a").click();
  await page.waitForSelector("#forward .panel [data-field=image]");
  const all = [...scripts.values()].reduce((sum, size) => sum + size);
  assertLess(all, 100_000, JSON.stringify([...scripts]));
});

scenario(
  "the contents say where one is; a link to a section leads to it, whatever unfolds before",
  async (open) => {
    const { page } = await open("/#class-unet");
    const current = page.locator(".contents [aria-current]");
    await page.waitForFunction(() =>
      document.querySelector(".contents [aria-current]")?.getAttribute("href") === "#class-unet"
    );
    await page.locator(".contents a[href='#anagrams']").click();
    await page.waitForFunction(() => {
      const { top } = document.querySelector("#anagrams")!.getBoundingClientRect();
      return document.querySelector(".contents [aria-current]")?.getAttribute("href") === "#anagrams" &&
        top > -20 && top < 200;
    });
    assertEquals(await current.count(), 1);
    // The menu marks the page, and nothing else.
    assertEquals(await page.locator("header.site [aria-current=page]").allTextContents(), ["Report"]);
  },
);

scenario("the strip of the opening goes from noise to picture, by keyboard and by mouse", async (open) => {
  const { page } = await open("/");
  const box = () => page.locator(".strip-large svg").first().getAttribute("viewBox");
  const middle = await box();
  await page.locator(".strip .scrubber").focus();
  await page.keyboard.press("Home");
  const first = await box();
  assert(first !== middle);
  assertEquals(await page.locator(".strip .scrubber").getAttribute("aria-valuetext"), "step 5");
  await page.locator(".moment").last().hover();
  assert(![first, middle].includes(await box()));
  assertEquals(await page.locator(".strip .scrubber").inputValue(), "7");
});

scenario("a prompt on the first page is drawn in the playground, a link to it is not", async (open) => {
  const { page } = await open("/");
  assertMatch(
    await page.locator("#hero-words").innerText(),
    /knows \d+ things in \d+ styles, such as “.+ of .+”/,
  );
  await page.locator("#hero-prompt").fill("a red apple");
  await page.locator("#hero-prompt").press("Enter");
  await page.waitForURL(/\/play\?tool=trajectory/);
  await page.waitForSelector(".panel[data-phase=running], .panel[data-phase=done]");
  assertEquals(await page.locator("[data-field=prompt] textarea").inputValue(), "a red apple");
  const cancel = page.locator(".cancel");
  if (await cancel.isVisible()) await cancel.click();
  const other = await open("/play?tool=trajectory&prompt=a+skull");
  await ready(other.page);
  assertEquals(await other.page.locator("[data-field=prompt] textarea").inputValue(), "a skull");
  await other.page.waitForTimeout(300);
  assertEquals(await other.page.locator(".panel").getAttribute("data-phase"), "idle");
});

scenario("in the report itself anagrams turn over and hybrids go away", async (open) => {
  const { page } = await open("/");
  await ready(page, "#anagrams");
  const first = page.locator("#anagrams .anagram").first();
  await page.locator("#anagrams .look[data-ready=true]").waitFor();
  // The pair that comes first reads both ways.
  assertMatch((await first.getAttribute("aria-label"))!, /hamburger.*frog/);
  await first.click();
  assertEquals(await first.getAttribute("aria-pressed"), "true");
  const picture = page.locator("#hybrids .distance svg").first();
  await picture.scrollIntoViewIfNeeded();
  const near = (await picture.boundingBox())!.width;
  assert(near > 80, String(near));
  await page.locator("#hybrids .scrubber").focus();
  await page.keyboard.press("End");
  await page.waitForTimeout(200);
  assertLess((await picture.boundingBox())!.width, near / 4);
});

scenario(
  "on a phone: the menu is one line, the contents a button, guidance's formula whole",
  async (open) => {
    const { page } = await open("/", {
      viewport: { width: 390, height: 800 },
      isMobile: true,
      hasTouch: true,
    });
    const tops = await page.locator("header.site a").evaluateAll((links) =>
      links.map((link) => link.getBoundingClientRect()).map(({ top, height }) => Math.round(top + height / 2))
    );
    assert(Math.max(...tops) - Math.min(...tops) <= 3, tops.join());
    const link = page.locator(".contents a[href='#guidance']");
    assert(!await link.isVisible());
    await page.locator(".contents summary").click();
    await link.click();
    await page.waitForFunction(() => {
      const { top } = document.querySelector("#guidance")!.getBoundingClientRect();
      return top > -20 && top < 200;
    });
    assert(!await link.isVisible());
    // The button stays in sight, and names the section.
    const { y } = (await page.locator(".contents summary").boundingBox())!;
    assert(y >= -1 && y < 60, String(y));
    assertStringIncludes(
      (await page.locator(".contents summary").textContent())!,
      "Classifier-free guidance",
    );
    const clipped = await page.locator("#guidance .formula").evaluateAll((formulas) =>
      formulas.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length
    );
    assertEquals(clipped, 0);
  },
);

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
    await page.waitForSelector(".panel .live .large image");
    await phase(page, "done");
    assert((await page.locator("[data-field=seed] input").inputValue()) !== seed);
    assertStringIncludes((await page.locator(".results figcaption").first().textContent())!, "a red apple");
    assert(await page.locator(".results .cell image").count() === 2);
    // One picture is large, in sight, and the way to it is inside it.
    assertEquals(await page.locator(".large").count(), 1);
    const { y, height } = (await page.locator(".large").boundingBox())!;
    assert(y >= 0 && y + height / 2 < 900, `${y}`);
    const scrubber = page.locator(".viewer .scrubber");
    const now = await page.locator(".large image").getAttribute("href");
    await scrubber.focus();
    await page.keyboard.press("Home");
    assertMatch((await page.locator(".viewer .reading").textContent())!, /^step \d+ of 40, t = \d+$/);
    const noisy = await page.locator(".large image").getAttribute("href");
    assert(noisy !== now);
    await page.locator(".scrub label", { hasText: "estimate" }).click();
    assert(await page.locator(".large image").getAttribute("href") !== noisy);
    // The other picture is looked at by the arrow keys.
    await page.locator(".choose[tabindex='0']").first().focus();
    await page.keyboard.press("ArrowRight");
    assertEquals(await page.locator(".choose").nth(1).getAttribute("aria-pressed"), "true");
    // The address brings the result back, as the link does.
    assertMatch(page.url(), /\?p=.*a%20red%20apple.*#result$/);
    const link = (await page.locator(".permalink").getAttribute("href"))!;
    const other = await open(link.slice(stage.address.length));
    await phase(other.page, "done");
    assertEquals(await other.page.locator("[data-field=prompt] textarea").inputValue(), "a red apple");
    assertEquals(await other.page.locator(".badge").textContent(), "made before");
    // To somebody else it is not theirs.
    assertEquals(await page.locator(".stage-head h2").first().textContent(), "Your result");
    assertEquals(await other.page.locator(".stage-head h2").first().textContent(), "The linked result");
    // The same request is answered at once.
    await other.page.locator(".run").click();
    await other.page.waitForSelector("text=Made before with these values");
    await page.locator(".reset").click();
    assertEquals(await page.locator("[data-field=seed] input").inputValue(), seed);
    await page.goto(`${stage.address}/history`);
    await page.waitForSelector(".memories li");
    // One alone has nothing to be compared with; its picture leads to it.
    assertEquals(await page.locator(".memories .compare").count(), 0);
    await page.locator(".memories .thumb").click();
    await phase(page, "done");
    await page.locator(".results.own .large").waitFor();
  },
);

scenario("a page that is loaded again in the middle of a job goes on watching it", async (open) => {
  const { page } = await open("/sections/from-noise");
  await lab(page);
  await setNumber(page, "stride", 1);
  await page.locator(".run").click();
  await page.waitForSelector(".panel .live .large image");
  await page.reload();
  await phase(page, "running");
  await page.waitForSelector(".panel .live .large image");
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
  await canvas.waitFor(); // the dialog opens a moment after it is there
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
  await page.waitForSelector('[data-field="images[0]"] img[alt="your drawing"]');
  await setNumber(page, "stride", 45);
  await page.locator(".run").click();
  await phase(page, "done");
  assert(await page.locator(".results .cell").count() >= 2);
  await page.locator(".before-after input").first().focus();
  // Another is run from its pad.
  await page.locator("[data-field^=images] >> text=Draw").first().click();
  await canvas.waitFor();
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.8, { steps: 4 });
  await page.mouse.up();
  // The address follows what is run.
  const before = page.url();
  await page.locator("dialog .tools button", { hasText: "Run" }).click();
  await page.waitForFunction((before) => location.href !== before, before);
  await phase(page, "done");
});

scenario("a mask is painted over a picture, and what is under it is painted anew", async (open) => {
  const { page } = await open("/play?tool=inpainting");
  await lab(page);
  await page.locator("text=Paint a mask").first().click();
  const canvas = page.locator("dialog .over-picture canvas");
  await page.waitForFunction(() =>
    document.querySelector<HTMLCanvasElement>("dialog .over-picture canvas")!.width > 100
  );
  await canvas.waitFor(); // the dialog opens a moment after it is there
  const box = (await canvas.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 4 });
  await page.mouse.up();
  // A second stroke is taken back by its key.
  await page.mouse.down();
  await page.mouse.up();
  assertEquals(await canvas.getAttribute("data-strokes"), "2");
  await canvas.press("Control+z");
  assertEquals(await canvas.getAttribute("data-strokes"), "1");
  await page.locator("dialog >> text=Use this mask").click();
  await page.waitForSelector('img[alt="your mask"]');
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
  await page.waitForSelector('[data-field=image] img[alt="cat.png"]');
  await page.locator(".run").click();
  await phase(page, "done");
});

scenario("a picture is taken with the camera, and let go", async (open) => {
  const { page } = await open("/sections/forward");
  await lab(page);
  await page.locator("[data-field=image] .camera").click();
  await page.locator("dialog button:has-text('Take it'):enabled").click();
  const own = page.locator('[data-field=image] img[alt="your photograph"]');
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
  // What stands closed opens where the fault lies in it.
  await page.locator("details.advanced > summary").click();
  const stride = page.locator("[data-field=stride] input[type=number]");
  await stride.waitFor({ state: "hidden" });
  await page.locator(".run").click();
  await phase(page, "failed");
  await stride.waitFor();
  assertEquals(await stride.getAttribute("aria-invalid"), "true");
  const message = await page.locator(`[id="${await stride.getAttribute("aria-describedby")}"]`).textContent();
  assertStringIncludes(message!, "Found: 5000.");
  await page.waitForSelector("[data-field=stride].faulty");
  assertStringIncludes((await page.locator(".run-bar .error").textContent())!, "stride");
  // The refusal itself is what was to be seen.
  assert(wrong.length > 0 && wrong.every((text) => /400/.test(text)), wrong.join());
  wrong.length = 0;
  await setNumber(page, "stride", 100);
  await page.waitForSelector("[data-field=stride]:not(.faulty)");
  assertEquals(await stride.getAttribute("aria-invalid"), null);
  const damaged = await open("/sections/from-noise?p=%7Bdamaged");
  await damaged.page.waitForSelector("text=The link is damaged");
});

scenario("a network is trained live for a few steps: a curve grows, samples come", async (open) => {
  const { page } = await open("/sections/denoiser");
  await ready(page);
  await openAdvanced(page);
  await setNumber(page, "trainSteps", 6);
  await setNumber(page, "width", 4);
  await setNumber(page, "batch", 8);
  await page.locator(".run").click();
  await page.waitForFunction(() =>
    (document.querySelector(".chart polyline")?.getAttribute("points") ?? "").split(" ").length >= 4
  );
  for (const tick of await page.locator(".chart .column-tick").allTextContents()) {
    assertMatch(tick, /^\d+$/, "steps are whole");
  }
  await phase(page, "done");
  // The curve is a figure by then, and there once.
  assertEquals(await page.locator(".stage .chart:not(.plate)").count(), 0);
  await page.waitForSelector("text=The loss over 6 steps, trained just now");
  // What was trained comes first, in pictures that can be read.
  assertStringIncludes(
    (await page.locator(".results .figure figcaption").first().textContent())!,
    "after 6 steps",
  );
  assert((await page.locator(".choose").first().boundingBox())!.width >= 40);
  // Pictures beside each other fill their places alike, whatever else the page separates by lines.
  const paddings = await page.evaluate(() => {
    const row = document.createElement("div");
    row.innerHTML = "<svg class=part></svg>".repeat(2);
    document.querySelector(".stage")!.append(row);
    return [...row.children].map((one) => getComputedStyle(one).paddingTop);
  });
  assertEquals(paddings, ["0px", "0px"]);
});

scenario("an anagram turns over, by mouse and by keyboard", async (open) => {
  const { page } = await open("/play?tool=anagrams");
  await lab(page);
  await setNumber(page, "steps", 2);
  await page.locator("[data-field=upscale] select").selectOption("none");
  await page.locator(".run").click();
  await phase(page, "done");
  const anagram = page.locator(".anagram").first();
  assertEquals(await anagram.getAttribute("aria-pressed"), "false");
  await anagram.click();
  assertEquals(await anagram.getAttribute("aria-pressed"), "true");
  await anagram.press(" ");
  assertEquals(await anagram.getAttribute("aria-pressed"), "false");
});

scenario("before a run the report's result can be looked at, back to its noise", async (open) => {
  const { page } = await open("/sections/from-noise");
  await ready(page);
  assertEquals(await page.locator(".results h2").textContent(), "From the report");
  await page.waitForSelector(".viewer[data-last='5']");
  const result = await page.locator(".large image").getAttribute("href");
  await page.locator(".viewer .scrubber").focus();
  await page.keyboard.press("Home");
  assert(await page.locator(".large image").getAttribute("href") !== result);
  // The outcome has no empty part: the picture begins near its top.
  const [outer, inner] = [
    await page.locator(".stage").boundingBox(),
    await page.locator(".large").boundingBox(),
  ];
  assertLess(inner!.y - outer!.y, 120);
});

scenario("a prompt runs by Enter, by Ctrl+Enter, and Run is near it", async (open) => {
  const { page } = await open("/sections/anagrams");
  await lab(page);
  await setNumber(page, "steps", 2);
  await page.locator("[data-field=upscale] select").selectOption("none");
  await page.locator("textarea").first().focus();
  let stops = 1;
  while (!await page.evaluate(() => document.activeElement!.matches(".run"))) {
    assert(++stops <= 5, "Run is no more than five stops away");
    await page.keyboard.press("Tab");
  }
  assertMatch((await page.locator(".estimate").textContent())!, /A run takes about \d+ (s|min)|less than/);
  await page.locator("textarea").first().press("Enter");
  await phase(page, "done");
  await setNumber(page, "steps", 3);
  await page.locator("[data-field=steps] input[type=number]").press("Control+Enter");
  await page.waitForSelector(".panel:not([data-phase=done])");
  await phase(page, "done");
});

scenario(
  "words that the model does not know are named, and those that it knows can be chosen",
  async (open) => {
    const { page } = await open("/sections/trajectory");
    await ready(page);
    const prompt = page.locator("[data-field=prompt] textarea");
    await prompt.fill("an oil painting of a roket");
    await page.waitForSelector("text=The model does not know “roket”");
    await page.locator(".unknown .link", { hasText: "rocket" }).first().click();
    assertStringIncludes(await prompt.inputValue(), "rocket");
    await page.locator(".ideas summary").click();
    await page.locator(".more-words").click();
    await page.locator(".chip", { hasText: /^a skull$/ }).click();
    assertEquals(await prompt.inputValue(), "an oil painting of a skull");
    await page.locator(".chip", { hasText: /^a lithograph of$/ }).click();
    assertEquals(await prompt.inputValue(), "a lithograph of a skull");
    await prompt.fill("");
    await page.waitForSelector("text=Without a prompt");
  },
);

scenario("one picture can be enlarged, varied, kept under its name, and gone on from", async (open) => {
  const { page } = await open("/play");
  await lab(page);
  await page.locator("[data-field=upscale] select").selectOption("none");
  await page.locator('[data-field="stepCounts"] input').fill("2");
  await page.locator("textarea").first().fill("a red apple");
  await page.locator(".run").click();
  await phase(page, "done");
  await page.locator(".actions >> text=Enlarge").click();
  await page.locator("dialog svg.part").waitFor(); // the dialog opens a moment after it is there
  assert((await page.locator("dialog svg.part").boundingBox())!.width > 400);
  await page.keyboard.press("Escape");
  assertMatch((await page.locator(".actions .save").getAttribute("title"))!, /sample --again/);
  const download = page.waitForEvent("download");
  await page.locator(".actions .save").click();
  assertEquals((await download).suggestedFilename(), "a-red-apple-2-steps-seed-180.png");
  // The file says how it was generated, as those of the command line do, and so does a link.
  const { denoise } = readPngText(await Deno.readFile(await (await download).path()));
  const { options, picture } = readGenerationText(denoise);
  assertEquals([options.prompts, options.steps, options.seed, picture], [["a red apple"], 2, 180, 1]);
  // One of several can be opened alone; one that is alone need not be.
  assertEquals(await page.locator(".actions .alone").count(), 0);
  const several = { prompts: ["a red apple"], stepCounts: [2, 3], upscale: "none" };
  const many = await open(`/play?tool=sampling&p=${encodeURIComponent(JSON.stringify(several))}`);
  await lab(many.page);
  await many.page.locator(".run").click();
  await phase(many.page, "done");
  const alone = await open((await many.page.locator(".actions .alone").getAttribute("href"))!);
  await ready(alone.page);
  assertEquals(await alone.page.locator("textarea").first().inputValue(), "a red apple");
  assertEquals(await alone.page.locator('[data-field="stepCounts"] input').inputValue(), "2");
  await page.locator(".actions .vary").click();
  await page.waitForSelector(".panel:not([data-phase=done])");
  await phase(page, "done");
  assert(await page.locator("[data-field=seed] input").inputValue() !== "180");
  // A page that is loaded again keeps the prompt and the result.
  const figure = await page.locator(".large image").getAttribute("href");
  await page.goto(`${stage.address}/play?tool=sampling`);
  await page.waitForSelector(`.large image[href="${figure}"]`);
  // So does another tool the prompt.
  await page.locator(".tools-nav >> text=Step by step").click();
  await ready(page);
  assertEquals(await page.locator("[data-field=prompt] textarea").inputValue(), "a red apple");
  await page.goBack();
  await page.waitForSelector(`.large image[href="${figure}"]`);
  // History tells results apart, and its links open at the result.
  await page.goto(`${stage.address}/history`);
  await page.waitForSelector(".memories li");
  const subjects = await page.locator(".memory-subject").allTextContents();
  assert(subjects.every((text) => text === "“a red apple”"), subjects.join());
  const summaries = await page.locator(".memories small:first-of-type").allTextContents();
  assert(summaries.every((text) => text.includes("2 steps")), summaries.join());
  assertEquals(new Set(summaries).size, summaries.length);
  await page.locator(".memories .thumb").first().click();
  await phase(page, "done");
  await page.locator(".large").waitFor(); // its picture comes a moment later
  assert((await page.locator(".large").boundingBox())!.y < 800);
  await page.locator(".actions .use").click();
  await page.waitForURL(/tool=image-to-image/);
  await ready(page);
  await page.waitForSelector('[data-field="images[0]"] img[alt="a red apple, 2 steps"]');
});

scenario("on a phone nothing moves while a section runs, nor when results are listed", async (open) => {
  const settings = {
    "/sections/from-noise": { stride: 40, count: 2 },
    "/sections/time-unet": { trainSteps: 6, width: 4, batch: 8, rows: 1 },
    "/sections/anagrams": { steps: 4 },
  };
  for (const [path, numbers] of Object.entries(settings)) {
    const { page } = await open(path, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    });
    await ready(page);
    await openAdvanced(page);
    if (path !== "/sections/time-unet") {
      await page.locator("[data-field=model] select").selectOption(stage.model);
    }
    for (const [name, value] of Object.entries(numbers)) await setNumber(page, name, value);
    await page.waitForLoadState("networkidle");
    const before = await layoutShift(page);
    await page.locator(".run").click();
    await phase(page, "done");
    assertLess(await layoutShift(page) - before, 0.01, path);
    await page.goto(`${stage.address}/history`);
    await page.waitForSelector(".memories li");
    assertLess(await layoutShift(page), 0.002, "/history");
  }
});

scenario(
  "on a phone what runs a section is in sight beside its form, and the first click counts",
  async (open) => {
    const { page } = await open("/sections/one-step", { viewport: { width: 390, height: 400 } });
    await page.waitForLoadState("networkidle");
    assertEquals(await page.locator(".lab").getAttribute("data-ready"), "false");
    await page.locator(".run").click();
    await phase(page, "done");
    await page.waitForFunction(() => {
      const { top } = document.querySelector(".stage")!.getBoundingClientRect();
      return top >= 0 && top < 200;
    });
    await page.evaluate(() => document.querySelector(".panel")!.scrollIntoView({ behavior: "instant" }));
    const { y, height } = (await page.locator(".run").boundingBox())!;
    assert(y >= 0 && y + height <= 400, `${y}`);
  },
);

scenario("a keyboard reaches the content past the menu, and every control has a name", async (open) => {
  const { page } = await open("/play");
  await page.keyboard.press("Tab");
  assertEquals(await page.evaluate(() => document.activeElement!.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assertEquals(await page.evaluate(() => document.activeElement!.id), "main");
});
