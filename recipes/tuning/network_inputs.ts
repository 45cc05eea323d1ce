/** The network's inputs at a step of fine-tuning, for both stages. */
import { addNoise } from "../../lib/diffusion/mod.ts";
import { resize } from "../../lib/image.ts";
import type { DeepFloydPromptInputs, DeepFloydStepInputs } from "../../lib/nn/mod.ts";
import type { Graph } from "../../lib/onnx/mod.ts";
import { upsampleBilinear } from "../../lib/pipelines/mod.ts";
import type { Generator } from "../../lib/random.ts";
import { concat, map, type Tensor, tensor } from "../../lib/tensor.ts";
import type { Batch } from "../data/batches.ts";
import type { PictureSet } from "../data/dataset.ts";
import type { Feeds } from "../recipe.ts";
import type { ConceptSet } from "./concept_set.ts";
import { conceptWeights, drawNoise, noisyFeeds } from "./denoising_loss.ts";
import type { TunedModel } from "./tuned_model.ts";

/** How many times a second stage enlarges, as IF's does. */
const FACTOR = 4;

/** The strongest noise in the small images, as a fraction of their schedule (Ho et al. 2022, "Cascaded Diffusion Models", section 3). */
const MAX_NOISE = 0.5;

/** Channels of an image. */
export function imageChannels({ enlarges, inChannels }: TunedModel["config"]): number {
  return enlarges ? inChannels / 2 : inChannels;
}

/** Declares the network's inputs except the text; for stage II the noisy and the small images in one. */
export function declareImages(
  graph: Graph,
  { config }: TunedModel,
  rows: number,
  size: number,
): DeepFloydStepInputs & Pick<DeepFloydPromptInputs, "noiseLevel"> {
  const input = (name: string, shape: readonly number[]) => graph.input(name, "float32", shape);
  return {
    x: input("x", [rows, config.inChannels, size, size]),
    t: input("t", [rows]),
    ...(config.enlarges && { noiseLevel: input("noiseLevel", [rows]) }),
  };
}

/** Declares the network's inputs, the text among them. */
export function declareInputs(
  graph: Graph,
  model: TunedModel,
  rows: number,
  size: number,
): DeepFloydStepInputs & DeepFloydPromptInputs {
  const { textLength, config: { textWidth } } = model;
  const text = graph.input("text", "float32", [rows, textLength, textWidth]);
  return { ...declareImages(graph, model, rows, size), text };
}

/**
 * Draws a step's inputs. With a prior each of the user's images is followed by a random one of the prior, so that a batch can be split
 * into microbatches.
 *
 * @param priorWeight The weight of the prior.
 */
export function drawInputs(
  model: TunedModel,
  { text, prior, ...set }: ConceptSet,
  { pictures: chosen }: Pick<Batch, "pictures">,
  priorWeight: number,
  generator: Generator,
): Feeds {
  const rows = chosen.flatMap((picture) => {
    const own = { image: imageOf(set, picture), text };
    if (!prior) return [own];
    return [own, {
      image: imageOf(prior.pictures, generator.randomInt(prior.pictures.count)),
      text: prior.text,
    }];
  });
  return {
    ...drawImages(model, concat(rows.map(({ image }) => image)), generator),
    text: concat(rows.map(({ text }) => text)),
    weight: conceptWeights(chosen.length, prior && priorWeight),
  };
}

/**
 * Draws timesteps and noise for images: the inputs of {@linkcode declareImages}, and `target`.
 *
 * @param images Clean images, `[N, C, H, W]` in [-1, 1].
 */
export function drawImages(
  { config, scheduler, noising }: TunedModel,
  images: Tensor,
  generator: Generator,
): Feeds {
  const { schedule, predictionType } = scheduler;
  const noisy = noisyFeeds(drawNoise(images, schedule, generator), schedule, predictionType);
  if (!config.enlarges) return noisy;
  const [count, , height, width] = images.shape;
  const small = resize(images, height / FACTOR, width / FACTOR, { filter: "bilinear" });
  const maxNoise = Math.max(1, Math.round(MAX_NOISE * noising.length));
  const levels = Array.from({ length: count }, () => generator.randomInt(maxNoise));
  const lowRes = addNoise(
    upsampleBilinear(small, height, width),
    generator.randn(images.shape),
    levels,
    noising,
  );
  return {
    ...noisy,
    x: concat([noisy.x, lowRes], 1),
    noiseLevel: tensor(Float32Array.from(levels), [levels.length]),
  };
}

/** A picture of a set, `[1, C, S, S]` in [-1, 1]. */
export function imageOf({ images, channels, size }: PictureSet, picture: number): Tensor {
  const length = channels * size * size;
  const bytes = images.subarray(picture * length, (picture + 1) * length);
  return map(tensor(Float32Array.from(bytes), [1, channels, size, size]), (byte) => byte / 127.5 - 1);
}
