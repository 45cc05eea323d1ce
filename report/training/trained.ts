import { Config } from "../../lib/checkpoints/mod.ts";
import { scheduleFromConfig } from "../../lib/diffusion/mod.ts";
import {
  BatchedSession,
  MnistDenoiser,
  MnistModel,
  mnistUnetGraph,
  readUnetConfig,
} from "../../lib/models/mod.ts";
import { TensorSource } from "../../lib/nn/mod.ts";
import { openSession } from "../../lib/onnx/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { ModelFiles } from "../../recipes/recipe.ts";

/**
 * Opens a network for digits with weights in memory, without files: a live training may not have permission to write.
 *
 * @param files The files its recipe would write.
 * @param weights The weights and running statistics by name.
 */
export async function openTrained(
  { configs }: ModelFiles,
  weights: Readonly<Record<string, Tensor>>,
): Promise<MnistModel | MnistDenoiser> {
  const read = (path: string) => new Config(path, configs[path] as Record<string, unknown>);
  const pipeline = "model_index.json" in configs;
  const unet = readUnetConfig(read(pipeline ? "unet/config.json" : "config.json"));
  const session = new BatchedSession(await openSession(mnistUnetGraph(unet, new TensorSource(weights))));
  if (!pipeline) return new MnistDenoiser(session, unet);
  return new MnistModel(session, unet, scheduleFromConfig(read("scheduler/scheduler_config.json")));
}
