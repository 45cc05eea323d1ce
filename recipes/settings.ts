/** The bounds of settings, for the command line, the start of a run, and reading checkpoints. */
import { ArgumentError } from "../lib/errors.ts";
import { learningRateSchedules } from "../lib/training/mod.ts";
import { optimizerNames, type RecipeSettings } from "./recipe.ts";

/** The bounds of a number. */
export interface SettingBounds {
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
  /** Whether it is a whole number. */
  readonly whole: boolean;
  /** Whether it is optional. */
  readonly optional?: boolean;
}

/** The settings that are numbers. */
export type NumberSetting = {
  [Name in keyof RecipeSettings]-?: NonNullable<RecipeSettings[Name]> extends number ? Name : never;
}[keyof RecipeSettings];

/** The bounds of each setting. The learning rate's leave room on both sides of Adam's useful range, 1e-5 to 1e-2. */
export const settingBounds: Readonly<Record<NumberSetting, SettingBounds>> = {
  epochs: { min: 1, max: 100_000, whole: true },
  batch: { min: 1, max: 65_536, whole: true },
  learningRate: { min: 1e-10, max: 1, whole: false },
  warmupSteps: { min: 0, max: 1_000_000, whole: true, optional: true },
  microbatches: { min: 1, max: 1024, whole: true },
  width: { min: 1, max: 4096, whole: true },
  layers: { min: 1, max: 8, whole: true, optional: true },
  size: { min: 8, max: 1024, whole: true, optional: true },
  averageDecay: { min: 0, max: 0.99999, whole: false, optional: true },
  rank: { min: 1, max: 1024, whole: true, optional: true },
  alpha: { min: 1e-3, max: 10_000, whole: false, optional: true },
  priorWeight: { min: 0, max: 1000, whole: false, optional: true },
  vectors: { min: 1, max: 64, whole: true, optional: true },
};

/** The settings that are texts, all optional. */
export const textSettings = [
  "targets",
  "base",
  "prompt",
  "priorPrompt",
  "token",
  "initializer",
] as const satisfies readonly (keyof RecipeSettings)[];

/** The available schedules. */
export const scheduleNames = Object.keys(learningRateSchedules) as (keyof typeof learningRateSchedules)[];

/** The widths that an average by a power of the step may have: much shorter ones are the weights themselves. */
export const averageBounds: SettingBounds = { min: 0.005, max: 0.28, whole: false };

/** How many of them a run may keep. */
export const MAX_AVERAGES = 4;

/** What a setting is expected to be, for an error. */
export function expectedSetting({ min, max, whole }: SettingBounds): string {
  return `a ${whole ? "whole number" : "number"} from ${min} to ${max}`;
}

/** Whether a value is a number within bounds. */
export function isWithin(value: unknown, { min, max, whole }: SettingBounds): value is number {
  return typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
}

/**
 * Checks settings.
 *
 * @throws {ArgumentError} that names the first that is out of its bounds, or that the others do not allow.
 */
export function checkSettings(settings: RecipeSettings): void {
  for (const [name, bounds] of Object.entries(settingBounds)) {
    const value = settings[name as NumberSetting];
    if (value === undefined && bounds.optional) continue;
    if (isWithin(value, bounds)) continue;
    throw new ArgumentError(name, value, expectedSetting(bounds));
  }
  const { batch, microbatches, learningRateSchedule, optimizer, powerAverages } = settings;
  if (batch % microbatches) {
    throw new ArgumentError("microbatches", microbatches, `a divisor of the batch ${batch}`);
  }
  if (learningRateSchedule !== undefined && !scheduleNames.includes(learningRateSchedule)) {
    throw new ArgumentError(
      "learningRateSchedule",
      learningRateSchedule,
      `one of ${scheduleNames.join(", ")}`,
    );
  }
  if (optimizer !== undefined && !optimizerNames.includes(optimizer)) {
    throw new ArgumentError("optimizer", optimizer, `one of ${optimizerNames.join(", ")}`);
  }
  if (powerAverages !== undefined && !areAverages(powerAverages)) {
    throw new ArgumentError("powerAverages", powerAverages, expectedAverages, { plural: true });
  }
}

/** What the widths of averages are expected to be. */
export const expectedAverages =
  `1 to ${MAX_AVERAGES} different numbers from ${averageBounds.min} to ${averageBounds.max}`;

/** Whether a value is a list of widths of averages. */
export function areAverages(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length >= 1 && value.length <= MAX_AVERAGES &&
    new Set(value).size === value.length && value.every((width) => isWithin(width, averageBounds));
}
