/**
 * The pseudo numerical methods for diffusion models.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import { described } from "../../show_value.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { noiseFromClean } from "../prediction.ts";
import { alpha, isDiscrete, sigma } from "../schedule.ts";
import type { Sampler, SamplerStep } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { type SamplerRegistration, strideOf } from "./registration.ts";

/** The options of {@linkcode pndm}. */
export interface PndmOptions {
  /** Whether the first steps are of the multistep method too, instead of Runge-Kutta's: by default, as Stable Diffusion has it. */
  readonly skipPrkSteps?: boolean;
  /** Whether the last step ends at the clean image: by default it does not, but at the noise level of timestep 0. */
  readonly setAlphaToOne?: boolean;
  /** Which estimates are combined, `epsilon` (the default) or velocities: in diffusers the network's own. */
  readonly combines?: "epsilon" | "v_prediction";
  /** How far a step leads, a whole number of timesteps; defaults to the next timestep of the list. */
  readonly stride?: number;
}

const pndmOptionNames: OptionNames<PndmOptions> = {
  skipPrkSteps: true,
  setAlphaToOne: true,
  combines: true,
  stride: true,
};

/** Factors of the latest estimates, the newest first (Liu et al. 2022, eq. 12; below four those of Adams and Bashforth). */
const MULTISTEP = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]];
/** The steps of Runge-Kutta, after which there are enough estimates for the multistep method. */
const PRK_STEPS = 3;

/**
 * PNDM (Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds"): classical methods for differential equations,
 * of which each part is a step of DDIM (eq. 11),
 *
 * ```text
 * x' = alpha' / alpha x + (sigma' - alpha' / alpha sigma) e
 * ```
 *
 * where `e` combines the latest four noise estimates (PLMS, algorithm 2). The first step of all evaluates the denoiser twice; with
 * `skipPrkSteps: false` the first three are of the method of Runge and Kutta, four evaluations each (PRK, algorithm 1, F-PNDM). Draws no
 * noise. For discrete schedules.
 *
 * @param options How a run begins and ends, and what is combined.
 * @throws {ArgumentError} if an option is unknown; the sampler, in a continuous schedule, and in runs of less than four steps that are
 * to begin with Runge-Kutta's.
 */
export function pndm(options: PndmOptions = {}): Sampler {
  assertOptions(options, pndmOptionNames);
  const { skipPrkSteps = true, setAlphaToOne = false, combines = "epsilon", stride } = options;
  if (combines !== "epsilon" && combines !== "v_prediction") {
    throw new ArgumentError("combines", combines, "epsilon or v_prediction");
  }
  return async (step, schedule) => {
    if (!isDiscrete(schedule)) throw new ArgumentError("schedule", schedule.kind, "a discrete schedule");
    const { x, t, tNext, index, count, history, evaluate } = step;
    const end = stride === undefined ? tNext : Math.max(t - stride, -1);
    /** The estimate that is combined, of images at a timestep. */
    const estimate = ({ x, x0, t }: Pick<SamplerStep, "x" | "x0" | "t">): Tensor => {
      const noise = noiseFromClean(x, x0, t, schedule);
      return combines === "epsilon"
        ? noise
        : weightedSum([alpha(schedule, t), noise], [-sigma(schedule, t), x0]);
    };
    /** A step of DDIM, by a combination of estimates. */
    const move = (from: number, to: number, terms: readonly Term[]): Tensor => {
      const target = to < 0 && !setAlphaToOne ? 0 : to;
      const ratio = alpha(schedule, target) / alpha(schedule, from);
      const onNoise = sigma(schedule, target) - ratio * sigma(schedule, from);
      if (combines === "epsilon") return weightedSum([ratio, x], ...scaled(terms, onNoise));
      return weightedSum(
        [ratio + onNoise * sigma(schedule, from), x],
        ...scaled(terms, onNoise * alpha(schedule, from)),
      );
    };
    /** The estimate for images that a part of the step leads to. */
    const again = async (x: Tensor, t: number) => estimate({ ...await evaluate(x, t), x, t });
    const own = estimate(step);
    if (!skipPrkSteps && index < PRK_STEPS) {
      if (count <= PRK_STEPS) {
        throw new ArgumentError("timesteps", described(`${count} timesteps`), "at least 4", {
          note: "with skipPrkSteps: false",
          plural: true,
        });
      }
      return await rungeKutta(own, t, tNext, stride ?? t - tNext, move, again);
    }
    if (index === 0) {
      const first = move(t, end, [[1, own]]);
      if (count === 1) return first;
      const second = await again(first, tNext);
      return move(stride === undefined ? t : tNext + stride, tNext, [[0.5, second], [0.5, own]]);
    }
    const earlier = history.toReversed().slice(0, 3).map(estimate);
    const factors = MULTISTEP[earlier.length];
    return move(t, end, [own, ...earlier].map((each, k): Term => [factors[k], each]));
  };
}

/** A step of the classical method of Runge and Kutta (Liu et al. 2022, eq. 13). */
async function rungeKutta(
  first: Tensor,
  t: number,
  tNext: number,
  stride: number,
  move: (from: number, to: number, terms: readonly Term[]) => Tensor,
  again: (x: Tensor, t: number) => Promise<Tensor>,
): Promise<Tensor> {
  const half = Math.floor(stride / 2);
  const middle = tNext + half;
  const second = await again(move(t, t - half, [[1, first]]), middle);
  const third = await again(move(t, middle, [[1, second]]), middle);
  const fourth = await again(move(t, middle - half, [[1, third]]), tNext);
  return move(t, tNext, [[1 / 6, first], [1 / 3, second], [1 / 3, third], [1 / 6, fourth]]);
}

function scaled(terms: readonly Term[], factor: number): Term[] {
  return terms.map(([own, x]) => [own as number * factor, x]);
}

/** What PNDM alone reads of a configuration. */
export interface PndmKeys {
  /** `skip_prk_steps` */
  readonly skipPrkSteps: boolean;
  /** `set_alpha_to_one` */
  readonly setAlphaToOne: boolean;
}

/** {@linkcode pndm} by its name. */
export const pndmSampler: SamplerRegistration<"pndm", PndmOptions, Partial<PndmKeys>> = {
  name: "pndm",
  title: "PNDM",
  year: 2022,
  // Without Runge-Kutta's steps.
  evaluations: (steps) => steps > 1 ? steps + 1 : 1,
  create: pndm,
  read: (config) => ({
    ...(config.has("skip_prk_steps") && { skipPrkSteps: config.boolean("skip_prk_steps") }),
    ...(config.has("set_alpha_to_one") && { setAlphaToOne: config.boolean("set_alpha_to_one") }),
  }),
  configure: (settings, { steps }, { setAlphaToOne, skipPrkSteps = settings.sampler !== "pndm" } = {}) => ({
    skipPrkSteps,
    setAlphaToOne,
    combines: settings.predictionType === "v_prediction" ? "v_prediction" : "epsilon",
    stride: strideOf(settings, "pndm", steps),
  }),
};
