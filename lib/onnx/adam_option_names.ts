import type { OptionNames } from "../options.ts";
import type { AdamOptions } from "./optimizer.ts";

/** The names of {@linkcode AdamOptions}. */
export const adamOptionNames: OptionNames<AdamOptions> = {
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
  decoupled: true,
  clipNorm: true,
};
