/** Options that there are none of are refused by every function that takes options, as a program in JavaScript may give them. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import * as lib from "./entries.ts";
import * as onnx from "../lib/onnx/mod.ts";
import * as optimizers from "../lib/onnx/optimizers.ts";
import * as ops from "../lib/onnx/ops/mod.ts";
import { assertOptions, pickOptions } from "../lib/options.ts";
import { FakeModel, noCondition } from "./diffusion/fake_model.ts";
import { FakeStage, pictures, SIZE, texts } from "./pipelines/fake_stage.ts";

/** An option that no function has. */
const odd = { dilations: 2 } as Record<never, never>;

const graph = new onnx.Graph();
const x = graph.input("x", "float32", [1, 2, 4, 4]);
const weight = graph.input("weight", "float32", [2, 2, 3, 3]);
const vector = graph.input("vector", "float32", [3]);
const scalar = graph.input("scalar", "float32", []);
graph.output("y", onnx.add(x, 1));
const scope = () => {
  const network = new lib.TensorSource({
    weight: lib.zeros([2, 2, 3, 3]),
    bias: lib.zeros([2]),
  });
  return new lib.Scope(new onnx.Graph(), network, false);
};
const input = (s: lib.Scope, shape: number[]) => s.graph.input("input", "float32", shape);

const schedule = lib.linearSchedule();
const picture = lib.zeros([1, 3, SIZE, SIZE]);
const mask = lib.full([1, 1, SIZE, SIZE], 1);
const noise = (shape: readonly number[]) => lib.zeros(shape);
const model = new FakeModel(({ input }) => ({ noise: input.x }));
const denoiser = lib.conditioned(model, noCondition);
const [first, second] = [new FakeStage(), new FakeStage(true, {}, 2 * SIZE)];
const text = texts(1);
const told = { seed: 0, negative: texts(0), numInferenceSteps: 1 };
const one = { numInferenceSteps: 1 };
const run = (steps: AsyncIterable<lib.SampleStep>) => lib.sampleToEnd(steps);
const cascade = (changes: object) =>
  run(
    lib.cascade([first, second], text, { seed: 0, negative: texts(0), first: one, second: one, ...changes }),
  );
const pipeline = () => lib.openTextToImage("models/emoji-I");
const tokenizer = () => lib.SentencePieceTokenizer.open("models/emoji-I/tokenizer/spiece.model");

const calls: Record<string, () => unknown> = {
  // Graphs and sessions.
  conv2d: () => onnx.conv2d(x, weight, undefined, odd),
  convTranspose2d: () => onnx.convTranspose2d(x, weight, undefined, odd),
  matmul: () => onnx.matmul(x, x, odd),
  sum: () => onnx.sum(x, odd),
  conv1d: () => ops.conv1d(x, weight, undefined, odd),
  maxPool2d: () => ops.maxPool2d(x, 2, odd),
  averagePool2d: () => ops.averagePool2d(x, 2, odd),
  pad: () => ops.pad(x, [], odd),
  clamp: () => ops.clamp(x, odd),
  cumsum: () => ops.cumsum(x, 0, odd),
  amax: () => ops.amax(x, odd),
  prod: () => ops.prod(x, odd),
  variance: () => ops.variance(x, odd),
  argMax: () => ops.argMax(x, odd),
  topK: () => ops.topK(x, 1, odd),
  resizeBicubic: () => ops.resizeBicubic(x, 8, 8, odd),
  dropout: () => ops.dropout(x, 0.5, odd),
  sgd: () => optimizers.sgd(vector, { parameters: vector, m: vector, learningRate: scalar }, odd),
  lion: () => optimizers.lion(vector, { parameters: vector, m: vector, learningRate: scalar }, odd),
  mean: () => onnx.mean(x, odd),
  resizeBilinear: () => onnx.resizeBilinear(x, 8, 8, odd),
  slice: () => onnx.slice(x, 2, { start: 0, end: 2, ...odd }),
  adam: () =>
    onnx.adam(vector, { parameters: vector, m: vector, v: vector, step: scalar, learningRate: scalar }, odd),
  toBytes: () => graph.toBytes(odd),
  openSession: () => onnx.openSession(graph, odd),
  "Session.run": async () => {
    await using session = await onnx.openSession(graph, { threads: 1 });
    return await session.run({ x: lib.zeros([1, 2, 4, 4]) }, odd);
  },
  // Layers.
  convLayer: () => {
    const s = scope();
    return lib.convLayer(s, input(s, [1, 2, 4, 4]), 2, 3, odd);
  },
  convTransposeLayer: () => {
    const s = scope();
    return lib.convTransposeLayer(s, input(s, [1, 2, 4, 4]), 2, 3, odd);
  },
  channelLinearLayer: () => {
    const s = scope();
    return lib.channelLinearLayer(s, input(s, [1, 2, 4]), 2, odd);
  },
  // Samplers, timesteps, thresholds, the loop.
  ddpm: () => lib.ddpm(odd),
  ddim: () => lib.ddim(odd),
  dpmSolverPlusPlus2M: () => lib.dpmSolverPlusPlus2M(odd),
  createSampler: () => lib.createSampler("ddim", odd),
  dynamicThreshold: () => lib.dynamicThreshold(odd),
  dpmSolverTimesteps: () => lib.dpmSolverTimesteps(5, schedule, odd),
  inferenceTimesteps: () => lib.inferenceTimesteps(first.scheduler, "ddpm", odd, 5),
  sample: () => {
    return run(lib.sample(denoiser, { sampler: lib.ddim(), timesteps: [5], start: picture, noise, ...odd }));
  },
  denoiseOnce: () => lib.denoiseOnce(denoiser, { x: picture }, 5, odd),
  // Effects.
  createView: () => lib.createView("jigsaw", odd),
  permutePatches: () => lib.permutePatches(odd),
  frequencies: () => lib.frequencies(odd),
  frequencyBands: () => lib.frequencyBands(odd),
  motion: () => lib.motion(odd),
  gaussianBlur: () => lib.gaussianBlur(picture, { sigma: 1, kernel: 3, ...odd }),
  // Pictures and files.
  decodeImage: () => lib.decodeImage(lib.encodePng(picture), odd),
  encodePng: () => lib.encodePng(picture, odd),
  encodeGif: () => lib.encodeGif(picture, odd),
  grid: () => lib.grid(picture, odd),
  resize: () => lib.resize(picture, 4, 4, odd),
  encodeSafetensors: () => lib.encodeSafetensors({ picture }, odd),
  openWeights: () => lib.openWeights("models/emoji-I/unet", "diffusion_pytorch_model", odd),
  pullModel: () => lib.pullModel("ORG/NAME", odd),
  encodeForT5: async () => lib.encodeForT5(await tokenizer(), ["a"], odd),
  // Pipelines.
  textToImage: () => run(lib.textToImage(first, text, { ...told, ...odd })),
  imageToImage: () => run(lib.imageToImage(first, text, picture, { ...told, ...odd })),
  inpaint: () => run(lib.inpaint(first, text, picture, mask, { ...told, ...odd })),
  superResolution: () => run(lib.superResolution(second, text, picture, { ...told, ...odd })),
  imageToImageSuperResolution: () => {
    return run(lib.imageToImageSuperResolution(second, text, picture, picture, { ...told, ...odd }));
  },
  inpaintSuperResolution: () => {
    return run(lib.inpaintSuperResolution(second, text, picture, mask, picture, { ...told, ...odd }));
  },
  cascade: () => cascade(odd),
  "cascade, first": () => cascade({ first: { ...one, ...odd } }),
  "cascade, second": () => cascade({ second: { ...one, ...odd } }),
  "cascade with a picture, second": () => cascade({ image: pictures(1), second: { ...one, ...odd } }),
  sampleOptions: () => lib.sampleOptions(first, { seed: 0, ...odd }),
  superResolutionSampleOptions: () => lib.superResolutionSampleOptions(second, picture, { seed: 0, ...odd }),
  textDenoiser: () => lib.textDenoiser(first, text, odd),
  textDenoisers: () => lib.textDenoisers(first, text, odd),
  prepareImage: () => lib.prepareImage(picture, SIZE, odd),
  prepareMask: () => lib.prepareMask(mask, SIZE, odd),
  openTextToImage: () => lib.openTextToImage("models/emoji-I", odd),
  "TextToImage.encode": async () => (await pipeline()).encode(["a"], odd),
  encodePrompts: async () => lib.encodePrompts(await pipeline(), ["a"], "", odd),
  sampleDigits: async () => {
    await using digits = await lib.openMnistModel("models/mnist-class");
    await run(lib.sampleDigits(digits, [1], { seed: 0, numInferenceSteps: 1, ...odd }));
  },
  // Models.
  "Model.run": async () => {
    await using digits = await lib.openMnistModel("models/mnist-class");
    await digits.run([], odd);
  },
  openModelFolder: () => lib.openModelFolder("mnist-class", odd),
  loadModel: () => lib.loadModel("mnist-class", odd),
  openMnistModel: () => lib.openMnistModel("models/mnist-class", odd),
  openMnistDenoiser: () => lib.openMnistDenoiser("models/mnist-denoiser", odd),
  openMnistClassifier: () => lib.openMnistClassifier("models/mnist-classifier", odd),
  openDeepFloyd: () => lib.openDeepFloyd("models/emoji-I", odd),
  openT5: () => lib.openT5("models/emoji-I/text_encoder", odd),
  // Training.
  "Trainer.create": () => {
    const objective = undefined as unknown as lib.Objective;
    return lib.Trainer.create(objective, { generator: new lib.Generator(0), ...odd });
  },
  buildUpdateGraph: () => lib.buildUpdateGraph(odd),
  buildMuonGraph: () => lib.buildMuonGraph([2, 2], odd),
  buildSgdGraph: () => lib.buildSgdGraph(odd),
  buildLionGraph: () => lib.buildLionGraph(odd),
};

for (const [name, call] of Object.entries(calls)) {
  Deno.test(`${name} refuses an option that it does not have`, async () => {
    let message = "nothing was thrown";
    try {
      await call();
    } catch (error) {
      message = (error as Error).message;
    }
    assertMatch(message, /options: "dilations" where .* expected$/);
  });
}

Deno.test("an option that is given as undefined is not given, and what is no object is refused", () => {
  const names = { stride: true, padding: true } as const;
  assertOptions({ stride: 1, dilation: undefined } as { stride?: number; padding?: number }, names);
  for (const options of [null, 3, "stride"] as unknown as object[]) {
    assertThrows(() => assertOptions(options, names as object), RangeError, "where an object is expected");
  }
  assertThrows(
    () => assertOptions({ Stride: 1 } as { stride?: number; padding?: number }, names),
    RangeError,
    'options: "Stride" where one of stride, padding is expected',
  );
  // What every object has is no option.
  assertThrows(
    () => assertOptions({ toString: 1 } as object, names as object),
    RangeError,
    'options: "toString" where',
  );
  assertEquals(pickOptions({ stride: 1, padding: 2 }, { stride: true }), {
    stride: 1,
  });
});

Deno.test("all functions that take options are asked", () => {
  const named = Object.keys(calls).map((name) => name.split(/[ .,]/)[0]);
  for (const name of named) {
    const entries: object[] = [lib, onnx, ops, optimizers];
    assert(entries.some((entry) => name in entry) || ["toBytes", "Session", "Model"].includes(name), name);
  }
});
