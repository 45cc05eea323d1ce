/** The golden UNets of DeepFloyd IF as running models, from folders laid out as a pipeline's. */
import { join } from "node:path";
import { type DeepFloydModel, openDeepFloyd } from "../../lib/models/deepfloyd.ts";
import { temporaryFolder, writeJson } from "../models/checkpoints.ts";

/** What the schedulers of both stages say alike. */
const schedulerConfig: Record<string, unknown> = {
  _class_name: "DDPMScheduler",
  num_train_timesteps: 1000,
  beta_schedule: "squaredcos_cap_v2",
  prediction_type: "epsilon",
};

/** Opens the golden network of a stage. The weights are mapped from a folder that is gone once this is disposed of. */
export async function openTiny(
  stage: "I" | "II",
  scheduler: Record<string, unknown> = {},
): Promise<AsyncDisposable & { readonly model: DeepFloydModel }> {
  const folder = await temporaryFolder();
  const unet = join(folder.path, "unet");
  await Deno.mkdir(unet);
  const fixture = `tests/fixtures/unet_${stage}_tiny`;
  await Deno.copyFile(`${fixture}_config.json`, join(unet, "config.json"));
  await Deno.copyFile(`${fixture}.safetensors`, join(unet, "diffusion_pytorch_model.safetensors"));
  await writeJson(join(folder.path, "scheduler", "scheduler_config.json"), {
    ...schedulerConfig,
    variance_type: "learned_range",
    thresholding: true,
    dynamic_thresholding_ratio: 0.95,
    sample_max_value: stage === "I" ? 1.5 : 1,
    ...scheduler,
  });
  if (stage === "II") {
    await writeJson(join(folder.path, "image_noising_scheduler", "scheduler_config.json"), schedulerConfig);
  }
  const model = await openDeepFloyd(folder.path, { threads: 1 });
  return {
    model,
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
