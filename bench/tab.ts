/**
 * `deno task bench:tab`: the library and the gallery in a tab of Chromium, as a static host has them, without the headers that would give
 * the page threads: the time to the first preview, to four emoji, to ten digits, training, and memory.
 */
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { bundleModules, copyModels, packRuntime } from "../bundle/write_bundle.ts";
import { startChromium } from "../tests/browser/chromium.ts";
import type { Library } from "../tests/browser/computations.ts";
import { StaticServer } from "../tests/browser/static_server.ts";
import { median } from "./median.ts";
import { memoryOf } from "./memory.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** How often a figure is measured. */
const RUNS = 3;

/** Runs of a section whose memory is watched. */
const WATCHED = 10;

/** How often memory is looked at, in milliseconds. */
const LOOK = 200;

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;

/** Writes the gallery as static files, and the library's bundle beside it. */
async function writeSite(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "site", "--out", `${folder}/site`],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  await Deno.mkdir(`${folder}/library/dist`, { recursive: true });
  await bundleModules(`${folder}/library/dist`);
  await packRuntime(`${folder}/library/dist`);
  await copyModels(`${folder}/library/dist/models`);
  const page = '<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>bench</title></html>';
  await Deno.writeTextFile(`${folder}/library/index.html`, page);
}

/** From the click on Run to the first picture on its way, in milliseconds. */
async function firstPreview(page: Page, address: string): Promise<number> {
  await page.goto(`${address}site/sections/sampling/`);
  await page.locator(".lab").scrollIntoViewIfNeeded();
  await page.waitForSelector(".lab[data-ready=true]");
  const start = performance.now();
  await page.locator(".run:enabled").click();
  await page.waitForSelector(".running .large .part image", { state: "attached" });
  return performance.now() - start;
}

/** Waits until the run is over. */
async function done(page: Page): Promise<void> {
  await page.waitForSelector(".panel[data-phase=done]");
}

/** The private memory of the process that a page has, in bytes: the largest of the browser's renderers. */
async function memoryOfTab(): Promise<number> {
  const { stdout } = await new Deno.Command("pgrep", { args: ["-f", "type=renderer"] }).output();
  const sizes = [0];
  for (const pid of new TextDecoder().decode(stdout).trim().split("\n").filter(Boolean)) {
    // It may have ended.
    const memory = await memoryOf(Number(pid)).catch(() => undefined);
    if (memory) sizes.push(memory.anonymous);
  }
  return Math.max(...sizes);
}

/** Draws in the page with the library, in milliseconds: without the loading, which the first of some runs has done. */
async function compute<T>(page: Page, run: (lib: Library) => Promise<T>): Promise<T> {
  return await page.evaluate(`import("./dist/denoise.js").then((library) => (${run})(library))`) as T;
}

/** Four emoji by both stages, 20 steps each, with what their folders say; each run's milliseconds. */
async function fourEmoji(lib: Library): Promise<number[]> {
  await using pipeline = await lib.openTextToImage("emoji-I");
  await using second = await lib.models.openDeepFloyd("emoji-II", { textLength: pipeline.textLength });
  const [text, negative] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
  const first = await pipeline.network();
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    const steps = lib.cascade([first, second], text, {
      ...{ negative, seed: run, numImagesPerPrompt: 4 },
      first: { numInferenceSteps: 20, guidanceScale: 2.5 },
      second: { numInferenceSteps: 20, guidanceScale: 1, noiseLevel: 100, cacheInterval: 2 },
    });
    for await (const _ of steps);
    times.push(performance.now() - start);
  }
  return times;
}

/** Ten digits in 20 steps; each run's milliseconds. */
async function tenDigits(lib: Library): Promise<number[]> {
  await using model = await lib.openMnistModel("mnist-class");
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    const labels = Array.from({ length: 10 }, (_, n) => n);
    await lib.sampleToEnd(lib.sampleDigits(model, labels, { seed: run, numInferenceSteps: 20 }));
    times.push(performance.now() - start);
  }
  return times;
}

/** Training a UNet of width 16 on batches of 32 digits: images in a second. */
async function trainDigits(lib: Library): Promise<number> {
  const generator = new lib.Generator(0);
  await using trainer = await lib.train.Trainer.create((scope) => {
    const [x, noise] = (["x", "noise"] as const).map((name) =>
      scope.graph.input(name, "float32", [32, 1, 28, 28])
    );
    const time = scope.graph.input("time", "float32", [32, 1]);
    const label = scope.graph.input("label", "float32", [32, 10]);
    const predicted = lib.nn.mnistUnet(scope, x, 16, { time, label });
    return lib.onnx.mean(lib.onnx.square(lib.onnx.sub(predicted, noise)));
  }, { generator });
  const step = () =>
    trainer.step({
      x: generator.randn([32, 1, 28, 28]),
      noise: generator.randn([32, 1, 28, 28]),
      time: generator.rand([32, 1]),
      label: generator.rand([32, 10]),
    }, 1e-3);
  for (let i = 0; i < 3; i++) await step();
  const start = performance.now();
  const steps = 20;
  for (let i = 0; i < steps; i++) await step();
  return 32 * steps / (performance.now() - start) * 1000;
}

async function newPage(browser: Browser): Promise<Page & AsyncDisposable> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
}

const folder = await Deno.makeTempDir({ prefix: "bench-tab-" });
await using cleanUp = new AsyncDisposableStack();
cleanUp.defer(() => Deno.remove(folder, { recursive: true }));
await writeSite(folder);
await using server = new StaticServer({ "/": folder });
await using chromium = await startChromium();
const { browser } = chromium;

const [cold, warm]: number[][] = [[], []];
for (let run = 0; run < RUNS; run++) {
  await using page = await newPage(browser);
  cold.push(await firstPreview(page, server.address));
  await done(page);
  // Another visit: files are in the browser's cache, models in its storage.
  await page.evaluate(() => localStorage.clear());
  warm.push(await firstPreview(page, server.address));
  await done(page);
}
console.log(`the first preview of "sampling": cold ${seconds(median(cold))}, warm ${seconds(median(warm))}`);

{
  await using page = await newPage(browser);
  await page.goto(`${server.address}library/`);
  console.log(`four emoji at 128 x 128, 20 + 20 steps: ${seconds(median(await compute(page, fourEmoji)))}`);
  console.log(`ten digits, 20 steps: ${seconds(median(await compute(page, tenDigits)))}`);
  console.log(`training, width 16, batch 32: ${(await compute(page, trainDigits)).toFixed(0)} images/s`);
}

{
  await using page = await newPage(browser);
  let largest = 0;
  const timer = setInterval(async () => largest = Math.max(largest, await memoryOfTab()), LOOK);
  const after: number[] = [];
  await page.goto(`${server.address}site/sections/sampling/`);
  await page.locator(".lab").scrollIntoViewIfNeeded();
  await page.waitForSelector(".lab[data-ready=true]");
  for (let run = 0; run < WATCHED; run++) {
    await page.locator(".dice").first().evaluate((button: HTMLElement) => button.click());
    await page.locator(".run:enabled").click();
    await page.waitForSelector(".panel:not([data-phase=done])");
    await done(page);
    after.push(await memoryOfTab());
  }
  clearInterval(timer);
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `memory of the tab: at most ${megabytes(largest)}; after the first run ${megabytes(after[0])}, ` +
      `after ${WATCHED} ${megabytes(after.at(-1)!)}`,
  );
}
console.log(`one thread of ${navigator.hardwareConcurrency} cores`);
