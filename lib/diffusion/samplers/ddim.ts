/**
 * The sampler of denoising diffusion implicit models.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { noiseFromClean } from "../prediction.ts";
import { alphaBar } from "../schedule.ts";
import type { Sampler } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { SamplerRegistration } from "./registration.ts";

/** What {@linkcode ddim} can be told. */
export interface DdimOptions {
  /** How much of DDPM's noise a step adds, in [0, 1]; by default 0: the same start gives the same picture. */
  readonly eta?: number;
  /**
   * Whether the noise estimate is computed again from the thresholded clean picture, so that the two agree: by default,
   * as in guided-diffusion and DeepFloyd's own code. Without, as diffusers does by default, every step that thresholds
   * keeps noise that belongs to another picture, and guided pictures drift out of the range. Where nothing is
   * thresholded both are the same.
   */
  readonly useClippedModelOutput?: boolean;
  /**
   * Whether the last step ends at the clean picture: by default. Without (`set_alpha_to_one: false` in diffusers) it ends at the
   * noise level of timestep 0, as in the DDIM that Stable Diffusion was released with.
   */
  readonly setAlphaToOne?: boolean;
}

const ddimOptionNames: OptionNames<DdimOptions> = {
  eta: true,
  useClippedModelOutput: true,
  setAlphaToOne: true,
};

/**
 * DDIM (Song et al. 2021, eq. 12, sigma of eq. 16):
 *
 * ```text
 * sigma = eta sqrt((1 - alphaBar(tNext)) / (1 - alphaBar(t))) sqrt(1 - alphaBar(t) / alphaBar(tNext))
 * x' = sqrt(alphaBar(tNext)) x0 + sqrt(1 - alphaBar(tNext) - sigma^2) noise + sigma z
 * ```
 *
 * With eta 0 it is the Euler method for the probability flow, and draws no noise.
 *
 * A step leads to the next timestep of the list. diffusers goes back by `floor(length / steps)` instead, which is the same only
 * where timesteps are spaced so (leading, or trailing by a whole stride): at linspace, and at trailing where the stride is no
 * whole number, its steps end beside the timesteps that it visits, and its pictures differ from these.
 *
 * @param options The amount of noise, how thresholding is treated, and where the last step ends.
 * @throws {ArgumentError} if `eta` is out of its range.
 */
export function ddim(options: DdimOptions = {}): Sampler {
  assertOptions(options, ddimOptionNames);
  const { eta = 0, useClippedModelOutput = true, setAlphaToOne = true } = options;
  if (!(eta >= 0 && eta <= 1)) throw new ArgumentError("eta", eta, "a number in [0, 1]");
  return ({ x, x0, prediction, t, tNext }, schedule, noise) => {
    const [now, next] = [
      alphaBar(schedule, t),
      alphaBar(schedule, setAlphaToOne ? tNext : Math.max(tNext, 0)),
    ];
    const sigma = eta * Math.sqrt((1 - next) / (1 - now) * (1 - now / next));
    const direction = useClippedModelOutput ? noiseFromClean(x, x0, t, schedule) : prediction.noise;
    const onX0: Term = [Math.sqrt(next), x0];
    const onNoise: Term = [Math.sqrt(1 - next - sigma * sigma), direction];
    return sigma > 0 ? weightedSum(onX0, onNoise, [sigma, noise(x.shape)]) : weightedSum(onX0, onNoise);
  };
}

/** {@linkcode ddim} by its name. */
export const ddimSampler: SamplerRegistration<"ddim", DdimOptions> = {
  name: "ddim",
  title: "DDIM",
  year: 2021,
  create: ddim,
  configure: ({ setAlphaToOne }, { eta }) => ({ eta, setAlphaToOne }),
  takesEta: true,
};
