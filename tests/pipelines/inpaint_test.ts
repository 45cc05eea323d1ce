/** Inpainting in both stages: what the mask spares, to the last bit, by either rule. */
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { sampleToEnd } from "../../lib/diffusion/sample.ts";
import { addNoise } from "../../lib/diffusion/schedule.ts";
import { ArgumentError } from "../../lib/argument_error.ts";
import { compositeByMask } from "../../lib/effects/composite.ts";
import { inpaint } from "../../lib/pipelines/inpaint.ts";
import { inpaintSuperResolution } from "../../lib/pipelines/inpaint_super_resolution.ts";
import type { InpaintingRule } from "../../lib/pipelines/stage/inpainting_rule.ts";
import { concat, repeat, type Tensor, zeros } from "../../lib/tensor.ts";
import { FakeStage, pictures, RecordingGenerator, SIZE, texts } from "./fake_stage.ts";

const [image, lowRes] = [pictures(2), pictures(2, 4)];
const masks = zeros([2, 1, SIZE, SIZE]);
masks.data.fill(1, 0, 30);
masks.data.fill(1, 90, 128);
const options = { negative: texts(0, 0), numInferenceSteps: 4, strength: 1 };
const rules = ["keep-original", "renoise-original"] as const;

/** Runs both stages, each with its own record of the noise. */
async function* runs(rule: InpaintingRule, mask: Tensor, numImagesPerPrompt = 1, jumps?: number) {
  for (const enlarges of [false, true]) {
    const [model, seed] = [new FakeStage(enlarges), new RecordingGenerator(0)];
    const told = { ...options, rule, jumps, seed, numImagesPerPrompt };
    const text = texts(1, 2);
    const out = await sampleToEnd(
      enlarges
        ? inpaintSuperResolution(model, text, image, mask, lowRes, told)
        : inpaint(model, text, image, mask, told),
    );
    yield { out, seed, model };
  }
}

for (const rule of [...rules, "repaint"] as const) {
  Deno.test(`${rule}: what the mask spares is the original, to the last bit, and the rest is not`, async () => {
    for await (const { out } of runs(rule, masks)) {
      assertEquals(compositeByMask(masks, image, out), image);
      assertNotEquals(out, image);
    }
  });

  Deno.test(`${rule}: several pictures of each text have the mask of their original`, async () => {
    const twice = (x: Tensor) => {
      const half = x.data.length / 2;
      const row = (n: number) => ({
        data: x.data.slice(n * half, (n + 1) * half),
        shape: [1, ...x.shape.slice(1)],
      });
      return concat([row(0), row(0), row(1), row(1)]);
    };
    for await (const { out } of runs(rule, masks, 2)) {
      assertEquals(compositeByMask(twice(masks), twice(image), out), twice(image));
    }
  });

  Deno.test(`${rule}: one mask serves all pictures`, async () => {
    const one = { data: masks.data.slice(0, SIZE * SIZE), shape: [1, 1, SIZE, SIZE] };
    for await (const { out } of runs(rule, one, 2)) assertEquals(out.shape, [4, 3, SIZE, SIZE]);
    const pairs = [runs(rule, one), runs(rule, repeat(one, 2))];
    const [a, b] = await Promise.all(pairs.map((pair) => Array.fromAsync(pair, ({ out }) => out)));
    assertEquals(a, b);
  });

  Deno.test(`${rule}: a mask of zeros keeps all`, async () => {
    for await (const { out } of runs(rule, zeros([1, 1, SIZE, SIZE]))) assertEquals(out, image);
  });
}

Deno.test("the network sees a clean original by the one rule, a noisy one by the other", async () => {
  for (const [i, rule] of rules.entries()) {
    for await (const { model, seed } of runs(rule, masks)) {
      const before = model.config.enlarges ? 2 : 1;
      // Each step but the last draws once, and for this rule once more.
      assertEquals(seed.draws.length, before + 3 * (1 + i));
      model.batches.forEach(([{ input: { x }, t }], step) => {
        const draw = step === 0 ? seed.draws[0] : seed.draws[before + 2 * step - 1];
        const held = i === 0 ? image : addNoise(image, draw, t, model.spec.schedule);
        assertEquals(compositeByMask(masks, x, held), x);
      });
    }
  }
});

Deno.test("repaint goes each step but the last as often as it jumps, 10 times unless given; once is renoise-original", async () => {
  const evaluations = async (jumps?: number) => {
    return await Array.fromAsync(runs("repaint", masks, 1, jumps), ({ model }) => model.batches.length);
  };
  // Four steps; the last one is gone once.
  assertEquals(await evaluations(3), [3 * 3 + 1, 3 * 3 + 1]);
  assertEquals(await evaluations(), [3 * 10 + 1, 3 * 10 + 1]);
  const outs = (rule: InpaintingRule, jumps?: number) =>
    Array.fromAsync(runs(rule, masks, 1, jumps), ({ out }) => out);
  assertEquals(await outs("repaint", 1), await outs("renoise-original"));
  assertNotEquals(await outs("repaint", 2), await outs("renoise-original"));
});

Deno.test("jumps are whole numbers, and the rule repaint's alone", async () => {
  const refused = async (rule: InpaintingRule, jumps: number) => {
    return (await assertRejects(() => Array.fromAsync(runs(rule, masks, 1, jumps)), ArgumentError)).message;
  };
  assertEquals(await refused("repaint", 0), "jumps: 0 where a whole number from 1 is expected");
  assertEquals(
    await refused("renoise-original", 3),
    "jumps: 3 where none is expected (with the rule renoise-original)",
  );
});
