/** Folders in the layout of DeepFloyd IF's pipelines, with the golden networks in them. */
import { join } from "node:path";
import { SafetensorsFile, type TypedTensor, writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { FIXTURES } from "../nn/deepfloyd.ts";
import { writeJson } from "./checkpoints.ts";

/** IF's `scheduler_config.json`, stage I. */
export const schedulerConfig: Record<string, unknown> = {
  _class_name: "DDPMScheduler",
  num_train_timesteps: 1000,
  beta_schedule: "squaredcos_cap_v2",
  prediction_type: "epsilon",
  variance_type: "learned_range",
  thresholding: true,
  dynamic_thresholding_ratio: 0.95,
  sample_max_value: 1.5,
  clip_sample: true,
};

/** Reads the tensors of a golden file. */
export async function readTensors(name: string): Promise<Record<string, Tensor>> {
  const file = await SafetensorsFile.open(`${FIXTURES}/${name}.safetensors`);
  const tensors: Record<string, Tensor> = {};
  for (const key of file.tensors.keys()) tensors[key] = await file.read(key);
  return tensors;
}

/** What of a pipeline differs from the golden one. */
export interface PipelineChanges {
  /** Keys of the scheduler's configuration. */
  readonly scheduler?: Record<string, unknown>;
  /** Keys of the network's configuration. */
  readonly config?: Record<string, unknown>;
  /** Writes the weights into the folder; the golden file is copied unless given. */
  readonly weights?: (folder: string) => Promise<unknown>;
}

/** Writes a pipeline with a golden UNet. */
export async function writeDeepFloyd(
  folder: string,
  name: "unet_I_tiny" | "unet_II_tiny",
  { scheduler, config, weights }: PipelineChanges = {},
): Promise<string> {
  const unet = join(folder, "unet");
  const golden = JSON.parse(await Deno.readTextFile(`${FIXTURES}/${name}_config.json`));
  await writeJson(join(folder, "scheduler", "scheduler_config.json"), { ...schedulerConfig, ...scheduler });
  await writeJson(join(unet, "config.json"), { ...golden, ...config });
  if (weights) await weights(unet);
  else {
    await Deno.copyFile(
      `${FIXTURES}/${name}.safetensors`,
      join(unet, "diffusion_pytorch_model.safetensors"),
    );
  }
  return folder;
}

/** Writes weights in several files with an index, round robin. */
export async function writeShards(
  folder: string,
  stem: string,
  tensors: Record<string, Tensor | TypedTensor>,
  { count = 3, infix = "" }: { count?: number; infix?: string } = {},
): Promise<string> {
  const map: Record<string, string> = {};
  const fileName = (i: number) =>
    `${stem}${infix}-${String(i + 1).padStart(5, "0")}-of-0000${count}.safetensors`;
  for (let i = 0; i < count; i++) {
    const part = Object.entries(tensors).filter((_, n) => n % count === i);
    for (const [name] of part) map[name] = fileName(i);
    await writeSafetensors(join(folder, fileName(i)), Object.fromEntries(part));
  }
  const index = join(folder, `${stem}.safetensors.index${infix}.json`);
  await writeJson(index, { metadata: { total_size: 1 }, weight_map: map });
  return index;
}
