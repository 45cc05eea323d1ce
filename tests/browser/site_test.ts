/** The gallery as static files, below a path and without headers of its own: read, computed with, and used offline. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { unzipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { faultsOf } from "./faults.ts";
import { StaticServer } from "./static_server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const PLACE = "/some/where/";

let folder: string;
let server: StaticServer;
let chromium: AsyncDisposable & { readonly browser: Browser };

Deno.test.beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "site-" });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "site", "--out", folder],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  server = new StaticServer({ [PLACE]: folder });
  chromium = await startChromium();
});
Deno.test.afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

// Playwright keeps its connection to the browser over tests.
const options = { sanitizeOps: false, sanitizeResources: false };

/** A test with a page of its own; at its end nothing may have gone wrong on it. */
function scenario(name: string, fn: (page: Page) => Promise<void>): void {
  Deno.test(name, options, async () => {
    const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 900 } });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(240_000);
      const wrong = faultsOf(page);
      await fn(page);
      assertEquals(wrong, []);
    } finally {
      await context.close();
    }
  });
}

const address = (path: string): string => `${server.address}${PLACE.slice(1)}${path}`;

/** Runs what the form of a page says, to its end. */
async function run(page: Page): Promise<void> {
  await page.locator(".lab").scrollIntoViewIfNeeded();
  await page.waitForSelector(".lab[data-ready=true]");
  await page.locator(".run:enabled").click();
  await page.waitForSelector(".panel:is([data-phase=done], [data-phase=failed])");
  assertEquals(await page.locator(".run-bar .error").allInnerTexts(), []);
  await page.waitForSelector(".results.own .figures .figure");
}

const parameters = (values: Record<string, unknown>) => `?p=${encodeURIComponent(JSON.stringify(values))}`;

/** The paths that were asked for below the tab's folder. */
const fetched = () => server.requests.filter((line) => line.includes("/tab/"));

scenario("the site is read, run and kept offline below a path, in one thread", async (page) => {
  await page.goto(address(""));
  assertMatch(await page.title(), /Denoise/);
  // The fonts that are fetched in advance are those that texts are set in.
  await page.evaluate(() => document.fonts.ready);
  const [advance, faces] = await page.evaluate(() => [
    [...document.querySelectorAll<HTMLLinkElement>("link[rel=preload][as=font]")].map(({ href }) => href),
    performance.getEntriesByType("resource").map(({ name }) => name)
      .filter((name) => /\/denoise-(serif|sans)\.woff2$/.test(name)),
  ]);
  assertEquals(advance.toSorted(), faces.toSorted());
  assert(advance.length === 2 && advance.every((href) => href.includes(PLACE)), advance.join());
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.locator(".contents a[href$='class-unet']").first().waitFor();
  assertEquals(fetched(), [], "nothing to compute with is fetched for reading");
  await page.goto(address(`sections/class-unet/${parameters({ rows: 1, steps: 3, seed: 5 })}`));
  // What has been seen is there without a connection: a browser fetches pictures far below when they come near.
  await page.locator(".results img").last().scrollIntoViewIfNeeded();
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>(".results img")].every(({ naturalWidth }) =>
      naturalWidth > 0
    )
  );
  await run(page);
  assertMatch(await page.locator(".device").innerText(), /in this tab with one thread, since/);
  assertEquals(await page.locator(".place input").count(), 0);
  await page.addScriptTag({ content: axe.source });
  const violations = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
  assertEquals(violations, []);

  await page.context().setOffline(true);
  await page.reload();
  await run(page);
  await page.goto(address("history/"));
  await page.waitForSelector(".memories li >> nth=1");
  await page.locator(".memories .compare").first().click();
  await page.waitForSelector(".history .beside .figure");
  await page.context().setOffline(false);
});

scenario("a picture of one's own stays in the browser, and is worked on in the tab", async (page) => {
  await page.goto(address("sections/forward/"));
  await page.waitForSelector(".lab[data-ready=true]");
  await page.locator("[data-field=image] input[type=file]").setInputFiles(
    join(root, "report/images/latte.png"),
  );
  const own = ".thumbs img[src^='blob:']";
  await page.waitForSelector(own);
  await run(page);
  await page.reload();
  await page.waitForSelector(own);
  assert(await page.locator(own).evaluate((image) => (image as HTMLImageElement).naturalWidth > 0));
});

scenario("an effect is run in the tab, and cancelled", async (page) => {
  await page.goto(address("play/anagrams/"));
  await page.waitForSelector(".run:enabled");
  await page.locator(".run").click();
  await page.waitForSelector(".running .viewer");
  await page.locator(".cancel").click();
  await page.waitForSelector(".panel[data-phase=cancelled]");
  assertStringIncludes(await page.locator(".estimate").innerText(), "Cancelled.");
});

scenario("a network for digits is trained in the tab", async (page) => {
  const values = { trainSteps: 12, batch: 16, drawings: 1, width: 16, rows: 1, steps: 2, seed: 1 };
  await page.goto(address(`sections/time-unet/${parameters(values)}`));
  await run(page);
  const figures = await page.locator(".results.own .figures figcaption").allInnerTexts();
  assertEquals(figures.filter((caption) => /12 steps/.test(caption)).length, 2, figures.join());
  const download = page.waitForEvent("download");
  await page.locator(".results a.trained").click();
  const files = unzipSync(await Deno.readFile(await (await download).path()));
  const out = await Deno.makeTempDir();
  try {
    for (const [path, bytes] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(out, path)), { recursive: true });
      await Deno.writeFile(join(out, path), bytes);
    }
    const task = ["task", "sample", "--model", join(out, "mnist-time-trained"), "--steps", "2", "--out", out];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args: task, cwd: root }).output();
    assert(success, new TextDecoder().decode(stderr));
    const pictures = (await Array.fromAsync(Deno.readDir(out))).filter(({ name }) => name.endsWith(".png"));
    assert(pictures.length > 0);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
