/**
 * `scheduler_config.json` as diffusers writes it: from its names to this library's schedules and rules.
 *
 * @module
 */
import type { Config } from "../checkpoints/config.ts";
import {
  cosineSchedule,
  customSchedule,
  linearSchedule,
  type NoiseSchedule,
  scaledLinearSchedule,
} from "./schedule.ts";
import { clip, dynamicThreshold, type Threshold } from "./threshold.ts";
import type { PredictionType } from "./types.ts";

/** How implied clean pictures are held within the range of pictures, as data; see {@linkcode thresholdOf}. */
export type Thresholding =
  | { readonly kind: "none" }
  /** Clipped to `[-range, range]`. */
  | { readonly kind: "clip"; readonly range: number }
  /** Dynamic thresholding by a quantile, to at most `max`. */
  | { readonly kind: "dynamic"; readonly ratio: number; readonly max: number };

/** What a scheduler's configuration says. */
export interface SchedulerSettings {
  /** The noise schedule. */
  readonly schedule: NoiseSchedule;
  /** What the network estimates. */
  readonly predictionType: PredictionType;
  /** The variance of DDPM's noise. */
  readonly variance: "fixed_small" | "fixed_large" | "learned_range";
  /** How implied clean pictures are held within their range. */
  readonly thresholding: Thresholding;
  /** Which timesteps are visited by default. */
  readonly spacing: "leading" | "linspace" | "trailing";
  /** The smallest half log-SNR that DPM-Solver visits, where the configuration limits it. */
  readonly lambdaMin?: number;
}

/** The schedulers whose files are understood; they share their keys. */
const CLASSES = ["DDPMScheduler", "DDIMScheduler", "DPMSolverMultistepScheduler"] as const;

/**
 * Reads a scheduler's configuration. Keys that are absent have the values that diffusers gives them.
 *
 * @param config The configuration, of DDPM, DDIM or the multistep DPM-Solver.
 * @throws {CheckpointError} if a value is unknown or out of its range, or asks for what is not supported.
 *
 * @example
 * ```ts
 * import { Config } from "@denoise/denoise";
 *
 * const config = await Config.read("models/emoji-I/scheduler/scheduler_config.json");
 * const { schedule } = scheduleFromConfig(config);
 * ```
 */
export function scheduleFromConfig(config: Config): SchedulerSettings {
  const className = config.choice("_class_name", CLASSES, "DDPMScheduler");
  if (config.boolean("rescale_betas_zero_snr", false)) config.fail("rescale_betas_zero_snr", "false");
  if (config.whole("steps_offset", {}, 0) !== 0) config.fail("steps_offset", "0");
  return {
    schedule: noiseSchedule(config),
    predictionType: config.choice("prediction_type", ["epsilon", "v_prediction", "sample"], "epsilon"),
    variance: variance(config),
    thresholding: thresholding(config, className !== "DPMSolverMultistepScheduler"),
    spacing: config.choice(
      "timestep_spacing",
      ["leading", "linspace", "trailing"],
      className === "DPMSolverMultistepScheduler" ? "linspace" : "leading",
    ),
    lambdaMin: config.has("lambda_min_clipped") ? config.number("lambda_min_clipped") : undefined,
  };
}

/** The threshold that data stands for; undefined where nothing is held. */
export function thresholdOf(thresholding: Thresholding): Threshold | undefined {
  switch (thresholding.kind) {
    case "none":
      return undefined;
    case "clip":
      return clip([-thresholding.range, thresholding.range]);
    case "dynamic":
      return dynamicThreshold({ ratio: thresholding.ratio, max: thresholding.max });
  }
}

function noiseSchedule(config: Config): NoiseSchedule {
  const length = config.whole("num_train_timesteps", { min: 1 }, 1000);
  if (config.has("trained_betas")) {
    const betas = config.numbers("trained_betas");
    if (betas.length !== length || betas.some((beta) => !(beta > 0 && beta < 1))) {
      config.fail("trained_betas", `a list of ${length} numbers in (0, 1)`);
    }
    return customSchedule(betas);
  }
  const kind = config.choice("beta_schedule", ["linear", "scaled_linear", "squaredcos_cap_v2"], "linear");
  if (kind === "squaredcos_cap_v2") return cosineSchedule(length);
  const [start, end] = [beta(config, "beta_start", 1e-4), beta(config, "beta_end", 0.02)];
  return kind === "linear" ? linearSchedule(length, start, end) : scaledLinearSchedule(length, start, end);
}

function beta(config: Config, key: string, fallback: number): number {
  const value = config.number(key, {}, fallback);
  return value > 0 && value < 1 ? value : config.fail(key, "a number in (0, 1)");
}

function variance(config: Config): SchedulerSettings["variance"] {
  const type = config.choice(
    "variance_type",
    ["fixed_small", "fixed_small_log", "fixed_large", "learned_range"],
    "fixed_small",
  );
  // The one is computed by way of its logarithm, for the stability of half precision; the numbers are the same.
  return type === "fixed_small_log" ? "fixed_small" : type;
}

/** Dynamic thresholding wins over clipping, as in diffusers; DPM-Solver's configuration knows no clipping. */
function thresholding(config: Config, clips: boolean): Thresholding {
  if (config.boolean("thresholding", false)) {
    const ratio = config.number("dynamic_thresholding_ratio", { max: 1 }, 0.995);
    if (!(ratio > 0)) config.fail("dynamic_thresholding_ratio", "a number in (0, 1]");
    return { kind: "dynamic", ratio, max: config.number("sample_max_value", { min: 1 }, 1) };
  }
  if (!config.boolean("clip_sample", clips)) return { kind: "none" };
  const range = config.number("clip_sample_range", {}, 1);
  return range > 0 ? { kind: "clip", range } : config.fail("clip_sample_range", "a number above 0");
}
