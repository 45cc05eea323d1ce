/** Where a network looks in its text: against a direct computation, and what it must sum to. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { join } from "node:path";
import { ArgumentError } from "../../lib/argument_error.ts";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { openDeepFloyd } from "../../lib/models/deepfloyd.ts";
import { meanAttention, openTextAttention } from "../../lib/models/text_attention.ts";
import { attention } from "../../lib/nn/deepfloyd/attention.ts";
import { Scope } from "../../lib/nn/scope.ts";
import { TensorSource } from "../../lib/nn/sources.ts";
import { Graph, openSession } from "../../lib/onnx/mod.ts";
import { Generator } from "../../lib/random.ts";
import { full, reshape, slice, type Tensor } from "../../lib/tensor.ts";
import { readGolden } from "../nn/deepfloyd.ts";
import { temporaryFolder } from "./checkpoints.ts";
import { readTensors, writeDeepFloyd } from "./deepfloyd_checkpoints.ts";

const [CHANNELS, WIDTH, LENGTH, SIDE] = [8, 4, 3, 2];
const PIXELS = SIDE * SIDE;
const GROUPS = 2;

Deno.test("the probabilities that an attention layer hands out are those of a direct computation", async () => {
  const generator = new Generator(0);
  const names = ["to_q", "to_k", "to_v", "to_out.0"];
  const weights: Record<string, Tensor> = {
    "group_norm.weight": generator.randn([CHANNELS]),
    "group_norm.bias": generator.randn([CHANNELS]),
    ...Object.fromEntries(names.flatMap((name) => [
      [`${name}.weight`, generator.randn([CHANNELS, CHANNELS])],
      [`${name}.bias`, generator.randn([CHANNELS])],
    ])),
  };
  const [x, key] = [generator.randn([1, CHANNELS, SIDE, SIDE]), generator.randn([1, CHANNELS, LENGTH])];
  const graph = new Graph();
  const given = {
    key: graph.input("key", "float32", key.shape),
    value: graph.input("value", "float32", key.shape),
  };
  const scope = new Scope(graph, new TensorSource(weights), false);
  const options = { headWidth: WIDTH, textOnly: false };
  const seen = graph.input("x", "float32", x.shape);
  const out = attention(scope, seen, given, options, GROUPS, (p) => graph.output("probabilities", p));
  graph.output("out", out);
  await using session = await openSession(graph);
  const { probabilities } = await session.run({ x, key, value: key });
  assertEquals(probabilities.shape, [1, CHANNELS / WIDTH, PIXELS, LENGTH + PIXELS]);

  const normed = groupNorm(x.data, weights["group_norm.weight"].data, weights["group_norm.bias"].data);
  const query = linear(normed, weights["to_q.weight"].data, weights["to_q.bias"].data);
  const own = linear(normed, weights["to_k.weight"].data, weights["to_k.bias"].data);
  const keys = LENGTH + PIXELS;
  for (let head = 0; head < CHANNELS / WIDTH; head++) {
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const scores = Array.from({ length: keys }, (_, k) => {
        let dot = 0;
        for (let c = head * WIDTH; c < (head + 1) * WIDTH; c++) {
          const value = k < LENGTH ? key.data[c * LENGTH + k] : own[c * PIXELS + k - LENGTH];
          dot += query[c * PIXELS + pixel] * value;
        }
        return Math.exp(dot / Math.sqrt(WIDTH));
      });
      const total = scores.reduce((a, b) => a + b);
      const at = (head * PIXELS + pixel) * keys;
      scores.forEach((score, k) => assertAlmostEquals(probabilities.data[at + k], score / total, 1e-5));
      assertAlmostEquals(probabilities.data.slice(at, at + keys).reduce((a, b) => a + b), 1, 1e-5);
    }
  }
});

for (const textOnly of [false, true]) {
  Deno.test(`the text has ${textOnly ? "all" : "a part"} of the attention of a network that is ${textOnly ? "" : "not "}text-only`, async () => {
    await using folder = await temporaryFolder();
    const { io } = await readGolden("unet_I_tiny");
    const path = await writeDeepFloyd(folder.path, "unet_I_tiny", {
      config: { only_cross_attention: textOnly, mid_block_only_cross_attention: textOnly },
      // Text-only layers have no keys of images.
      ...(textOnly && { weights: withoutImageKeys }),
    });
    await using model = await openDeepFloyd(path);
    const [condition] = await model.prepare([{
      text: reshape(slice(io.encoder_hidden_states, 0, 1), [77, 48]),
    }]);
    await using attention = await openTextAttention(path, { textLength: 77 });
    const x = slice(io.sample, 0, 1);
    const layers = await attention.at({ x }, 500, condition);
    assert(layers.length > 2);
    for (const { maps } of layers) {
      const [, length, height, width] = maps.shape;
      assertEquals(length, 77);
      for (let pixel = 0; pixel < height * width; pixel++) {
        let share = 0;
        for (let k = 0; k < length; k++) share += maps.data[k * height * width + pixel];
        if (textOnly) assertAlmostEquals(share, 1, 1e-4);
        else assert(share > 0 && share < 1, `${share}`);
      }
    }
  });
}

Deno.test("heat maps are the mean of the layers, enlarged", () => {
  const layer = (path: string, value: number, side: number) => ({
    path,
    maps: full([1, 2, side, side], value),
  });
  const { shape, data } = meanAttention([layer("a", 0.25, 2), layer("b", 0.75, 4)], 8);
  assertEquals(shape, [1, 2, 8, 8]);
  assertLess(Math.max(...data.map((value) => Math.abs(value - 0.5))), 1e-6);
  assertThrows(() => meanAttention([], 8), ArgumentError, "layers: none where at least one is expected");
});

/** The golden weights without those of images' keys and values. */
async function withoutImageKeys(unet: string): Promise<void> {
  const all = Object.entries(await readTensors("unet_I_tiny"));
  const kept = all.filter(([name]) => !/\.to_[kv]\./.test(name));
  const path = join(unet, "diffusion_pytorch_model.safetensors");
  await writeSafetensors(path, Object.fromEntries(kept));
}

/** `[CHANNELS, PIXELS]`, with weight and bias of each channel. */
function groupNorm(x: Float32Array, weight: Float32Array, bias: Float32Array): Float32Array {
  const size = CHANNELS / GROUPS * PIXELS;
  return x.map((_, i) => {
    const group = x.slice(Math.floor(i / size) * size, (Math.floor(i / size) + 1) * size);
    const mean = group.reduce((a, b) => a + b) / size;
    const variance = group.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
    const channel = Math.floor(i / PIXELS);
    return (x[i] - mean) / Math.sqrt(variance + 1e-5) * weight[channel] + bias[channel];
  });
}

/** A linear layer over the channels of `[CHANNELS, PIXELS]`. */
function linear(x: Float32Array, weight: Float32Array, bias: Float32Array): Float32Array {
  return x.map((_, i) => {
    const [channel, pixel] = [Math.floor(i / PIXELS), i % PIXELS];
    let sum = bias[channel];
    for (let c = 0; c < CHANNELS; c++) sum += weight[channel * CHANNELS + c] * x[c * PIXELS + pixel];
    return sum;
  });
}
