/** What the configurations of diffusers' UNets have in common: bounds, and the values that are read alike. */
import type { Config } from "../../checkpoints/config.ts";
import { type UnetActivation, unetActivations } from "./activation.ts";

/** The largest numbers of levels, residual blocks of a level, and channels: far above IF's 6, 5 and 16384. */
export const MAX_LEVELS = 16;
export const MAX_RESNETS = 64;
export const MAX_WIDTH = 2 ** 16;

/** Bounds of a number of channels, groups or heads. */
export const WIDTHS = { min: 1, max: MAX_WIDTH } as const;

/** Bounds of the height and width of images; IF's largest have 1024 pixels. */
export const SIZES = { min: 1, max: 4096 } as const;

/** What the outputs of residual blocks may be divided by. */
const SCALES = { min: 1e-3, max: 1e3 } as const;

/** The groups of the norms. */
export function readGroups(config: Config): number {
  // Null is a network without a norm at its end.
  if (config.isNull("norm_num_groups")) config.fail("norm_num_groups", "a number of groups");
  return config.whole("norm_num_groups", WIDTHS, 32);
}

/** The channels of each level, multiples of the groups. */
export function readWidths(config: Config, groups: number, fewest: 1 | 2): readonly number[] {
  const widths = config.numbers("block_out_channels");
  const fits = (width: number) => {
    return Number.isInteger(width) && width >= 2 && width <= MAX_WIDTH && width % groups === 0;
  };
  if (widths.length < fewest || widths.length > MAX_LEVELS || !widths.every(fits)) {
    config.fail(
      "block_out_channels",
      `${
        fewest === 1 ? "one" : "two"
      } to ${MAX_LEVELS} multiples of ${groups}, the groups, up to ${MAX_WIDTH}`,
    );
  }
  return widths;
}

/** What the group norms add to a variance. */
export function readEpsilon(config: Config): number {
  return config.number("norm_eps", { min: 0, max: 1 }, 1e-5);
}

/** An activation; swish is another name of silu, which is the default. */
export function readActivation(config: Config, key: string): UnetActivation {
  return config.values[key] === "swish" ? "silu" : config.choice(key, unetActivations, "silu");
}

/** What the outputs of residual blocks are divided by. */
export function readScale(config: Config, key: string): number {
  return config.number(key, SCALES, 1);
}

/** What is taken off the number of frequencies where they are spread over `width` sines and cosines. */
export function readFrequencyShift(config: Config, width: number): number {
  if (width % 2 !== 0) config.fail("block_out_channels", "an even first number");
  const shift = config.number("freq_shift", { min: -MAX_WIDTH }, 0);
  return shift < width / 2 ? shift : config.fail("freq_shift", `a number below ${width / 2}`);
}

/** The types of the blocks, one for each level: what each means. */
export function readBlockTypes<T>(
  config: Config,
  key: string,
  known: Readonly<Record<string, T>>,
  levels: number,
): T[] {
  const types = config.values[key];
  if (!Array.isArray(types) || types.length !== levels || types.some((type) => !Object.hasOwn(known, type))) {
    config.fail(key, `a list of ${levels}, each ${Object.keys(known).join(" or ")},`);
  }
  return (types as string[]).map((type) => known[type]);
}
