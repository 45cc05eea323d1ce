/** How good a second stage is: how near enlarged pictures come to those that they were scaled down from. */
import { sampleToEnd } from "../../lib/diffusion/sample.ts";
import { resize } from "../../lib/image.ts";
import { findModel } from "../../lib/models/registry.ts";
import { readSamplingDefaults } from "../../lib/models/sampling_defaults.ts";
import { openTextToImage } from "../../lib/pipelines/open_text_to_image.ts";
import { repeatEach } from "../../lib/pipelines/repeat_each.ts";
import { superResolution } from "../../lib/pipelines/super_resolution.ts";
import { upsampleBilinear } from "../../lib/pipelines/upsample.ts";
import { concat, slice, type Tensor, tensor } from "../../lib/tensor.ts";
import { loadEmoji } from "../data/emoji/mod.ts";
import type { StageEvaluationOptions } from "./stage_evaluation.ts";

/** How an evaluation is made. */
export interface EvaluateEnlargingOptions extends StageEvaluationOptions {
  /** Pictures, held-out ones; all of them unless given. */
  readonly count?: number;
  /** The seed of the noise; 0 unless given. */
  readonly seed?: number;
  /** The guidance scale; the model's own default unless given, or 1, which is none. */
  readonly guidance?: number;
  /** How noisy the small pictures are made, as a timestep; the model's own default unless given, or 250. */
  readonly noiseLevel?: number;
}

/** What an evaluation finds. */
export interface EnlargingEvaluation {
  /** The peak signal-to-noise ratio of enlarged pictures, in decibels. */
  readonly psnr: number;
  /** That of the small pictures, enlarged by bilinear interpolation. */
  readonly psnrBilinear: number;
  /** Pictures. */
  readonly pictures: number;
  /** Steps. */
  readonly steps: number;
  /** The sampler. */
  readonly sampler: string;
  /** The guidance scale. */
  readonly guidance: number;
  /** How noisy the small pictures were made. */
  readonly noiseLevel: number;
  /** The seed. */
  readonly seed: number;
  readonly [key: string]: number | string;
}

/** How many times smaller the small pictures are. */
const FACTOR = 4;
/** Pictures that are enlarged at a time. */
const BATCH = 8;

/**
 * Scales held-out pictures down four times, enlarges them by their captions, and measures how far they are from what they were.
 * Both ratios are of the mean squared error over all pictures.
 *
 * @param nameOrFolder The model: one that enlarges.
 * @throws {UnknownModelError} if there is no such model.
 * @throws {EmojiSetError} if the data set is not there, or not in the model's size.
 */
export async function evaluateEnlarging(
  nameOrFolder: string,
  options: EvaluateEnlargingOptions = {},
): Promise<EnlargingEvaluation> {
  const { seed = 0, sampler = "ddpm", data, signal, onProgress } = options;
  const { device, threads, onFallback } = options;
  const folder = await findModel(nameOrFolder);
  const defaults = await readSamplingDefaults(folder);
  const { steps = defaults.numInferenceSteps ?? 20, guidance = defaults.guidanceScale ?? 1 } = options;
  const { noiseLevel = defaults.noiseLevel ?? 250 } = options;
  await using pipeline = await openTextToImage(folder, { device, threads, onFallback });
  const { size } = pipeline.config;
  const set = await loadEmoji({ size, folder: data });
  const heldout = set.entries.flatMap((entry, i) => entry.heldOut ? [i] : []).slice(0, options.count);
  if (heldout.length === 0) throw new RangeError("data: no held-out picture where at least one is expected");
  const prompts = heldout.map((i) => {
    const { name, style } = set.entries[i];
    return `${set.styles[style].phrases[0]} ${set.names[name].phrases[0]}`;
  });
  const text = await pipeline.encode([...prompts, ""], { signal });
  const nothing = slice(text, prompts.length, prompts.length + 1);
  const network = await pipeline.network();
  const errors = { enlarged: 0, bilinear: 0 };
  for (let start = 0; start < heldout.length; start += BATCH) {
    const batch = heldout.slice(start, start + BATCH);
    const originals = concat(batch.map((i) => pictureOf(set.pictures, i, size)));
    const small = resize(originals, size / FACTOR, size / FACTOR, { filter: "bilinear" });
    const enlarged = await sampleToEnd(
      superResolution(network, slice(text, start, start + batch.length), small, {
        negative: repeatEach(nothing, batch.length),
        seed: batch.map((_, n) => seed + start + n),
        numInferenceSteps: steps,
        guidanceScale: guidance,
        noiseLevel,
        sampler,
        signal,
      }),
    );
    errors.enlarged += squaredError(enlarged, originals);
    errors.bilinear += squaredError(upsampleBilinear(small, size, size), originals);
    onProgress?.((start + batch.length) / heldout.length);
  }
  const values = heldout.length * 3 * size * size;
  return {
    psnr: decibels(errors.enlarged / values),
    psnrBilinear: decibels(errors.bilinear / values),
    pictures: heldout.length,
    steps,
    sampler,
    guidance,
    noiseLevel,
    seed,
  };
}

/** A picture in [-1, 1]. */
function pictureOf(pictures: Uint8Array, index: number, size: number): Tensor {
  const length = 3 * size * size;
  const bytes = pictures.subarray(index * length, (index + 1) * length);
  return tensor(Float32Array.from(bytes, (byte) => byte / 127.5 - 1), [1, 3, size, size]);
}

/** The sum of the squared differences, of values in 0 to 1. */
function squaredError(x: Tensor, y: Tensor): number {
  let total = 0;
  const clip = (value: number) => Math.min(1, Math.max(-1, value));
  for (let i = 0; i < x.data.length; i++) total += ((clip(x.data[i]) - y.data[i]) / 2) ** 2;
  return total;
}

/** A mean squared error of values in 0 to 1 as a peak signal-to-noise ratio. */
function decibels(error: number): number {
  return Number((-10 * Math.log10(error)).toFixed(2));
}
