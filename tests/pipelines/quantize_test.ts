/** Networks in integers of 8 bits: their scales, by hand; their estimates, beside those in floats. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
} from "@std/assert";
import { join } from "node:path";
import { SafetensorsFile, type TypedTensor, writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { sampleToEnd } from "../../lib/diffusion/sample.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { describeModel, openDeepFloyd } from "../../lib/models/mod.ts";
import {
  openTextToImage,
  type QuantizedNetwork,
  quantizeNetwork,
  type QuantizeOptions,
  superResolution,
} from "../../lib/pipelines/mod.ts";
import { pictureDifference } from "../../lib/pipelines/quantize/picture_difference.ts";
import { ChannelSamples } from "../../lib/pipelines/quantize/channel_samples.ts";
import { clippingRange, roundingError } from "../../lib/pipelines/quantize/clip.ts";
import { quantizeLayer } from "../../lib/pipelines/quantize/quantize_layer.ts";
import { quantizeWeight } from "../../lib/pipelines/quantize/quantize_weight.ts";
import { sensitiveLayers } from "../../lib/pipelines/quantize/sensitive_layers.ts";
import { Generator } from "../../lib/random.ts";
import { full, map, repeat, reshape, slice, type Tensor } from "../../lib/tensor.ts";
import { temporaryFolder, writeJson } from "../models/checkpoints.ts";
import { SIZE, writeTextToImage } from "../models/text_to_image_folder.ts";

/** Channels of `[1, C, P]`. */
function samples(...channels: number[][]): ChannelSamples {
  const all = new ChannelSamples();
  all.add({ data: Float32Array.from(channels.flat()), shape: [1, channels.length, channels[0].length] });
  return all;
}

/** Numbers evenly from one to another, both included. */
function even(from: number, to: number, count = 256): number[] {
  return Array.from({ length: count }, (_, i) => from + i * (to - from) / (count - 1));
}

Deno.test("weights are rounded to 127 steps of each output's largest", () => {
  const { weight, weightScale } = quantizeWeight({
    data: Float32Array.of(0.5, -1.27, 0.004, 2.54, 1, -0.5, 0, 0, 0),
    shape: [3, 3],
  });
  assertEquals([...weight], [50, -127, 0, 127, 50, -25, 0, 0, 0]);
  for (const [i, step] of [0.01, 0.02, 1].entries()) assertAlmostEquals(weightScale[i], step, 1e-7);
  // Two inputs of a kernel of two: the second's weights are counted three times as large.
  const scaled = quantizeWeight(
    { data: Float32Array.of(1, 1, 1, 1), shape: [1, 2, 1, 2] },
    Float32Array.of(1, 3),
  );
  assertEquals([...scaled.weight], [42, 42, 127, 127]);
});

Deno.test("the scale and the zero of inputs are those of their range, with a margin of a fifth", () => {
  const weight = { data: Float32Array.of(1), shape: [1, 1] };
  const { inputScale, inputZeroPoint, outputScale, outputCentre } = quantizeLayer(
    weight,
    samples(even(-1, 4)),
    samples(even(2, 6)),
  );
  assertAlmostEquals(inputScale[0], 1.2 * 5 / 255, 1e-7);
  assertEquals(inputZeroPoint, 51);
  assertAlmostEquals(outputScale[0], 1.2 * 2 / 127, 1e-7);
  assertAlmostEquals(outputCentre[0], 4, 1e-6);
});

Deno.test("joined images have ranges of their own", () => {
  const weight = { data: Float32Array.of(1, 0.01), shape: [1, 2] };
  const { inputScale } = quantizeLayer(weight, samples(even(-0.1, 0.1), even(-10, 10)), samples(even(-1, 1)));
  assertGreater(inputScale[1], 30 * inputScale[0]);
});

Deno.test("numbers beyond a range are cut off where the rest is the better for it", () => {
  const values = Float32Array.from([...even(-1, 1, 10_000), 3]);
  const { min, max } = clippingRange(values, true);
  assertEquals(-min, max);
  assert(max < 3 && max >= 1, `${max}`);
  const error = (reach: number) => roundingError(values, 2 * reach / 255, -128, 127);
  assertLess(error(max), error(3));
  assertEquals(clippingRange(Float32Array.of(0, 0), true).max, 0);
});

Deno.test("layers stay in floats by their error for their work, up to a fifth of it, until the rest is enough", () => {
  const layer = (path: string, multiplyAdds: number, error: number) => {
    return { path, weightShape: [1, 1], multiplyAdds, error };
  };
  const layers = [layer("much", 55, 9), layer("bad", 11, 5), layer("fair", 30, 1), layer("small", 4, 2)];
  assertEquals(sensitiveLayers(layers), ["small", "bad"]);
  const few = [layer("bad", 1, 1e-2), layer("good", 9, 2e-5), layer("better", 90, 1e-6)];
  assertEquals(sensitiveLayers(few), ["bad"]);
  assertEquals(sensitiveLayers(few.slice(1)), []);
});

Deno.test("the difference of pictures is in decibels of their range", () => {
  const { psnr, median } = pictureDifference(full([2, 1, 2, 2], 0), full([2, 1, 2, 2], 0.2));
  for (const value of [...psnr, median]) assertAlmostEquals(value, 20, 1e-4);
  // Both are white.
  assertEquals(pictureDifference(full([1, 1, 2, 2], 1), full([1, 1, 2, 2], 1.5)).median, Infinity);
});

/** The tiny network in integers, which takes a while: quantised by the first who asks. */
let inIntegers: Promise<QuantizedNetwork> | undefined;

async function tinyInIntegers(): Promise<QuantizedNetwork> {
  await using folder = await temporaryFolder();
  const source = await writeTextToImage(join(folder.path, "model"), "I");
  return await quantizeNetwork(source, { calibration: await calibration() });
}

/** A tiny pipeline and a quantised one. */
async function pair(
  quantized: (source: string) => Promise<QuantizedNetwork>,
  change?: (tensors: Record<string, TypedTensor>) => void,
) {
  const folder = await temporaryFolder();
  const [source, out] = ["floats", "integers"].map((name) => join(folder.path, name));
  for (const path of [source, out]) await writeTextToImage(path, "I");
  const { config, tensors } = await quantized(source);
  const changed = { ...tensors };
  change?.(changed);
  await writeJson(join(out, "unet", "config.json"), config);
  await writeSafetensors(join(out, "unet", "diffusion_pytorch_model.safetensors"), changed);
  return { source, out, config, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** What is drawn to calibrate. */
async function calibration(): Promise<NonNullable<QuantizeOptions["calibration"]>> {
  await using folder = await temporaryFolder();
  await using pipeline = await openTextToImage(await writeTextToImage(join(folder.path, "model"), "I"));
  const [text, negative] = [await pipeline.encode(["a fox", "an owl"]), await pipeline.encode([""])];
  return { text, negative, seed: 0, numInferenceSteps: 6, guidanceScale: 3 };
}

/** By how many decibels a network's estimates are above their difference from another's. */
async function signalToNoise(source: string, out: string, prepack?: boolean): Promise<number> {
  const { text } = await calibration();
  const [, length, width] = text.shape;
  const x = new Generator(5).randn([1, 3, SIZE, SIZE]);
  const estimates: Tensor[] = [];
  for (const path of [source, out]) {
    await using model = await openDeepFloyd(path, { textLength: length, prepack });
    const [condition] = await model.prepare([{ text: reshape(slice(text, 0, 1), [length, width]) }]);
    const answers = await model.run([900, 300].map((t) => ({ model, t, condition, input: { x } })));
    const data = Float32Array.from(answers.flatMap(({ noise }) => [...noise.data]));
    estimates.push({ data, shape: [data.length] });
  }
  const [floats, integers] = estimates.map(({ data }) => data);
  const power = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
  return 10 * Math.log10(power(floats) / power(integers.map((value, i) => value - floats[i])));
}

/** What estimates in integers are expected to be at, in decibels. */
const BOUND = 30;

Deno.test("a network in integers estimates as in floats, wherever its weights lie", async () => {
  await using both = await pair(() => inIntegers ??= tinyInIntegers());
  for (const prepack of [true, false]) {
    assertGreater(await signalToNoise(both.source, both.out, prepack), BOUND);
  }
  const file = await SafetensorsFile.open(join(both.out, "unet", "diffusion_pytorch_model.safetensors"));
  const types = (pattern: RegExp) => {
    return new Set(
      [...file.tensors.values()].filter(({ name }) => pattern.test(name)).map(({ dtype }) => dtype),
    );
  };
  assertEquals(types(/^(conv_in|conv_out|time_embedding)\b.*weight$/), new Set(["F32"]));
  assertEquals(types(/add_k_proj\.weight$/), new Set(["I8"]));
  assert([...file.tensors.keys()].some((name) => name.endsWith(".input_scale")));
  const { parameters } = await describeModel(both.out);
  assertEquals(parameters, (await describeModel(both.source)).parameters);
});

Deno.test("a wrong scale of a single layer is noticed", async () => {
  await using both = await pair(() => inIntegers ??= tinyInIntegers(), (tensors) => {
    const name = Object.keys(tensors).find((name) => /^mid_block.*conv2\.output_scale$/.test(name))!;
    const { data } = tensors[name];
    tensors[name] = { ...tensors[name], data: (data as Float32Array).map((step) => step / 4) };
  });
  assertLess(await signalToNoise(both.source, both.out), BOUND);
});

Deno.test("a network with weights alone in integers estimates as in floats, and takes a third of the room", async () => {
  await using both = await pair((source) => quantizeNetwork(source, { activations: "none" }));
  for (const prepack of [true, false]) assertGreater(await signalToNoise(both.source, both.out, prepack), 32);
  const size = async (path: string) => {
    return (await Deno.stat(join(path, "unet", "diffusion_pytorch_model.safetensors"))).size;
  };
  assertLess(await size(both.out), await size(both.source) / 2.4);
});

Deno.test("a super-resolution network, in integers, estimates as in floats", async () => {
  await using folder = await temporaryFolder();
  const [source, out] = ["floats", "integers"].map((name) => join(folder.path, name));
  for (const path of [source, out]) await writeTextToImage(path, "II");
  const { text, negative, ...run } = await calibration();
  const generator = new Generator(2);
  const lowRes = map(generator.rand([2, 3, SIZE / 2, SIZE / 2]), (value) => 2 * value - 1);
  // Without guidance there are half as many images.
  const own = { ...run, text, negative, lowRes, noiseLevel: 100, guidanceScale: 1 };
  const { config, tensors } = await quantizeNetwork(source, { calibration: own });
  await writeJson(join(out, "unet", "config.json"), config);
  await writeSafetensors(join(out, "unet", "diffusion_pytorch_model.safetensors"), tensors);
  const [, length] = text.shape;
  const drawn: Tensor[] = [];
  for (const path of [source, out]) {
    await using model = await openDeepFloyd(path, { textLength: length });
    const options = { negative: repeat(negative, 2), seed: 7, numInferenceSteps: 6, guidanceScale: 1 };
    drawn.push(await sampleToEnd(superResolution(model, text, lowRes, { ...options, noiseLevel: 100 })));
  }
  const { median } = pictureDifference(drawn[0], drawn[1]);
  assertGreater(median, 25);
  assertLess(median, 80, "something is in integers");
});

Deno.test("quantising says what it cannot do", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  const second = await writeTextToImage(path("II"), "II");
  const own = await calibration();
  await assertRejects(
    () => quantizeNetwork(second, { calibration: own }),
    ArgumentError,
    "calibration.lowRes: none where images to enlarge are expected (for a super-resolution network)",
  );
  const first = await writeTextToImage(path("I"), "I");
  const lowRes = full([2, 3, 8, 8], 0);
  await assertRejects(
    () => quantizeNetwork(first, { calibration: { ...own, lowRes } }),
    ArgumentError,
    "calibration.lowRes: given where none is expected (of a network that does not enlarge)",
  );
  await assertRejects(() => quantizeNetwork(first), ArgumentError, "calibration: none where what to draw");
  // deno-lint-ignore no-explicit-any -- what a program without types may pass
  const wrong = { activations: "int4" } as any;
  await assertRejects(() => quantizeNetwork(first, wrong), ArgumentError, 'activations: "int4" where');
  const { config, tensors } = await quantizeNetwork(first, { activations: "none" });
  await writeJson(join(first, "unet", "config.json"), config);
  await writeSafetensors(join(first, "unet", "diffusion_pytorch_model.safetensors"), tensors);
  await assertRejects(
    () => quantizeNetwork(first, { activations: "none" }),
    ArgumentError,
    "where a network that is not quantised yet is expected",
  );
  // Weights alone of a super-resolution network are weights as any.
  assert("quantization" in (await quantizeNetwork(second, { activations: "none" })).config);
});
