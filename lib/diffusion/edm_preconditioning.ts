/**
 * EDM's preconditioning, which keeps a network's inputs and outputs at unit scale at every noise level.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import { map } from "../tensor.ts";
import type { SchedulerRun } from "./scheduler_run.ts";
import { weightedSum } from "./weighted_sum.ts";

/** The options of {@linkcode edmPreconditioning}. */
export interface EdmPreconditioningOptions {
  /** The standard deviation of clean images, above 0; defaults to 0.5. */
  readonly sigmaData?: number;
  /** Whether the network's output counts with the other sign, as diffusers' `v_prediction` has it; by default it does not. */
  readonly flipped?: boolean;
}

const optionNames: OptionNames<EdmPreconditioningOptions> = { sigmaData: true, flipped: true };

/** The transform between the loop and a network. */
export type EdmPreconditioning = NonNullable<SchedulerRun["preconditioning"]>;

/**
 * The preconditioning of EDM (Karras et al. 2022, eq. 7 and table 1): with `c = sigma^2 + sigmaData^2`,
 *
 * ```text
 * D(x; sigma) = sigmaData^2 / c x + sigma sigmaData / sqrt(c) F(x / sqrt(c); ln(sigma) / 4)
 * ```
 *
 * @param options The standard deviation of images, and the output's sign.
 * @throws {ArgumentError} if an option is out of its range.
 */
export function edmPreconditioning(options: EdmPreconditioningOptions = {}): EdmPreconditioning {
  assertOptions(options, optionNames);
  const { sigmaData = 0.5, flipped = false } = options;
  if (!(sigmaData > 0 && sigmaData < Infinity)) {
    throw new ArgumentError("sigmaData", sigmaData, "a finite number above 0");
  }
  const variance = (sigma: number) => sigma ** 2 + sigmaData ** 2;
  return {
    input: (x, sigma) => map(x, (value) => value / Math.sqrt(variance(sigma))),
    conditioning: (sigma) => Math.fround(Math.log(sigma) / 4),
    prediction: (output, x, sigma) => {
      const skip = sigmaData ** 2 / variance(sigma);
      const onOutput = (flipped ? -1 : 1) * sigma * sigmaData / Math.sqrt(variance(sigma));
      const x0 = weightedSum([skip, x], [onOutput, output]);
      return { x0, noise: weightedSum([1 / sigma, x], [-1 / sigma, x0]) };
    },
  };
}
