/**
 * The sampler of denoising diffusion implicit models.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { noiseFromClean } from "../prediction.ts";
import { alpha, noiseVariance, transitionVariance } from "../schedule.ts";
import { noisyEnd } from "./noisy_end.ts";
import type { Sampler } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import { type SamplerRegistration, strideOf } from "./registration.ts";

/** The options of {@linkcode ddim}. */
export interface DdimOptions {
  /** How much of DDPM's noise a step adds, in [0, 1]; by default 0: the same start gives the same image. */
  readonly eta?: number;
  /**
   * Whether the noise estimate is computed again from the thresholded clean image, so that the two agree: by default,
   * as in guided-diffusion and DeepFloyd's own code. Without, as diffusers does by default, every step that thresholds
   * keeps noise that belongs to another image, and guided images drift out of the range. Where nothing is
   * thresholded both are the same.
   */
  readonly useClippedModelOutput?: boolean;
  /**
   * Whether the last step ends at the clean image: by default. Without (`set_alpha_to_one: false` in diffusers) it ends at the
   * noise level of timestep 0, as in the DDIM that Stable Diffusion was released with.
   */
  readonly setAlphaToOne?: boolean;
  /**
   * How far a step leads, a whole number of timesteps of a discrete schedule; defaults to the next timestep of the list. DDIM of
   * diffusers has `floor(length / steps)`, of which the steps of linspace, and of trailing at a stride that is not a whole number, end
   * beside the timesteps that they visit.
   */
  readonly stride?: number;
}

const ddimOptionNames: OptionNames<DdimOptions> = {
  eta: true,
  useClippedModelOutput: true,
  setAlphaToOne: true,
  stride: true,
};

/**
 * DDIM (Song et al. 2021, eq. 12, its sigma of eq. 16), here of any schedule, with `beta` the variance that the forward
 * process adds between the two timesteps:
 *
 * ```text
 * added = eta sigma(tNext) / sigma(t) sqrt(beta)
 * x' = alpha(tNext) x0 + sqrt(sigma(tNext)^2 - added^2) noise + added z
 * ```
 *
 * With eta 0 it is the Euler method for the probability flow, and draws no noise: in the schedules of EDM and of flow
 * matching, Euler's step as diffusers has it.
 *
 * A step leads to the next timestep of the list, unless there is a `stride`, as there is for the configuration of diffusers' own
 * DDIM where its steps lead elsewhere.
 *
 * @param options The amount of noise, how thresholding is treated, and where the last step ends.
 * @throws {ArgumentError} if `eta` is out of its range; the sampler, if the last step of a continuous schedule is to end
 * anywhere but at the clean image.
 */
export function ddim(options: DdimOptions = {}): Sampler {
  assertOptions(options, ddimOptionNames);
  const { eta = 0, useClippedModelOutput = true, setAlphaToOne = true, stride } = options;
  if (!(eta >= 0 && eta <= 1)) throw new ArgumentError("eta", eta, "a number in [0, 1]");
  if (stride !== undefined && !(Number.isInteger(stride) && stride >= 1)) {
    throw new ArgumentError("stride", stride, "a whole number of at least 1");
  }
  return ({ x, x0, prediction, t, tNext }, schedule, noise) => {
    const to = stride === undefined ? tNext : Math.max(t - stride, -1);
    const end = setAlphaToOne ? to : noisyEnd(schedule, to, ["setAlphaToOne", false, "true"]);
    const [now, next] = [noiseVariance(schedule, t), noiseVariance(schedule, end)];
    const added = eta * Math.sqrt(next / now * transitionVariance(schedule, t, end));
    const direction = useClippedModelOutput ? noiseFromClean(x, x0, t, schedule) : prediction.noise;
    const onX0: Term = [alpha(schedule, end), x0];
    // Where no signal is left, all noise may be new, and rounding must not make it more than all.
    const onNoise: Term = [Math.sqrt(Math.max(next - added * added, 0)), direction];
    return added > 0 ? weightedSum(onX0, onNoise, [added, noise(x.shape)]) : weightedSum(onX0, onNoise);
  };
}

/** {@linkcode ddim} by its name. */
export const ddimSampler: SamplerRegistration<"ddim", DdimOptions> = {
  name: "ddim",
  title: "DDIM",
  year: 2021,
  create: ddim,
  configure: (settings, { eta, steps }) => ({
    eta,
    setAlphaToOne: settings.setAlphaToOne,
    // Diffusers' own DDIM uses the noise as it was estimated, even if the clean image was thresholded.
    useClippedModelOutput: settings.sampler !== "ddim",
    stride: strideOf(settings, "ddim", steps),
  }),
  takesEta: true,
};
