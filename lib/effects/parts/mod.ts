/**
 * Splits of the identity by name, for choosing one by a setting.
 *
 * @module
 */
import { colours } from "./colours.ts";
import { frequencies, frequencyBands } from "./frequencies.ts";
import { motion } from "./motion.ts";
import type { Part } from "./part.ts";

export type { Part } from "./part.ts";
export { gaussianBlur, type GaussianBlurOptions } from "./gaussian_blur.ts";
export {
  frequencies,
  type FrequenciesOptions,
  frequencyBands,
  type FrequencyBandsOptions,
} from "./frequencies.ts";
export { motion, type MotionOptions } from "./motion.ts";
export { colours };

/** The name of a split. */
export type SplitName = "frequencies" | "frequency-bands" | "colours" | "motion";

/** Splits into parts, by name, with the defaults of each. */
export const splits: { readonly [Name in SplitName]: () => readonly Part[] } = {
  "frequencies": () => frequencies(),
  "frequency-bands": () => frequencyBands(),
  "colours": () => colours(),
  "motion": () => motion(),
};
