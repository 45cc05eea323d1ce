/**
 * LoRAs against PEFT and diffusers, on the golden UNet of stage I: `lora_tiny_io` was made with PEFT 0.21 on diffusers 0.40 (commit
 * 58eb52c) and PyTorch 2.13 by DreamBooth's loss on one image and one of the prior, by half, clipped to a norm of 1, with AdamW.
 */
import { assertEquals, assertLess } from "@std/assert";
import { Config } from "../../../lib/checkpoints/config.ts";
import { readLora } from "../../../lib/checkpoints/lora.ts";
import { cosineSchedule } from "../../../lib/diffusion/mod.ts";
import { readDeepFloydConfig } from "../../../lib/nn/deepfloyd/mod.ts";
import { deepFloydUnet } from "../../../lib/nn/deepfloyd/unet.ts";
import { FileSource } from "../../../lib/nn/file_source.ts";
import { LoraTrainerSource } from "../../../lib/nn/lora/mod.ts";
import { Scope } from "../../../lib/nn/scope.ts";
import { openSession } from "../../../lib/onnx/session.ts";
import { SafetensorsFile } from "../../../lib/checkpoints/safetensors.ts";
import { Generator } from "../../../lib/random.ts";
import type { Tensor } from "../../../lib/tensor.ts";
import { buildGradientGraph } from "../../../lib/training/gradient_graph.ts";
import { Trainer } from "../../../lib/training/trainer.ts";
import { conceptWeights, denoisingLoss, noisyFeeds } from "../../../recipes/tuning/denoising_loss.ts";
import { FIXTURES } from "../../nn/deepfloyd.ts";
import { readTensors } from "../../models/deepfloyd_checkpoints.ts";

const LORA = `${FIXTURES}/lora_peft.safetensors`;
const RANK = 2;
const ALPHA = 3;

const golden = await readTensors("lora_tiny_io");
const schedule = cosineSchedule(1000);

/** The network's loss with LoRAs, for two images. */
async function objective() {
  const weights = await SafetensorsFile.open(`${FIXTURES}/unet_I_tiny.safetensors`);
  const config = readDeepFloydConfig(await Config.read(`${FIXTURES}/unet_I_tiny_config.json`));
  const frozen = new FileSource(weights);
  return {
    folder: frozen.folder as string,
    objective: (scope: Scope) => {
      const { graph } = scope;
      const source = new LoraTrainerSource(frozen, scope, { rank: RANK, alpha: ALPHA });
      const x = graph.input("x", "float32", [2, 3, 16, 16]);
      const t = graph.input("t", "float32", [2]);
      const text = graph.input("text", "float32", [2, 8, 48]);
      return denoisingLoss(deepFloydUnet(new Scope(graph, source, true), config, { x, t, text }), 3);
    },
  };
}

/** The golden step's inputs. */
function feeds(): Record<string, Tensor> {
  const { images, noise, t, text } = golden;
  return {
    ...noisyFeeds({ images, noise, steps: [...t.data] }, schedule, "epsilon"),
    text,
    weight: conceptWeights(1, 0.5),
  };
}

/** The matrices of PEFT's file, by the names that a training has. */
async function matrices(): Promise<Record<string, Tensor>> {
  const { layers } = await readLora(LORA);
  return Object.fromEntries([...layers].flatMap(([path, { down, up, alpha }]) => {
    assertEquals(alpha, ALPHA);
    return [[`${path}.lora_A.weight`, down], [`${path}.lora_B.weight`, up]];
  }));
}

function most(tensors: Iterable<Tensor>): number {
  return Math.max(...[...tensors].flatMap(({ data }) => Array.from(data, Math.abs)));
}

/** The largest difference of tensors by name. */
function apart(found: Readonly<Record<string, Tensor>>, prefix: string): number {
  const names = Object.keys(golden).filter((name) => name.startsWith(prefix));
  assertEquals(Object.keys(found).sort(), names.map((name) => name.slice(prefix.length)).sort());
  return most(names.map((name) => {
    const { data, shape } = found[name.slice(prefix.length)];
    assertEquals(shape, golden[name].shape);
    return { data: data.map((value, i) => value - golden[name].data[i]), shape };
  }));
}

Deno.test("loss and gradients of a LoRA are PEFT's", async () => {
  const { objective: loss, folder } = await objective();
  const { graph, specs } = buildGradientGraph(loss);
  const start = await matrices();
  const vector = Float32Array.from(specs.parameters.flatMap(({ name }) => [...start[name].data]));
  await using session = await openSession(graph, { folder, threads: 1, prepack: false });
  const outputs = await session.run({ ...feeds(), parameters: { data: vector, shape: [vector.length] } });
  assertLess(Math.abs(outputs.loss.data[0] - golden.losses.data[0]), 1e-5);
  let offset = 0;
  const gradients = Object.fromEntries(specs.parameters.map(({ name, shape }) => {
    const length = start[name].data.length;
    return [name, { data: outputs.gradient.data.subarray(offset, offset += length), shape }];
  }));
  const scale = most(Object.keys(gradients).map((name) => golden[`gradient.${name}`]));
  assertLess(apart(gradients, "gradient.") / scale, 1e-5);
});

Deno.test("three steps of AdamW on a LoRA are PyTorch's", async () => {
  const { objective: loss, folder } = await objective();
  const options = { generator: new Generator(0), weightDecay: 0.01, clipNorm: 1, folder, prepack: false };
  await using trainer = await Trainer.create(loss, { ...options, threads: 1 });
  trainer.start(await matrices());
  for (const expected of golden.losses.data) {
    const { loss } = await trainer.step(feeds(), 1e-3);
    assertLess(Math.abs(loss - expected), 1e-4);
  }
  assertLess(apart(trainer.weights(), "after."), 1e-5);
});

Deno.test("gradients of a LoRA are those of finite differences, and what is frozen has none", async () => {
  const { objective: loss, folder } = await objective();
  const { graph, specs } = buildGradientGraph(loss);
  assertEquals(specs.parameters.every(({ name }) => /\.lora_[AB]\.weight$/.test(name)), true);
  const start = await matrices();
  const vector = Float32Array.from(specs.parameters.flatMap(({ name }) => [...start[name].data]));
  await using session = await openSession(graph, { folder, threads: 1, prepack: false });
  const at = (data: Float32Array) => session.run({ ...feeds(), parameters: { data, shape: [data.length] } });
  const { gradient } = await at(vector);
  // Along random directions: single parameters move the loss by less than it is rounded.
  for (const seed of [1, 2, 3]) {
    const { data: direction } = new Generator(seed).randn([vector.length]);
    const moved = async (by: number) => {
      return (await at(vector.map((value, i) => value + by * direction[i]))).loss.data[0];
    };
    const step = 3e-4;
    const slope = (await moved(step) - await moved(-step)) / (2 * step);
    const expected = gradient.data.reduce((sum, value, i) => sum + value * direction[i], 0);
    assertLess(Math.abs(slope - expected) / Math.hypot(...gradient.data), 5e-3);
  }
});
