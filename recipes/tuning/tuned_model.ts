/** A model to fine-tune, with the parts of its folder that the training needs. */
import { Config, openWeights, type Weights } from "../../lib/checkpoints/mod.ts";
import {
  type DiscreteSchedule,
  noiseScheduleFromConfig,
  type SchedulerSettings,
} from "../../lib/diffusion/mod.ts";
import { ArgumentError } from "../../lib/errors.ts";
import type { ModelFolder } from "../../lib/models/mod.ts";
import type { DeepFloydConfig } from "../../lib/nn/mod.ts";
import { openTextToImage } from "../../lib/pipelines/mod.ts";
import type { Files } from "../../lib/platform/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** A text-to-image or super-resolution model. */
export interface TunedModel {
  /** Its name, as requested. */
  readonly name: string;
  /** Its folder. */
  readonly folder: ModelFolder;
  /** The files there. */
  readonly files: Files;
  /** The network's configuration. */
  readonly config: DeepFloydConfig;
  /** The scheduler's configuration. */
  readonly scheduler: SchedulerSettings;
  /** The schedule of the noise in low-resolution images, of a super-resolution network. */
  readonly noising: DiscreteSchedule;
  /** Positions of a text. */
  readonly textLength: number;
  /** The variant of the weights. */
  readonly variant?: string;
  /** The network's weights, left in their files. */
  readonly weights: Weights;
  /** The start of their hash. */
  readonly digest: string;
  /** Encodes texts: `[N, textLength, textWidth]`. The encoder is in memory only meanwhile. */
  encode(texts: readonly string[]): Promise<Tensor>;
}

/** The options of {@linkcode openTunedModel}. */
export interface OpenTunedModelOptions {
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Called with a text that is longer than the network's text length. */
  readonly onTruncated?: (text: string, lost: string) => void;
}

/**
 * Opens a model's network for fine-tuning.
 *
 * @param folder The model's folder.
 * @throws {ArgumentError} if it neither draws texts nor enlarges, or learns what no loss here is for.
 * @throws {Error} if a file cannot be read, or is not what it should be.
 */
export async function openTunedModel(
  folder: ModelFolder,
  { threads, onTruncated }: OpenTunedModelOptions = {},
): Promise<TunedModel> {
  const { name, files, kind, variant } = folder;
  if (kind !== "text-to-image" && kind !== "super-resolution") {
    throw new ArgumentError("model", name, "a text-to-image or super-resolution model");
  }
  const pipeline = await openTextToImage(files, { variant, threads, onTruncated });
  const { config, scheduler, textLength } = pipeline;
  if (scheduler.predictionType === "flow_prediction") {
    throw new ArgumentError("model", name, "one that predicts noise, velocities or images", {
      note: "its scheduler says flow_prediction",
    });
  }
  const noising = await Config.readIfExists("image_noising_scheduler/scheduler_config.json", files);
  return {
    name,
    folder,
    files,
    config,
    scheduler,
    noising: noising ? noiseScheduleFromConfig(noising) : scheduler.schedule,
    textLength,
    variant,
    weights: await openWeights(files.folder("unet"), "diffusion_pytorch_model", { variant }),
    digest: await folder.weights(),
    encode: (texts) => pipeline.encode(texts),
  };
}
