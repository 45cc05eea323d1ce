import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { noiseFromPrediction } from "../../lib/diffusion/prediction.ts";
import type { Condition, Query } from "../../lib/diffusion/types.ts";
import { stackConditions } from "../../lib/effects/stack_conditions.ts";
import { type DeepFloydModel, type DeepFloydOptions, openDeepFloyd } from "../../lib/models/deepfloyd.ts";
import { Generator } from "../../lib/random.ts";
import { reshape, slice, type Tensor, zeros } from "../../lib/tensor.ts";
import { difference, readGolden } from "../nn/deepfloyd.ts";
import { temporaryFolder, writeJson } from "./checkpoints.ts";
import {
  type PipelineChanges,
  readTensors,
  schedulerConfig,
  writeDeepFloyd,
  writeShards,
} from "./deepfloyd_checkpoints.ts";

type Name = "unet_I_tiny" | "unet_II_tiny";

/** A golden network in a folder of its own, opened. */
async function open(name: Name, options: DeepFloydOptions = {}, changes: PipelineChanges = {}) {
  const folder = await temporaryFolder();
  const model = await openDeepFloyd(await writeDeepFloyd(folder.path, name, changes), options);
  return {
    model,
    folder: folder.path,
    [Symbol.asyncDispose]: async () => {
      await model[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The golden inputs as questions, one for each picture, and what diffusers answers: estimate and variance. */
async function questions(model: DeepFloydModel, name: Name) {
  const { io } = await readGolden(name);
  const count = io.sample.shape[0];
  const picture = (x: Tensor, i: number) => slice(x, i, i + 1);
  const conditions = await model.prepare(Array.from({ length: count }, (_, i) => ({
    text: reshape(picture(io.encoder_hidden_states, i), [77, 48]),
    noiseLevel: io.class_labels?.data[i],
  })));
  const queries = conditions.map((condition, i): Query => ({
    model,
    t: io.timestep.data[0],
    condition,
    input: {
      x: slice(picture(io.sample, i), 0, 3, 1),
      lowRes: model.config.enlarges ? slice(picture(io.sample, i), 3, 6, 1) : undefined,
    },
  }));
  const answers = queries.map((_, i) => ({
    estimate: slice(picture(io.out, i), 0, 3, 1),
    variance: slice(picture(io.out, i), 3, 6, 1),
  }));
  return { queries, answers };
}

for (const name of ["unet_I_tiny", "unet_II_tiny"] as const) {
  Deno.test(`${name} as a model answers as diffusers, each prompt computed once`, async () => {
    await using opened = await open(name);
    const { model } = opened;
    const { queries, answers } = await questions(model, name);
    for (
      const found of [await model.run(queries), [
        ...await model.run([queries[0]]),
        ...await model.run([queries[1]]),
      ]]
    ) {
      found.forEach(({ noise, variance }, i) => {
        assertLess(difference(noise, answers[i].estimate), 2e-5);
        assertLess(difference(variance!, answers[i].variance), 2e-5);
      });
    }
    const { schedule, ...rest } = model.spec;
    assertEquals(schedule.length, 1000);
    assertEquals(rest, { size: 16, channels: 3, range: [-1, 1], predicts: "epsilon", learnsVariance: true });
    assertEquals([model.device, model.scheduler.thresholding.kind, model.noising], [
      "cpu",
      "dynamic",
      undefined,
    ]);
    assertEquals([await model.run([]), await model.prepare([])], [[], []]);
    assert(model.runtimeMs > 0);
  });
}

Deno.test("weights in half precision, in parts, and without copies give what their values give", async () => {
  const tensors = await readTensors("unet_I_tiny");
  const answer = async (options: DeepFloydOptions, weights: PipelineChanges["weights"]) => {
    await using opened = await open("unet_I_tiny", options, { weights });
    const { queries } = await questions(opened.model, "unet_I_tiny");
    return (await opened.model.run(queries))[0].noise;
  };
  const stem = "diffusion_pytorch_model";
  const single = (infix: string, dtype: "F32" | "F16") => (folder: string) => {
    return writeSafetensors(join(folder, `${stem}${infix}.safetensors`), tensors, { dtype });
  };
  const full = await answer({}, single("", "F32"));
  assertLess(difference(await answer({ prepack: false }, single("", "F32")), full), 1e-5);
  assertLess(difference(await answer({}, (folder) => writeShards(folder, stem, tensors)), full), 1e-7);
  // A variant is preferred where it is asked for, and taken where there is nothing else.
  const half = await answer({}, single(".fp16", "F16"));
  const both = async (folder: string) => {
    await single("", "F32")(folder);
    await single(".fp16", "F16")(folder);
  };
  assertLess(1e-5, difference(half, full));
  assertLess(difference(half, full), 1e-2);
  assertEquals(difference(await answer({ variant: "fp16" }, both), half), 0);
  assertEquals(difference(await answer({}, both), full), 0);
  assertEquals(difference(await answer({ variant: "fp16" }, single("", "F32")), full), 0);
  assertLess(difference(await answer({ prepack: false }, single(".fp16", "F16")), half), 1e-5);
});

Deno.test("other estimates become noise, and a variance that the scheduler does not use is left out", async () => {
  await using opened = await open("unet_I_tiny", {}, {
    scheduler: { prediction_type: "v_prediction", variance_type: "fixed_small" },
  });
  const { model } = opened;
  const { queries, answers } = await questions(model, "unet_I_tiny");
  const [{ noise, variance }] = await model.run(queries);
  assertEquals([model.spec.learnsVariance, variance], [false, undefined]);
  const { input: { x }, t } = queries[0];
  const expected = noiseFromPrediction("v_prediction", answers[0].estimate, x, t, model.spec.schedule);
  assertLess(difference(noise, expected), 2e-5);
});

Deno.test("conditions are for all pictures or for each, and large batches run in parts", async () => {
  await using opened = await open("unet_II_tiny", { batch: 2 });
  const { model } = opened;
  const generator = new Generator(3);
  const conditions = await model.prepare([0, 999, 250].map((noiseLevel) => {
    return { text: generator.randn([77, 48]), noiseLevel };
  }));
  const input = { x: generator.randn([3, 3, 16, 16]), lowRes: generator.randn([3, 3, 16, 16]) };
  const each = { model, input, t: 300, condition: stackConditions(conditions) };
  const one = { model, input, t: 999, condition: conditions[1] };
  const [first, second] = await model.run([each, one]);
  for (const i of [0, 1, 2]) {
    const part = { x: slice(input.x, i, i + 1), lowRes: slice(input.lowRes, i, i + 1) };
    const [a, b] = await model.run([{ ...each, input: part, condition: conditions[i] }, {
      ...one,
      input: part,
    }]);
    assertLess(difference(slice(first.noise, i, i + 1), a.noise), 1e-5);
    assertLess(difference(slice(second.noise, i, i + 1), b.noise), 1e-5);
  }
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason));
  assertEquals(await model.run([each, one], controller).catch((error) => error), reason);
});

Deno.test("another size, another length of texts, and the schedule of the low-resolution pictures' noise", async () => {
  await using folder = await temporaryFolder();
  await writeDeepFloyd(folder.path, "unet_II_tiny");
  const noising = { ...schedulerConfig, num_train_timesteps: 500, variance_type: "fixed_small" };
  await writeJson(join(folder.path, "image_noising_scheduler", "scheduler_config.json"), noising);
  await using model = await openDeepFloyd(folder.path, { size: 12, textLength: 5 });
  assertEquals([model.spec.size, model.textLength, model.noising?.schedule.length], [12, 5, 500]);
  const [condition] = await model.prepare([{ text: zeros([5, 48]), noiseLevel: 499 }]);
  const pictures = zeros([2, 3, 12, 12]);
  const [{ noise }] = await model.run([{ model, input: { x: pictures, lowRes: pictures }, t: 0, condition }]);
  assertEquals(noise.shape, [2, 3, 12, 12]);
  await assertRejects(
    () => model.prepare([{ text: zeros([5, 48]), noiseLevel: 500 }]),
    RangeError,
    "noiseLevel: 500 where a whole number from 0 to 499 is expected",
  );
});

Deno.test("pictures of several sizes take turns, those of one size whatever came before", async () => {
  await using opened = await open("unet_I_tiny");
  const { model } = opened;
  const generator = new Generator(4);
  const [condition] = await model.prepare([{ text: generator.randn([77, 48]) }]);
  const ask = async (x: Tensor) => (await model.run([{ model, input: { x }, t: 500, condition }]))[0].noise;
  const [square, wide] = [generator.randn([1, 3, 16, 16]), generator.randn([2, 3, 8, 20])];
  const alone = [await ask(square), await ask(wide)];
  assertEquals(alone.map(({ shape }) => shape), [square.shape, wide.shape]);
  const before = model.runtimeMs;
  const together = await Promise.all([square, wide, wide, square].map(ask));
  assertEquals(
    together.map(({ data }) => data),
    [alone[0], alone[1], alone[1], alone[0]].map(({ data }) => data),
  );
  assert(model.runtimeMs > before);
});

Deno.test("what does not fit a model is refused with the argument's name", async () => {
  await using one = await open("unet_I_tiny");
  await using two = await open("unet_II_tiny");
  const refused = (work: () => Promise<unknown>, message: string) => assertRejects(work, RangeError, message);
  const text = zeros([77, 48]);
  await refused(
    () => one.model.prepare([{ text: zeros([76, 48]) }]),
    "text: shape [76,48] where [77,48] is expected",
  );
  await refused(() => one.model.prepare([{ text, noiseLevel: 0 }]), "noiseLevel: 0 where none is expected");
  await refused(
    () => two.model.prepare([{ text }]),
    "noiseLevel: undefined where a whole number from 0 to 999",
  );
  await refused(() => two.model.prepare([{ text, noiseLevel: 1000 }]), "noiseLevel: 1000 where");
  const [first] = await one.model.prepare([{ text }]);
  const [second] = await two.model.prepare([{ text, noiseLevel: 1 }]);
  const x = zeros([2, 3, 16, 16]);
  const ask = ({ model }: { model: DeepFloydModel }, changes: Partial<Query>, condition: Condition) => () => {
    return model.run([{ model, input: { x }, t: 0, condition, ...changes }]);
  };
  await refused(
    ask(one, { input: { x: zeros([1, 3, 16, 6]) } }, first),
    "x: shape [1,3,16,6] where [N,3,H,W], H and W multiples of 4, is expected",
  );
  await refused(ask(one, { input: { x: zeros([3, 16, 16]) } }, first), "x: shape [3,16,16] where [N,3,");
  const large = { model: one.model, input: { x: zeros([1, 3, 16, 32]) }, t: 0, condition: first };
  await refused(
    () => one.model.run([{ ...large, input: { x } }, large]),
    "x: shape [1,3,16,32] where [N,3,16,16] is expected",
  );
  await refused(ask(one, { input: { x, lowRes: x } }, first), "lowRes: given where none");
  await refused(ask(two, {}, second), "lowRes: none where low-resolution images are expected");
  await refused(
    ask(two, { input: { x, lowRes: zeros([1, 3, 16, 16]) } }, second),
    "lowRes: shape [1,3,16,16] where [2,3,16,16] is expected",
  );
  for (const t of [-1, 999.5, NaN]) {
    await refused(ask(one, { t }, first), `t: ${t} where a number from 0 to 999 is expected`);
  }
  await refused(
    ask(one, {}, { inputs: {} }),
    "condition: no embedding where embedding [1,64] or [2,64] is expected",
  );
  await refused(
    ask(one, {}, second),
    "condition: embedding [1,48] where embedding [1,64] or [2,64] is expected",
  );
  const three = stackConditions([first, first, first]);
  await refused(ask(one, {}, three), "condition: embedding [3,64] where");
  for (
    const [options, message] of [
      [{ size: 18 }, "size: 18 where a multiple of 4 is expected"],
      [{ textLength: 0 }, "textLength: 0 where"],
      [{ batch: 0 }, "batch: 0 where"],
    ] as const
  ) {
    await refused(() => openDeepFloyd(one.folder, options), message);
  }
});

Deno.test("weights of another network are refused with the tensor, its shape and the one expected", async () => {
  const tensors = await readTensors("unet_I_tiny");
  const refused = async (changes: PipelineChanges, message: string) => {
    await using folder = await temporaryFolder();
    await writeDeepFloyd(folder.path, "unet_I_tiny", changes);
    await assertRejects(() => openDeepFloyd(folder.path), CheckpointError, message);
  };
  const writing = (changed: Record<string, Tensor>) => ({
    weights: (folder: string) => {
      return writeSafetensors(join(folder, "diffusion_pytorch_model.safetensors"), changed);
    },
  });
  const { "mid_block.attentions.0.to_k.weight": _, ...less } = tensors;
  await refused(
    writing(less),
    'tensor "mid_block.attentions.0.to_k.weight": missing, shape [48,48] is expected',
  );
  await refused(
    writing({ ...tensors, "conv_in.weight": zeros([16, 4, 3, 3]) }),
    'tensor "conv_in.weight": shape [16,4,3,3] where [16,3,3,3] is expected',
  );
  await refused(
    writing({ ...tensors, extra: zeros([1]) }),
    'tensors that the network does not have: "extra"',
  );
  // The configuration says that pictures attend to the text alone, the weights know better.
  await refused(
    { config: { only_cross_attention: true } },
    'does not have: "down_blocks.1.attentions.0.to_k.bias"',
  );
  await refused(
    { config: { out_channels: 3 } },
    '"variance_type" is "learned_range" where fixed_small or fixed_large',
  );
  await refused(
    { weights: (folder) => Deno.writeTextFile(join(folder, "diffusion_pytorch_model.bin"), "") },
    'no weights, diffusion_pytorch_model.safetensors or an index of its parts is expected; "diffusion_pytorch_model.bin" ' +
      "is in PyTorch's own format, which is not read",
  );
});
