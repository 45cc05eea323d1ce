/** Evaluates a second stage: how close enlarged pictures are to the originals they were scaled down from. */
import { sampleToEnd } from "../../lib/diffusion/mod.ts";
import { resize } from "../../lib/image.ts";
import { findModel, readSamplingDefaults } from "../../lib/models/mod.ts";
import {
  openTextToImage,
  repeatPerImage,
  stageSamplerName,
  superResolution,
  upsampleBilinear,
} from "../../lib/pipelines/mod.ts";
import { concat, slice, type Tensor, tensor } from "../../lib/tensor.ts";
import { type HeldOutIcons, loadHeldOutIcons } from "../data/icons/held_out_icons.ts";
import { ImageQuality } from "./image_quality.ts";
import type { StageEvaluationOptions } from "./stage_evaluation.ts";

/** The options of an evaluation. */
export interface EvaluateEnlargingOptions extends Omit<StageEvaluationOptions, "data"> {
  /** How many held-out icons, from all sets by turns; defaults to 160. */
  readonly count?: number;
  /** Icons in their place. */
  readonly heldOut?: HeldOutIcons;
  /** The noise level of the small pictures, as a timestep; defaults to the model's own, else 250. */
  readonly noiseLevel?: number;
}

/** The result of an evaluation. */
export interface EnlargingEvaluation {
  /** The peak signal-to-noise ratio of enlarged pictures, in decibels. */
  readonly psnr: number;
  /** That of the small pictures, enlarged by bilinear interpolation. */
  readonly psnrBilinear: number;
  /** How sharp enlarged images are: the energy of their Laplacian over that of the originals'. */
  readonly sharpness: number;
  /** Of the pixels that are white in the originals, the share that is white within 4 of 255. */
  readonly ground: number;
  /** Images. */
  readonly images: number;
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
 * Scales held-out icons down four times, enlarges them by their captions, and measures how far they are from what they were.
 * Both ratios are of the mean squared error over all images.
 *
 * @param nameOrFolder The model: one that enlarges.
 * @throws {UnknownModelError} if there is no such model.
 * @throws {IconSetError} if a package of icons is missing, damaged or of another version.
 */
export async function evaluateEnlarging(
  nameOrFolder: string,
  options: EvaluateEnlargingOptions = {},
): Promise<EnlargingEvaluation> {
  const { seed = 0, count, signal, onProgress } = options;
  const { device, threads, onFallback } = options;
  const folder = await findModel(nameOrFolder);
  const defaults = await readSamplingDefaults(folder);
  const { steps = defaults.numInferenceSteps ?? 20, guidance = defaults.guidanceScale ?? 1 } = options;
  const { noiseLevel = defaults.noiseLevel ?? 250 } = options;
  await using pipeline = await openTextToImage(folder, { device, threads, onFallback });
  const { size } = pipeline.config;
  const { images, captions, ...heldOut } = options.heldOut ?? await loadHeldOutIcons({ size, count });
  const text = await pipeline.encode([...captions, ""], { signal });
  const nothing = slice(text, captions.length, captions.length + 1);
  const network = await pipeline.network();
  const sampler = stageSamplerName(network.scheduler, options.sampler);
  const [enlarged, interpolated] = [new ImageQuality(), new ImageQuality()];
  for (let start = 0; start < heldOut.count; start += BATCH) {
    const batch = Math.min(BATCH, heldOut.count - start);
    const originals = concat(Array.from({ length: batch }, (_, n) => imageOf(images, start + n, size)));
    const small = resize(originals, size / FACTOR, size / FACTOR, { filter: "bilinear" });
    const large = await sampleToEnd(
      superResolution(network, slice(text, start, start + batch), small, {
        negative: repeatPerImage(nothing, batch),
        seed: Array.from({ length: batch }, (_, n) => seed + start + n),
        numInferenceSteps: steps,
        guidanceScale: guidance,
        noiseLevel,
        sampler,
        signal,
      }),
    );
    enlarged.add(large, originals);
    interpolated.add(upsampleBilinear(small, size, size), originals);
    onProgress?.((start + batch) / heldOut.count);
  }
  return {
    psnr: rounded(enlarged.psnr, 2),
    psnrBilinear: rounded(interpolated.psnr, 2),
    sharpness: rounded(enlarged.sharpness, 3),
    ground: rounded(enlarged.ground, 4),
    images: heldOut.count,
    steps,
    sampler,
    guidance,
    noiseLevel,
    seed,
  };
}

/** An image in [-1, 1]. */
function imageOf(images: Uint8Array, index: number, size: number): Tensor {
  const length = 3 * size * size;
  const bytes = images.subarray(index * length, (index + 1) * length);
  return tensor(Float32Array.from(bytes, (byte) => byte / 127.5 - 1), [1, 3, size, size]);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
