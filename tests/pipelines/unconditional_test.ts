/** `DDPMPipeline` and `DDIMPipeline` of diffusers, again: from the same seed to the same images. */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { ArgumentError } from "../../lib/errors.ts";
import { sampleToEnd } from "../../lib/diffusion/sample.ts";
import { openUnet2D, type Unet2DModel } from "../../lib/models/mod.ts";
import { sampleUnconditional, type UnconditionalOptions } from "../../lib/pipelines/mod.ts";
import { Generator } from "../../lib/random.ts";
import { map, slice, type Tensor, zeros } from "../../lib/tensor.ts";
import { type DdpmChanges, writeDdpm } from "../models/ddpm_checkpoints.ts";
import { difference } from "../nn/deepfloyd.ts";
import { readGoldenTensors, runs } from "../nn/unets.ts";

async function withModel(changes: DdpmChanges, body: (model: Unet2DModel) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using model = await openUnet2D(await writeDdpm(folder, changes), { device: "cpu", threads: 1 });
    await body(model);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [name, run] of Object.entries(runs)) {
  Deno.test(`${name}: the images of ${run.pipeline}, step by step`, async () => {
    const { pipeline, network, scheduler, batch_size: count, num_inference_steps: numInferenceSteps, eta } =
      run;
    await withModel({ pipeline, network, scheduler }, async (model) => {
      assertEquals(model.numInferenceSteps, pipeline === "DDPMPipeline" ? 1000 : 50);
      const { first, last, images } = await readGoldenTensors(name);
      const states: Tensor[] = [];
      const steps = sampleUnconditional(model, { seed: new Generator(4), count, numInferenceSteps, eta });
      for await (const { x } of steps) states.push(x);
      assertEquals(states.length, numInferenceSteps);
      assertLess(difference(states[0], first), 5e-5);
      assertLess(difference(states.at(-1)!, last), 5e-5);
      const shown = map(states.at(-1)!, (value) => Math.min(Math.max(value / 2 + 0.5, 0), 1));
      assertLess(difference(shown, images), 5e-5);
    });
  });
}

Deno.test("an image by its own seed is the same in every batch, and other samplers draw it too", async () => {
  await withModel({}, async (model) => {
    const draw = (options: UnconditionalOptions) =>
      sampleToEnd(sampleUnconditional(model, { numInferenceSteps: 4, ...options }));
    const both = await draw({ seed: [5, 6] });
    assertLess(difference(slice(both, 1, 2), await draw({ seed: [6] })), 1e-6);
    for (const sampler of ["ddim", "dpm-solver++", "heun", "unipc"] as const) {
      const image = await draw({ seed: 1, sampler, height: 12, width: 8 });
      assertEquals(image.shape, [1, 3, 12, 8]);
      assert(image.data.every(Number.isFinite));
    }
  });
});

Deno.test("an image is drawn anew, and where a mask spares it stays to the last bit", async () => {
  await withModel({}, async (model) => {
    const image = map(zeros([1, 3, 8, 8]), (_, i) => i % 7 / 7 - 0.5);
    const common = { seed: [1, 2], image, numInferenceSteps: 6 };
    const others = sampleUnconditional(model, { ...common, strength: 0.5 });
    let steps = 0;
    for await (const { x } of others) {
      steps++;
      assertEquals(x.shape, [2, 3, 8, 8]);
    }
    assertEquals(steps, 3);
    const mask = map(zeros([1, 1, 8, 8]), (_, i) => i < 32 ? 1 : 0);
    for (const held of [{}, { rule: "renoise-original" }, { rule: "repaint", jumps: 2 }] as const) {
      const inpainted = await sampleToEnd(sampleUnconditional(model, { ...common, mask, ...held }));
      const kept = inpainted.data.filter((_, i) => i % 64 >= 32);
      assertEquals(kept, new Float32Array([...image.data, ...image.data]).filter((_, i) => i % 64 >= 32));
      assert(inpainted.data.some((value, i) => i % 64 < 32 && value !== image.data[i % 192]));
    }
  });
});

Deno.test("classes are one for each image", async () => {
  await withModel({ network: "course" }, async (model) => {
    const draw = (options: Partial<UnconditionalOptions>) =>
      sampleToEnd(sampleUnconditional(model, { seed: 3, numInferenceSteps: 2, ...options }));
    const [three, four] = [await draw({ classLabels: [3, 3] }), await draw({ classLabels: [4, 4] })];
    assertEquals(three.shape, [2, 3, 8, 8]);
    assert(difference(three, four) > 1e-3);
    for (const options of [{}, { classLabels: [5] }, { classLabels: [1], count: 2 }]) {
      const { argument } = await assertRejects(() => draw(options), ArgumentError);
      assert(argument.startsWith("classLabel"));
    }
  });
});

Deno.test("options that do not go together are refused by name", async () => {
  await withModel({}, async (model) => {
    const image = zeros([1, 3, 8, 8]);
    const refused = async (options: Record<string, unknown>, argument: string) => {
      const steps = sampleUnconditional(model, { seed: 0, numInferenceSteps: 2, ...options });
      assertEquals((await assertRejects(() => sampleToEnd(steps), ArgumentError)).argument, argument);
    };
    await refused({ strength: 0.5 }, "strength");
    await refused({ mask: zeros([1, 1, 8, 8]) }, "mask");
    await refused({ image, rule: "repaint" }, "rule");
    await refused({ image, height: 8 }, "height");
    await refused({ image: zeros([1, 1, 8, 8]) }, "image");
    await refused({ image: zeros([3, 3, 8, 8]) }, "image");
    await refused({ image: map(image, () => 255) }, "image");
    await refused({ count: 0 }, "count");
    await refused({ height: 6 }, "height");
    await refused({ numInferenceSteps: 1001 }, "numInferenceSteps");
    await refused({ eta: 1 }, "eta");
    await refused({ classLabels: [0] }, "classLabel");
    await refused({ negative: image }, "options");
  });
});
