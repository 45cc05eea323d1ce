/** The library in a tab of a real browser, from a plain file server below a path, as a static host has it. */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import * as native from "../../bundle/denoise.ts";
import { bundleModules, copyModels, packRuntime } from "../../bundle/write_bundle.ts";
import { temporaryFolder, writeJson } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import {
  computeGradient,
  drawDigits,
  drawEmoji,
  drawEmojiOnFeatures,
  type Library,
  trainSteps,
} from "./computations.ts";
import { startChromium } from "./chromium.ts";
import { StaticServer } from "./static_server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where the site's files are, on its server. */
const SITE = "/some/site/";

/** A page of the site that is looked at. */
interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong on it. */
  readonly wrong: string[];
  /** Runs a function of the library in the page. */
  compute<T, A>(run: (lib: Library, argument?: A) => Promise<T>, argument?: A): Promise<T>;
}

async function openTab(browser: Browser, address: string, path = "empty.html"): Promise<Tab> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const wrong: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  await page.goto(address + path);
  const library = JSON.stringify(`${address}dist/denoise.js`);
  return {
    page,
    wrong,
    compute: (run, argument) =>
      page.evaluate(`import(${library}).then((library) => (${run})(library, ${JSON.stringify(argument)}))`),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

function distance(found: readonly number[], expected: readonly number[]): number {
  assertEquals(found.length, expected.length);
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}

/** Writes a tiny pipeline whose network is in integers. */
async function writeQuantized(folder: string): Promise<string> {
  await writeTextToImage(folder, "I");
  const { text, negative } = await (async () => {
    await using pipeline = await native.openTextToImage(folder);
    return { text: await pipeline.encode(["a fox"]), negative: await pipeline.encode([""]) };
  })();
  const calibration = { text, negative, seed: 0, numInferenceSteps: 4, guidanceScale: 2.5 };
  const { config, tensors } = await native.pipelines.quantizeNetwork(folder, { calibration });
  await writeJson(`${folder}/unet/config.json`, config);
  await native.checkpoints.writeSafetensors(`${folder}/unet/diffusion_pytorch_model.safetensors`, tensors);
  return folder;
}

Deno.test("the library in a browser's tab", async (t) => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(`${folder.path}/dist`);
  await bundleModules(`${folder.path}/dist`);
  await packRuntime(`${folder.path}/dist`);
  await copyModels(`${folder.path}/dist/models`);
  await Deno.writeTextFile(
    `${folder.path}/empty.html`,
    '<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>empty</title></html>',
  );
  await using server = new StaticServer({ [`${SITE}examples/`]: `${root}examples`, [SITE]: folder.path });
  const site = server.address.slice(0, -1) + SITE;
  await using chromium = await startChromium();
  const { browser } = chromium;
  const weights = `${SITE}dist/models/mnist-class/unet/diffusion_pytorch_model.safetensors`;

  await t.step("digits and emoji are the native ones", async () => {
    await using tab = await openTab(browser, site);
    assertLess(distance(await tab.compute(drawDigits), await drawDigits(native)), 1e-4);
    const emoji = await drawEmoji(native);
    assertLess(distance(await tab.compute(drawEmoji), emoji), 1e-4);
    const onFeatures = await tab.compute(drawEmojiOnFeatures);
    assertLess(distance(onFeatures, await drawEmojiOnFeatures(native)), 1e-4);
    assertLess(1e-3, distance(onFeatures, emoji));
    assertEquals(await tab.page.evaluate("crossOriginIsolated"), false);
    assertEquals(tab.wrong, []);
    assertEquals(server.requests.filter((request) => !/ (200|304)$/.test(request)), []);
  });

  await t.step("a network in integers draws nearly what it does natively", async () => {
    const small = await writeQuantized(`${folder.path}/small`);
    await using tab = await openTab(browser, site);
    const off = distance(await tab.compute(drawEmoji, `${site}small`), await drawEmoji(native, small));
    // A sum in another order may be rounded to the next of 255 steps.
    assertLess(off, 0.15);
    assertEquals(tab.wrong, []);
  });

  await t.step("gradients are the native ones", async () => {
    await using tab = await openTab(browser, site);
    const [found, expected] = [await tab.compute(computeGradient), await computeGradient(native)];
    assertLess(Math.abs(found.loss / expected.loss - 1), 1e-5);
    const largest = expected.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assertLess(distance(found.gradient, expected.gradient) / largest, 1e-5);
    assertEquals(tab.wrong, []);
  });

  await t.step("training steps have the native losses", async () => {
    await using tab = await openTab(browser, site);
    const [found, expected] = [await tab.compute(trainSteps), await trainSteps(native)];
    assertLess(distance(found, expected), 1e-5);
    assertLess(Math.abs(expected[0] - expected[2]), 1);
    assertEquals(tab.wrong, []);
  });

  await t.step("where a page is isolated, threads compute the same", async () => {
    await using isolated = new StaticServer({ [SITE]: folder.path }, true);
    await using tab = await openTab(browser, isolated.address.slice(0, -1) + SITE);
    assertEquals(await tab.page.evaluate("crossOriginIsolated"), true);
    assertLess(distance(await tab.compute(drawDigits), await drawDigits(native)), 1e-4);
    assertEquals(tab.wrong, []);
  });

  await t.step("what is kept is not fetched again", async () => {
    await using tab = await openTab(browser, site);
    const once = await tab.compute(drawDigits);
    const fetches = () => server.requests.filter((request) => request.includes(weights)).length;
    const before = fetches();
    await tab.page.reload();
    assertEquals(await tab.compute(drawDigits), once);
    assertEquals(fetches(), before);
    assertEquals(tab.wrong, []);
  });

  await t.step("stopping ends a run before its next step", async () => {
    await using tab = await openTab(browser, site);
    const said = await tab.compute(async (lib) => {
      await using model = await lib.openMnistModel("mnist-class");
      const stop = new AbortController();
      let steps = 0;
      try {
        const options = { seed: 0, numInferenceSteps: 200, signal: stop.signal };
        for await (const _ of lib.sampleDigits(model, [1], options)) {
          if (++steps === 3) setTimeout(() => stop.abort(new Error("enough")));
        }
      } catch (error) {
        return { message: (error as Error).message, steps };
      }
      return { message: "not stopped", steps };
    });
    assertEquals(said.message, "enough");
    assertLess(said.steps, 6);
    assertEquals(tab.wrong, []);
  });

  await t.step("the page goes on while the library computes", async () => {
    await using tab = await openTab(browser, site);
    const longest = await tab.compute(async (lib) => {
      await using pipeline = await lib.openTextToImage("emoji-II");
      const text = await pipeline.encode(["a skull"]);
      const network = await pipeline.network();
      const image = lib.zeros([1, 3, 32, 32]);
      let [last, most] = [performance.now(), 0];
      const timer = setInterval(() => {
        most = Math.max(most, performance.now() - last);
        last = performance.now();
      });
      const options = { seed: 0, numInferenceSteps: 2, guidanceScale: 1 };
      const start = performance.now();
      await lib.sampleToEnd(lib.superResolution(network, text, image, options));
      clearInterval(timer);
      return most / (performance.now() - start);
    });
    assertLess(longest, 0.3);
    assertEquals(tab.wrong, []);
  });

  await t.step("a download that breaks off is taken up where it ended", async () => {
    server.cuts.set(weights, [1_000_000, 500_000]);
    server.requests.length = 0;
    await using tab = await openTab(browser, site);
    const notices = await tab.compute(async (lib) => {
      const notices: string[] = [];
      using _watch = lib.platform.watchDownloads((event) => {
        if (event.kind === "notice") notices.push(event.message);
      });
      await using _model = await lib.openMnistModel("mnist-class");
      return notices;
    });
    assertEquals(notices.length, 2);
    assertMatch(
      notices[0],
      /diffusion_pytorch_model\.safetensors: the connection broke off, and is taken up again$/,
    );
    const asked = server.requests.filter((request) => request.includes(weights));
    assertEquals(asked.length, 3);
    const [, first, second] = asked.map((request) => Number(/bytes=(\d+)-$/.exec(request)?.[1] ?? 0));
    assert(first > 0 && second > first, asked.join("\n"));
  });

  await t.step("a file whose hash differs is refused", async () => {
    const bytes = await Deno.readFile(`${root}models/mnist-class/unet/diffusion_pytorch_model.safetensors`);
    bytes[bytes.length - 1] ^= 1;
    server.changed.set(weights, bytes);
    await using tab = await openTab(browser, site);
    const said = await tab.compute((lib) =>
      lib.openMnistModel("mnist-class").then(() => "opened", (error) => error.message)
    );
    server.changed.clear();
    assertMatch(said, /safetensors: cannot be opened: its SHA-256 is \w{64} where \w{64} is expected/);
    assertEquals(tab.wrong, []);
  });

  await t.step("where the browser keeps nothing, the reader is told, and all else works", async () => {
    await using tab = await openTab(browser, site);
    const said = await tab.compute(async (lib) => {
      caches.open = () => Promise.reject(new DOMException("storage is refused", "SecurityError"));
      const notices: string[] = [];
      using _watch = lib.platform.watchDownloads((event) => {
        if (event.kind === "notice") notices.push(event.message);
      });
      await using _model = await lib.openMnistModel("mnist-class");
      return notices;
    });
    assertEquals(said, [
      "The browser keeps no files for this page (storage is refused): they are fetched again at the next visit.",
    ]);
  });

  await t.step("devices that a tab does not have are named, with the reason", async () => {
    await using tab = await openTab(browser, site);
    const said = await tab.compute(async (lib) => {
      const passedOver: string[] = [];
      const onFallback = (message: string) => passedOver.push(message);
      await using model = await lib.openMnistModel("mnist-class", { device: "auto", onFallback });
      const refused = await lib.openMnistModel("mnist-class", { device: "cuda" }).catch((error) =>
        error.message
      );
      return { device: model.device, passedOver, refused };
    });
    assertEquals(said.device, "wasm");
    assertEquals(said.passedOver.length, 1);
    assertMatch(said.passedOver[0], /^device: webgpu does not work here, the browser has no .*WebGPU/);
    assertEquals(said.refused, 'device: "cuda" where one of wasm, webgpu, auto is expected');
    assertEquals(tab.wrong, []);
  });

  await t.step("a worker that does not start is an error, and the next is tried anew", async () => {
    await using tab = await openTab(browser, site);
    await tab.page.route("**/runtime_worker.js", (route) => route.abort());
    const open = (lib: Library) =>
      lib.openMnistModel("mnist-class").then(() => "opened", (error) => error.message);
    assertMatch(
      await tab.compute(open),
      /^worker: ended where it should compute: its program cannot be loaded/,
    );
    await tab.page.unroute("**/runtime_worker.js");
    assertEquals(await tab.compute(open), "opened");
  });

  await t.step("images go out and come in by the browser's codecs", async () => {
    await using tab = await openTab(browser, site);
    const off = await tab.compute(async (lib) => {
      const image = new lib.Generator(0).rand([3, 20, 30]);
      const png = lib.encodePng(image, { range: [0, 1], text: { prompt: "a skull" } });
      const back = await lib.decodeImage(png);
      const gif = await lib.encodeGif([image, image], { range: [0, 1] });
      const frame = await lib.decodeImage(gif);
      const most = (decoded: typeof image) =>
        decoded.data.reduce((most, v, i) => Math.max(most, Math.abs((v + 1) / 2 - image.data[i])), 0);
      return {
        png: most(back),
        gif: most(frame),
        text: lib.images.readPngText(png),
        damaged: await lib.decodeImage(png.slice(0, 60)).catch((error) => error.message),
      };
    });
    assertLess(off.png, 0.5 / 255 + 1e-6);
    // 600 colours in a palette of 256.
    assertLess(off.gif, 0.3);
    assertEquals(off.text, { prompt: "a skull" });
    assertMatch(off.damaged, /a damaged PNG/);
    assertEquals(tab.wrong, []);
  });

  await t.step("the example draws, from its page", async () => {
    await using tab = await openTab(browser, site, "examples/browser.html");
    await tab.page.getByRole("button", { name: "Draw" }).click();
    await tab.page.getByText(/^32 x 32$/).waitFor();
    // Another prompt takes its place at once, and is drawn to its end.
    await tab.page.getByLabel("Prompt").fill("a skull");
    await tab.page.getByRole("button", { name: "Draw" }).click();
    await tab.page.getByText(/^128 x 128$/).waitFor();
    assertEquals(tab.wrong, []);
  });

  await t.step("on WebGPU, in software, digits are nearly the native ones", async () => {
    await using software = await startChromium([
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
    ]);
    await using tab = await openTab(software.browser, site);
    const few = { numInferenceSteps: 2, digits: [2] };
    const found = await tab.compute(drawDigits, { device: "webgpu", ...few });
    assertLess(distance(found, await drawDigits(native, few)), 1e-2);
    const passedOver = await tab.compute(async (lib) => {
      const passedOver: string[] = [];
      const onFallback = (message: string) => passedOver.push(message);
      await using pipeline = await lib.openTextToImage("emoji-I", { device: "auto", onFallback });
      await pipeline.encode(["a skull"]);
      return passedOver;
    });
    // This adapter has no half precision, in which the text encoder's table of words is stored.
    assertEquals(passedOver.length, 1);
    assertMatch(
      passedOver[0],
      /^device: webgpu does not work here, its graphics adapter does not compute in half/,
    );
    assertEquals(tab.wrong, []);
  });
});
