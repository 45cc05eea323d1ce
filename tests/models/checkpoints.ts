/** Checkpoints for tests: the networks that ship, small and with random weights, in folders laid out as theirs are. */
import { join } from "node:path";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { mnistClassifier } from "../../lib/nn/mnist_classifier.ts";
import { mnistUnet } from "../../lib/nn/mnist_unet.ts";
import type { Scope } from "../../lib/nn/scope.ts";
import { declare } from "../../lib/nn/sources.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** The weights' width in all checkpoints here. */
export const WIDTH = 8;

/** Tensors by name. */
export type Tensors = Record<string, Tensor>;

/** What the networks are conditioned on. */
export interface Conditions {
  readonly time?: boolean;
  readonly classes?: number;
}

/** The weights that training would start from. */
function initialWeights(build: (scope: Scope) => unknown, seed: number): Tensors {
  const generator = new Generator(seed);
  const { parameters, buffers } = declare(build);
  return Object.fromEntries([...parameters, ...buffers].map(({ name, shape, init }) => {
    return [name, { data: init(shape, generator), shape }];
  }));
}

/** The UNet's weights. */
export function unetWeights({ time = false, classes = 0 }: Conditions = {}, seed = 0): Tensors {
  return initialWeights((scope) => {
    const x = scope.graph.input("x", "float32", [1, 1, 28, 28]);
    mnistUnet(scope, x, WIDTH, {
      time: time ? scope.graph.input("t", "float32", [1, 1]) : undefined,
      label: classes ? scope.graph.input("c", "float32", [1, classes]) : undefined,
    });
  }, seed);
}

/** The classifier's weights. */
export function classifierWeights(seed = 0): Tensors {
  return initialWeights((scope) => {
    mnistClassifier(scope, scope.graph.input("x", "float32", [1, 1, 28, 28]), WIDTH, 10);
  }, seed);
}

/** A UNet's `config.json`. */
export function unetConfig({ time = false, classes = 0 }: Conditions = {}): Record<string, unknown> {
  return {
    _class_name: "MnistUNet",
    _denoise_version: "0.1.0",
    sample_size: 28,
    in_channels: 1,
    out_channels: 1,
    hidden_width: WIDTH,
    time_conditioned: time,
    num_class_embeds: classes || null,
    num_train_timesteps: time ? 300 : null,
    sample_range: [0, 1],
    ...(!time && { sigma: 0.5 }),
  };
}

/** The classifier's `config.json`. */
export const classifierConfig: Record<string, unknown> = {
  _class_name: "MnistClassifier",
  _denoise_version: "0.1.0",
  sample_size: 28,
  in_channels: 1,
  num_classes: 10,
  hidden_width: WIDTH,
};

/** The pipelines' `scheduler_config.json`. */
export const schedulerConfig: Record<string, unknown> = {
  _class_name: "DDPMScheduler",
  num_train_timesteps: 300,
  beta_start: 1e-4,
  beta_end: 0.02,
  beta_schedule: "linear",
  trained_betas: null,
  variance_type: "fixed_small",
  clip_sample: false,
  prediction_type: "epsilon",
  thresholding: false,
  timestep_spacing: "leading",
  steps_offset: 0,
};

/** Writes a JSON file, and the folders that it needs. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(value));
}

/** Writes a bare model. */
export async function writeModel(
  folder: string,
  config: Record<string, unknown>,
  weights: Tensors,
  dtype: "F16" | "F32" = "F32",
): Promise<string> {
  await writeJson(join(folder, "config.json"), config);
  await writeSafetensors(join(folder, "diffusion_pytorch_model.safetensors"), weights, { dtype });
  return folder;
}

/** Writes a diffusion pipeline; `classes` is 0 for an unconditional one. */
export async function writePipeline(
  folder: string,
  classes: number,
  weights: Tensors = unetWeights({ time: true, classes }),
  dtype: "F16" | "F32" = "F32",
): Promise<string> {
  await writeJson(join(folder, "model_index.json"), {
    _class_name: "MnistPipeline",
    _denoise_version: "0.1.0",
    unet: ["denoise", "MnistUNet"],
    scheduler: ["diffusers", "DDPMScheduler"],
  });
  await writeJson(join(folder, "scheduler", "scheduler_config.json"), schedulerConfig);
  await writeModel(join(folder, "unet"), unetConfig({ time: true, classes }), weights, dtype);
  return folder;
}

/** A temporary folder that is removed when it is disposed of. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
