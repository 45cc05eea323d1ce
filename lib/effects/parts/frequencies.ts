/** Images split by how fine their details are. @module */
import { ArgumentError } from "../../argument_error.ts";
import { combine, type Tensor } from "../../tensor.ts";
import { gaussianBlur } from "./gaussian_blur.ts";
import type { Part } from "./part.ts";
import { scaledKernel } from "./scaled.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

/** The options of {@linkcode frequencies}. */
export interface FrequenciesOptions {
  /** The standard deviation of the blur at 64 pixels, defaults to 2; it grows with the image. */
  readonly sigma?: number;
  /** The width of its kernel at 64 pixels, defaults to 33; likewise. */
  readonly kernel?: number;
}

const frequenciesOptionNames: OptionNames<FrequenciesOptions> = {
  sigma: true,
  kernel: true,
};

/**
 * The low frequencies, a Gaussian blur, which are seen from afar, and the high ones, the rest, which are seen near (Oliva et
 * al. 2006, "Hybrid images"; Geng et al. 2024, "Factorized Diffusion").
 *
 * @param options The blur at 64 pixels.
 * @returns Two parts, the low one first.
 * @throws {ArgumentError} if sigma is not above 0, or the kernel is not a whole number from 1.
 */
export function frequencies(options: FrequenciesOptions = {}): [low: Part, high: Part] {
  assertOptions(options, frequenciesOptionNames);
  const { sigma = 2, kernel = 33 } = options;
  const low = blur(sigma, kernel);
  return [low, (x) => combine(1, x, -1, low(x))];
}

/** The options of {@linkcode frequencyBands}. */
export interface FrequencyBandsOptions {
  /** The standard deviations of the two blurs at 64 pixels, the smaller one first; defaults to 1 and 2. */
  readonly sigmas?: readonly [fine: number, coarse: number];
  /** The width of their kernels at 64 pixels; defaults to 25. */
  readonly kernel?: number;
}

const frequencyBandsOptionNames: OptionNames<FrequencyBandsOptions> = {
  sigmas: true,
  kernel: true,
};

/**
 * Three bands of frequencies: what a second, coarser blur leaves of a first, what it takes away from it, and what the first
 * takes away (Geng et al. 2024, "Factorized Diffusion", section 4.3).
 *
 * @param options The two blurs at 64 pixels.
 * @returns Three parts, the lowest first.
 * @throws {ArgumentError} if a sigma is not above 0, or the kernel is not a whole number from 1.
 */
export function frequencyBands(
  options: FrequencyBandsOptions = {},
): [low: Part, medium: Part, high: Part] {
  assertOptions(options, frequencyBandsOptionNames);
  const { sigmas: [fine, coarse] = [1, 2], kernel = 25 } = options;
  const [first, second] = [blur(fine, kernel), blur(coarse, kernel)];
  const low: Part = (x) => second(first(x));
  const medium: Part = (x) => {
    const kept = first(x);
    return combine(1, kept, -1, second(kept));
  };
  return [low, medium, (x) => combine(1, x, -1, first(x))];
}

/** A Gaussian blur that grows with the image. */
function blur(sigma: number, kernel: number): Part {
  if (!(sigma > 0 && Number.isFinite(sigma))) {
    throw new ArgumentError("sigma", sigma, "a number above 0");
  }
  if (!(Number.isInteger(kernel) && kernel >= 1)) {
    throw new ArgumentError("kernel", kernel, "a whole number from 1");
  }
  return (x: Tensor) => {
    const height = x.shape[2];
    return gaussianBlur(x, { sigma: sigma * height / 64, kernel: scaledKernel(kernel, height) });
  };
}
