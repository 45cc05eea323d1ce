/** Folders of diffusers' pipelines without texts, with the golden networks in them. */
import { join } from "node:path";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { labelShape } from "../../lib/nn/unet/class_embedding.ts";
import { readUnet2DConfig, unet2D } from "../../lib/nn/unet2d/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { configOf, drawWeights, networks } from "../nn/unets.ts";
import { writeJson } from "./checkpoints.ts";

/** The scheduler of google/ddpm-cifar10-32. */
export const cifarScheduler: Record<string, unknown> = {
  _class_name: "DDPMScheduler",
  _diffusers_version: "0.1.1",
  beta_end: 0.02,
  beta_schedule: "linear",
  beta_start: 0.0001,
  clip_sample: true,
  num_train_timesteps: 1000,
  trained_betas: null,
  variance_type: "fixed_large",
};

/** How a folder differs from the usual one. */
export interface DdpmChanges {
  readonly pipeline?: string;
  readonly network?: string;
  /** The scheduler's configuration; that of CIFAR-10 unless given. */
  readonly scheduler?: Record<string, unknown>;
  readonly config?: Record<string, unknown>;
  /** Whether all files lie in the folder itself, as in the oldest pipelines. */
  readonly flat?: boolean;
  /** Whether the layers of attention have the names of old. */
  readonly oldNames?: boolean;
}

/** The weights of a golden network. */
export function ddpmWeights(network: string): Record<string, Tensor> {
  const config = readUnet2DConfig(configOf(network));
  return drawWeights((scope) => {
    const input = (name: string, shape: readonly number[]) =>
      scope.graph.input(name, "float32", [1, ...shape]);
    unet2D(scope, config, {
      x: input("x", [config.inChannels, config.size, config.size]),
      t: input("t", []),
      ...(config.classes && { classLabel: input("classLabel", labelShape(config.classes)) }),
    });
  }, networks[network].seed);
}

const OLD = { to_q: "query", to_k: "key", to_v: "value", "to_out.0": "proj_attn" };

/** Writes a pipeline. */
export async function writeDdpm(
  folder: string,
  { pipeline = "DDPMPipeline", network = "ddpm", scheduler = cifarScheduler, config, flat, oldNames }:
    DdpmChanges = {},
): Promise<string> {
  const [unet, schedulers] = flat ? [folder, folder] : [join(folder, "unet"), join(folder, "scheduler")];
  await writeJson(join(folder, "model_index.json"), {
    _class_name: pipeline,
    _diffusers_version: "0.1.1",
    scheduler: ["diffusers", scheduler._class_name],
    unet: ["diffusers", "UNet2DModel"],
  });
  await writeJson(join(schedulers, "scheduler_config.json"), scheduler);
  await writeJson(join(unet, "config.json"), { ...networks[network].config, ...config });
  const weights = Object.entries(ddpmWeights(network)).map(([name, tensor]) => {
    const old = Object.entries(OLD).reduce((text, [now, was]) => text.replace(`.${now}.`, `.${was}.`), name);
    return [oldNames ? old : name, tensor] as const;
  });
  await writeSafetensors(join(unet, "diffusion_pytorch_model.safetensors"), Object.fromEntries(weights));
  return folder;
}
