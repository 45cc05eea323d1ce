/** What stands beside a form, how it is looked at, and what is remembered of it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { setStage, type Stage, type Visit } from "./stage.ts";

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
      await visit.page.locator(".lab").first().scrollIntoViewIfNeeded();
      await visit.page.waitForSelector(".lab[data-ready=true]");
      return visit;
    });
    assertEquals(visits.flatMap(({ wrong }) => wrong), []);
  });
}

async function run(page: Page): Promise<void> {
  await page.locator(".run").click();
  await page.waitForSelector(".panel:not([data-phase=done])").catch(() => {});
  await page.waitForSelector(".panel[data-phase=done]");
}

/** Chooses the tiny model and few steps. */
async function quick(page: Page, numbers: Readonly<Record<string, number>>): Promise<void> {
  const advanced = page.locator("details.advanced");
  if (await advanced.getAttribute("open") === null) await advanced.locator("> summary").click();
  await page.locator("[data-field=model] select").selectOption(stage.model);
  for (const [name, value] of Object.entries(numbers)) {
    await page.locator(`[data-field="${name}"] input[type=number]`).first().fill(String(value));
  }
}

const title = (page: Page) => page.locator(".viewer-title").innerText();
const stale = async (page: Page) => await page.locator(".results.stale").count() === 1;

scenario(
  "before a run the report's picture is the one that the form asks for, or is said not to be",
  async (open) => {
    const { page } = await open("/play?tool=sampling");
    assertMatch(await title(page), /^a rocket ship\s+20 steps$/);
    assertStringIncludes(
      await page.locator(".made-from").innerText(),
      "“a rocket ship”, 20 steps, guidance 2.5",
    );
    assertEquals(await page.locator(".differs").count(), 0);
    const prompt = page.locator("textarea").first();
    await prompt.fill("a man wearing a hat");
    await page.waitForFunction(() =>
      document.querySelector(".viewer-title")!.textContent!.startsWith("a man")
    );
    assert(!await stale(page));
    await prompt.fill("a rocket");
    await page.waitForSelector(".results.stale");
    assertStringIncludes(await page.locator(".differs").innerText(), "“a rocket”");
    const filter = () => page.locator(".large svg").first().evaluate((svg) => getComputedStyle(svg).filter);
    assertEquals(await filter(), "grayscale(1)");
    await page.locator(".reset").click();
    assert(!await stale(page));
    assertEquals(await filter(), "none");
    // A prompt in the address is one that the form asks for.
    const linked = await open("/play?tool=trajectory&prompt=a+skull");
    await linked.page.waitForSelector(".results.stale");
    // Another picture comes with its mask, and is the report's where that has it.
    const repaint = await open("/play?tool=inpainting");
    assertMatch(await title(repaint.page), /^a cat/);
    const choose = async (id: string) => {
      await repaint.page.locator(`.thumbs label:has(img[src*='${id}']) input`).first().focus();
      await repaint.page.keyboard.press("Space");
    };
    await choose("/campanile");
    await repaint.page.waitForFunction(() =>
      /^a campanile/.test(document.querySelector(".viewer-title")!.textContent!)
    );
    assert(!await stale(repaint.page));
    await choose("drawing-house");
    await repaint.page.waitForSelector(".results.stale");
  },
);

scenario("a picture says by what it alone was made", async (open) => {
  const made = async (path: string) => {
    const { page } = await open(path);
    await page.waitForSelector(".viewer");
    return `${await title(page)}: ${await page.locator(".made-from").innerText()}`;
  };
  assertMatch(
    await made("/sections/from-noise"),
    /^seed 182: Made from “a photo of a butterfly”, .*seed 182\.$/,
  );
  assertMatch(await made("/sections/forward"), /^t = 250[^:]*: Made from a campanile, t = 250, seed/);
  assertMatch(await made("/sections/samplers"), /^DDPM[^]*: Made from “a rocket ship”, DDPM, 5 evaluations/);
  assertMatch(
    await made("/sections/factors"),
    /^picture: Made from “an oil painting of a man”, .*“.*doughnut”, 30/,
  );
});

scenario("one's own result turns gray as soon as the form asks for something else", async (open) => {
  const { page } = await open("/sections/from-noise");
  await quick(page, { stride: 250, count: 2 });
  await page.waitForSelector(".results.stale");
  await run(page);
  assert(!await stale(page));
  await page.locator("[data-field=seed] .dice").click();
  await page.waitForSelector(".results.own.stale");
  assertMatch(await page.locator(".differs").innerText(), /seed \d+/);
  await run(page);
  assert(!await stale(page));
});

scenario("guidance shows its scales large, as one row that goes through its steps together", async (open) => {
  const { page } = await open("/play?tool=guidance");
  const prompt = page.locator("[data-field=scaled] textarea");
  await prompt.fill("a tent");
  await page.waitForSelector(".results.stale");
  await quick(page, { stride: 250, count: 2 });
  await run(page);
  assertEquals(await page.locator(".whole-row .one-of-row").count(), 4);
  assertStringIncludes(await page.locator(".made-from").innerText(), "“a tent”, guidance 0, 1, 3, 7");
  const pictures = () =>
    page.locator(".one-of-row image").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  const results = await pictures();
  await page.locator(".viewer .scrubber").focus();
  await page.keyboard.press("Home");
  const noise = await pictures();
  assert(noise.every((src, i) => src !== results[i]), "all of them are at their noise");
  await page.locator(".one-of-row").nth(2).click();
  assertMatch(await title(page), /γ = 3/);
  await page.locator(".whole").click();
  await page.locator(".whole-row").waitFor();
  // Who changes the other prompt sees what answers that.
  await page.locator("[data-field=prompt] textarea").fill("a tree");
  await page.locator("[data-field=scaled] textarea").fill("a rocket ship");
  await run(page);
  assertEquals(await page.locator(".whole-row .one-of-row").count(), 2);
  assertStringIncludes(await page.locator(".made-from").innerText(), "“a tree”");
  // A picture that is chosen far below is shown large in sight.
  await page.setViewportSize({ width: 390, height: 500 });
  await page.locator(".figures .choose").last().click();
  await page.waitForFunction(() => {
    const { top, bottom } = document.querySelector(".viewer .large")!.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
});

scenario("the large anagram turns by click, key and button, and so does the enlarged one", async (open) => {
  const { page } = await open("/play?tool=anagrams");
  const large = page.locator(".large .anagram");
  const turned = () => large.getAttribute("aria-pressed");
  const transform = () => large.evaluate((one) => getComputedStyle(one).transform);
  assertEquals([await turned(), await transform()], ["false", "none"]);
  await large.click();
  assertEquals(await turned(), "true");
  assertStringIncludes(await title(page), "flip");
  await page.waitForFunction(() =>
    getComputedStyle(document.querySelector(".large .anagram")!).transform === "matrix(1, 0, 0, -1, 0, 0)"
  );
  await large.press("Enter");
  assertEquals(await turned(), "false");
  await page.locator(".turn").click();
  assertEquals(await turned(), "true");
  // On the way too.
  await page.locator(".viewer .scrubber").focus();
  await page.keyboard.press("Home");
  assertEquals(await turned(), "true");
  await page.locator(".actions >> text=Enlarge").click();
  const enlarged = page.locator("dialog .anagram");
  await enlarged.waitFor(); // the dialog opens a moment after it is there
  assert((await enlarged.boundingBox())!.width > 400);
  await enlarged.click();
  assertEquals(await enlarged.getAttribute("aria-pressed"), "false");
  await page.locator("dialog .turn").click();
  assertEquals(await enlarged.getAttribute("aria-pressed"), "true");
});

scenario("the large hybrid is walked away from, and so is the enlarged one", async (open) => {
  const { page } = await open("/play?tool=hybrids");
  const width = async (within: string) =>
    (await page.locator(`${within} .distance svg`).boundingBox())!.width;
  /** Goes as far as a key says, and waits until the picture is so many times smaller or larger than before. */
  const walk = async (within: string, key: "Home" | "End", factor: number) => {
    const before = await width(within);
    await page.locator(`${within} .walk input`).focus();
    await page.keyboard.press(key);
    await page.waitForFunction(
      ([within, least]) => {
        const { width } = document.querySelector(`${within} .distance svg`)!.getBoundingClientRect();
        return Number(least) > 0 ? width > Number(least) : width < -Number(least);
      },
      [within, factor > 1 ? before * factor : -before * factor],
    );
  };
  await page.waitForFunction(() =>
    document.querySelector(".large .distance svg")!.getBoundingClientRect().width > 200
  );
  await walk(".viewer", "End", 1 / 6);
  await page.locator(".actions >> text=Enlarge").click();
  await page.locator("dialog .walk input").waitFor();
  await walk("dialog", "Home", 6);
  assert(await width("dialog") > 400);
});

scenario("what is painted of a mask is seen on white and on black", async (open) => {
  const { page } = await open("/play?tool=inpainting");
  await page.locator("text=Paint a mask").first().click();
  const canvas = page.locator("dialog .over-picture canvas");
  await page.waitForFunction(() =>
    document.querySelector<HTMLCanvasElement>("dialog .over-picture canvas")!.width > 100
  );
  await canvas.waitFor();
  const box = (await canvas.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  // How far what is painted stands out, in brightness from 0 to 255, at most, over each ground; and what is painted at the edge.
  const contrast = await canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext("2d")!.getImageData(
      0,
      height / 2 | 0,
      width,
      1,
    );
    const over = (ground: number) => {
      let most = 0;
      for (let i = 0; i < data.length; i += 4) {
        const alpha = data[i + 3] / 255;
        const light = 0.3 * data[i] + 0.59 * data[i + 1] + 0.11 * data[i + 2];
        most = Math.max(most, Math.abs(alpha * light + (1 - alpha) * ground - ground));
      }
      return most;
    };
    return { white: over(255), black: over(0), edge: data[3] };
  });
  assert(contrast.white > 120 && contrast.black > 70, JSON.stringify(contrast));
  assertEquals(contrast.edge, 0);
  await page.locator("dialog >> text=Use this mask").click();
  // The mask that is sent is white on black, and lies striped over its picture.
  const mask = page.locator('img[alt="your mask"]');
  await mask.waitFor();
  const colours = await mask.evaluate(async (picture) => {
    const image = picture as HTMLImageElement;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(image, 0, 0);
    const at = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data];
    return [at(canvas.width / 2, canvas.height / 2), at(1, 1)];
  });
  assertEquals(colours, [[255, 255, 255, 255], [0, 0, 0, 255]]);
  await page.locator(".mask-preview").waitFor();
  assertStringIncludes(await page.locator("[data-field^=scenes] .help").first().innerText(), "painted anew");
});

scenario("the result is neither the noisy image nor an estimate; these are a step before", async (open) => {
  const { page } = await open("/sections/trajectory");
  await page.waitForSelector(".viewer:not([data-last='0'])");
  const checked = () => page.locator(".scrub .segments label:has(input:checked)").innerText();
  assertEquals(await checked(), "result");
  assertMatch(await title(page), /^a rocket ship\s+step 40$/);
  const last = Number(await page.locator(".viewer").getAttribute("data-last"));
  await page.locator(".scrub .segments label", { hasText: "estimate" }).click();
  assertStringIncludes(await checked(), "estimate");
  assertEquals(Number(await page.locator(".viewer").getAttribute("data-place")), last - 1);
  await page.locator(".scrub .segments label", { hasText: "result" }).click();
  assertEquals(await checked(), "result");
  assertEquals(Number(await page.locator(".viewer").getAttribute("data-place")), last);
});

scenario("pictures are used as input where they were drawn from texts, and nowhere else", async (open) => {
  for (
    const [path, count] of [["/sections/sampling", 1], ["/sections/spiral", 0], ["/sections/class-unet", 0]]
  ) {
    const { page } = await open(String(path));
    await page.locator(".actions").waitFor();
    assertEquals(await page.locator(".actions .use").count(), count, String(path));
    assertEquals(await page.locator(".actions .vary").innerText(), "Another seed");
    assert(!/picture \d/i.test(await page.locator(".viewer-side").innerText()), String(path));
  }
});

scenario("words that are known stand in order and whole, few at first", async (open) => {
  const { page } = await open("/sections/trajectory", { viewport: { width: 390, height: 844 } });
  await page.locator(".ideas summary").click();
  const things = page.locator(".chips[aria-label=Things]");
  const words = async () =>
    (await things.locator("[aria-pressed]").allTextContents()).map((word) => word.replace(/^(an?|the) /, ""));
  const few = await words();
  assert(few.length < 25, String(few.length));
  await things.locator(".more-words").click();
  const all = await words();
  assert(all.length > 70, String(all.length));
  assertEquals(all, all.toSorted((a, b) => a.localeCompare(b, "en")));
  assertEquals(await things.locator(".more-words").count(), 0);
  const cut = await things.evaluate((list) => list.scrollHeight > list.clientHeight + 1);
  assert(!cut, "no word is cut");
});

scenario(
  "results are listed the latest first, each by its subject, what was changed, when and where",
  async (open) => {
    // What says most of it stands in the sheet's fourth row.
    const { page } = await open("/play?tool=attention");
    await quick(page, { steps: 4 });
    await page.locator("[data-field=prompt] textarea").fill("a tree");
    await run(page);
    await page.goto(`${stage.address}/play?tool=from-noise`);
    await page.waitForSelector(".lab[data-ready=true]");
    await quick(page, { stride: 250, count: 2 });
    await page.locator("[data-field=prompt] textarea").fill("a red apple");
    await run(page);
    await page.locator("[data-field=model] select").selectOption("emoji-I");
    await page.locator("[data-field=prompt] textarea").fill("a blue heart");
    await page.locator(".place label", { hasText: "in this tab" }).click();
    await run(page);
    // Lazy pictures that a browser has already seen come at once, wherever they stand.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
    await page.goto(`${stage.address}/history`);
    await page.waitForSelector(".memories li >> nth=2");
    assertEquals(await page.locator(".memory-subject").allTextContents(), [
      "“a blue heart”",
      "“a red apple”",
      "“a tree”",
    ]);
    assertEquals(await page.locator(".memory-when").allTextContents(), [
      "just now, made in the tab",
      "just now, made on the server",
      "just now, made on the server",
    ]);
    const changes = (await page.locator(".memories small:first-of-type").allTextContents()).slice(0, 2);
    assert(changes.every((text) => /^Sampling from noise: .*stride 250/.test(text)), changes.join());
    assert(changes.every((text) => !/seed/.test(text)), changes.join());
    // Each shows one picture, and is as large before that is here.
    const boxes = await page.locator(".memory-picture").evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect()).map(({ width, height }) => [width > 100, height > 100])
    );
    assertEquals(boxes, [[true, true], [true, true], [true, true]]);
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>(".memory-picture img")].every(({ naturalWidth }) =>
        naturalWidth > 0
      )
    );
  },
);
