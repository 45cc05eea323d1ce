/** Trainings in the reader's tab: what is kept of them, and digits of the reader's own. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { parseSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { setStage, type Stage } from "./stage.ts";

let stage: Stage;
Deno.test.beforeAll(async () => void (stage = await setStage()));
Deno.test.afterAll(async () => await stage[Symbol.asyncDispose]());

// Playwright keeps its connection to the browser over tests.
const options = { sanitizeOps: false, sanitizeResources: false };

/** A tiny network, and few samples of it. */
const tiny = { from: "scratch", width: 2, batch: 2, rows: 1, steps: 1, drawings: 20, trainSteps: 40 };

const address = (section: string, parameters: Record<string, unknown>) =>
  `/sections/${section}?p=${encodeURIComponent(JSON.stringify(parameters))}`;

async function ready(page: Page): Promise<void> {
  await page.waitForSelector(".lab[data-ready=true]");
  await page.waitForSelector(".run:enabled");
}

async function start(page: Page): Promise<void> {
  await ready(page);
  const tab = page.locator(".place input[value=tab]");
  if (await tab.count()) await tab.check();
  await page.locator(".run").click();
}

async function done(page: Page): Promise<void> {
  await page.waitForSelector(".panel:is([data-phase=done], [data-phase=failed])");
  assertEquals(await page.locator(".run-bar .error").allInnerTexts(), []);
}

const firstCaption = (page: Page) => page.locator(".results.own .figures figcaption").first().innerText();

/** The bytes behind a link of a page. */
async function download(page: Page, link: string): Promise<Uint8Array<ArrayBuffer>> {
  const coming = page.waitForEvent("download");
  await page.locator(link).click();
  return await Deno.readFile(await (await coming).path());
}

Deno.test(
  "a form begins with a training that shows digits, and says what to expect of another",
  options,
  async () => {
    for (const id of ["time-unet", "class-unet", "denoiser"]) {
      await using visit = await stage.open(`/sections/${id}`);
      const { page } = visit;
      await ready(page);
      const steps = page.locator("[data-field=trainSteps] input[type=number]");
      assert(Number(await steps.inputValue()) > 0);
      assert(await page.locator("[data-field=from] input[value=checkpoint]").isChecked());
      assertMatch(await page.locator(".outlook").innerText(), /from the first step on/);
      assertMatch(
        await page.locator(".estimate").innerText(),
        /A run takes (about )?\d+ s|less than a second/,
      );
      await page.locator("[data-field=from] input[value=scratch]").check();
      const outlook = await page.locator(".outlook").innerText();
      const needed = Number(/after about (\d+) steps, about \d+ (s|min) /.exec(outlook)?.[1]);
      assert(needed > 0 && needed <= Number(await steps.inputValue()), outlook);
      await steps.fill("5");
      assertStringIncludes(
        await page.locator(".outlook").innerText(),
        "With 5, most of what it draws is noise.",
      );
      // Before a run, the samples of the network that ships come first.
      if (id !== "denoiser") {
        assertMatch(
          await page.locator(".results figcaption").first().innerText(),
          /^Samples of/,
        );
      }
    }
  },
);

Deno.test("a training goes on where the page was left, and what it has trained stays", options, async () => {
  await using visit = await stage.open(address("time-unet", { ...tiny, trainSteps: 4000 }));
  const { page, wrong } = visit;
  await start(page);
  await page.waitForSelector(".running .viewer");
  await page.reload();
  await ready(page);
  const goOn = page.locator(".go-on");
  const step = Number(/Go on from step (\d+)/.exec(await goOn.innerText())![1]);
  assert(step >= 200, `${step}`);
  await goOn.click();
  await page.waitForFunction(() =>
    /step \d+ of 4000/.test(document.querySelector(".left")?.textContent ?? "")
  );
  const now = Number(/step (\d+) of/.exec(await page.locator(".left").innerText())![1]);
  assert(now > step && now < 4000, `${now} after ${step}`);
  // What is given up is kept as well.
  await page.locator(".cancel").click();
  await page.waitForSelector(".panel[data-phase=cancelled]");
  await page.waitForFunction(
    (now) => Number(/step (\d+)/.exec(document.querySelector(".go-on")?.textContent ?? "")?.[1]) >= now,
    now,
  );
  await page.locator(".discard").click();
  await page.waitForFunction(() => !document.querySelector(".kept-runs"));

  await page.goto(stage.address + address("class-unet", tiny));
  await start(page);
  await done(page);
  assertMatch(await firstCaption(page), /after 40 steps from random weights/);
  await page.reload();
  await ready(page);
  await page.waitForSelector(".kept-runs .weights");
  const weights = await parseSafetensors(await download(page, ".kept-runs .weights"));
  assertEquals(weights.tensors.get("last.weight")?.shape, [1, 2, 3, 3]);
  const files = unzipSync(await download(page, ".kept-runs .trained"));
  assert("mnist-class-trained/unet/diffusion_pytorch_model.safetensors" in files);
  await page.locator(".discard").click();
  await page.waitForFunction(() => !document.querySelector(".kept-runs"));
  await page.reload();
  await ready(page);
  assertEquals(await page.locator(".kept-runs").count(), 0);
  assertEquals(wrong, []);
});

Deno.test("a second tab leaves the training of the first alone, and has its own", options, async () => {
  await using visit = await stage.open(address("time-unet", { ...tiny, trainSteps: 20_000 }));
  const { page, wrong } = visit;
  await start(page);
  await page.waitForSelector(".running .viewer");
  const second = await page.context().newPage();
  second.setDefaultTimeout(120_000); // both train
  await second.goto(stage.address + address("time-unet", { ...tiny, trainSteps: 10 }));
  await second.waitForSelector("text=Under way in another tab");
  assertEquals(await second.locator(".go-on, .discard").count(), 0);
  await start(second);
  await done(second);
  await second.waitForSelector("text=Step 10 of 10");
  assertEquals(await page.locator(".panel").getAttribute("data-phase"), "running");
  // Where the first one closes, the second may go on.
  await page.close();
  await second.waitForSelector(".go-on");
  assertEquals(await second.locator(".kept-runs li").count(), 2);
  assertEquals(wrong, []);
});

Deno.test("a browser that keeps nothing says so, and trains all the same", options, async () => {
  await using visit = await stage.open(address("time-unet", tiny));
  const { page } = visit;
  const full = "IDBFactory.prototype.open = () => { throw new DOMException('', 'QuotaExceededError'); };\n";
  await page.context().route("**/tab/section_worker.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: full + await response.text() });
  });
  await start(page);
  await done(page);
  assertMatch(
    await page.locator(".unkept").innerText(),
    /not kept, and lost when the tab closes: .* no room/,
  );
  assert((await download(page, ".results .weights")).length > 0);
});

Deno.test("digits that are drawn stay in the browser, and a network learns from them", options, async () => {
  await using visit = await stage.open(address("class-unet", { ...tiny, data: "drawn" }));
  const { page, wrong } = visit;
  await ready(page);
  // They are for this tab alone, whatever was chosen.
  assertEquals(await page.locator(".place input").count(), 0);
  await page.locator(".run").click();
  await page.waitForSelector(".panel[data-phase=failed]");
  assertStringIncludes(await page.locator("[data-field=data] .error").innerText(), "no digit was drawn");
  const pad = page.locator(".own-digits .pad canvas");
  await pad.scrollIntoViewIfNeeded();
  const draw = async (label: number, ...points: readonly (readonly [number, number])[]) => {
    const { x, y, width, height } = (await pad.boundingBox())!;
    const [[startX, startY], ...rest] = points.map(([u, v]) => [x + u * width, y + v * height]);
    await page.mouse.move(startX, startY);
    await page.mouse.down();
    for (const [x, y] of rest) await page.mouse.move(x, y, { steps: 5 });
    await page.mouse.up();
    await page.locator(".digit-label select").selectOption(String(label));
    await page.getByRole("button", { name: "Keep this digit" }).click();
  };
  await draw(7, [0.3, 0.2], [0.7, 0.2], [0.4, 0.8]);
  await draw(1, [0.5, 0.2], [0.5, 0.8]);
  await draw(4, [0.3, 0.2], [0.3, 0.5], [0.7, 0.5]);
  const labels = () => page.locator(".drawn-digits li > span").allInnerTexts();
  assertEquals(await labels(), ["7", "1", "4"]);
  await page.getByRole("button", { name: "Remove this 1" }).click();
  await page.reload();
  await ready(page);
  await page.waitForSelector(".drawn-digits li >> nth=1");
  assertEquals(await labels(), ["7", "4"]);
  // The pictures are as MNIST's: white ink on a black ground.
  const [ink, edge] = await page.locator(".drawn-digits canvas").first().evaluate((canvas) => {
    const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 28, 28);
    const values = Array.from({ length: 784 }, (_, i) => data[4 * i]);
    return [Math.max(...values), Math.max(...values.filter((_, i) => i % 28 === 0 || i < 28))];
  });
  assert(ink > 200 && edge < 40, `${ink}, ${edge}`);
  await page.locator(".run").click();
  await done(page);
  assertMatch(await firstCaption(page), /on the digits that you have drawn/);
  await page.getByRole("button", { name: "Remove all 2" }).click();
  await page.reload();
  await ready(page);
  assertEquals(await page.locator(".drawn-digits").count(), 0);
  assertEquals(wrong, []);
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(
    `axe finds nothing beside a pad and a kept training, ${colorScheme}, and nothing is wider than a phone`,
    options,
    async () => {
      const axe = await Deno.readTextFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url));
      await using visit = await stage.open(address("time-unet", tiny), {
        colorScheme,
        reducedMotion: "reduce",
        bypassCSP: true,
        viewport: { width: 375, height: 700 },
      });
      const { page } = visit;
      await start(page);
      await done(page);
      await page.locator("[data-field=data] input[value=both]").check();
      await page.waitForSelector(".own-digits");
      await page.waitForSelector(".kept-runs");
      assert(await page.evaluate(() => document.documentElement.scrollWidth) <= 375);
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
      });
      assertEquals(violations, []);
    },
  );
}
