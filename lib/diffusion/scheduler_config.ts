/**
 * `scheduler_config.json` as diffusers writes it: from its names to this library's schedules and rules.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import type { Config } from "../checkpoints/config.ts";
import { CheckpointError } from "../checkpoints/error.ts";
import { type DpmSolverSettings, readDpmSolverSettings } from "./dpm_solver_config.ts";
import { levelsOf } from "./noise_levels.ts";
import type { LevelSettings } from "./samplers/registration.ts";
import { type SamplerName, samplerRegistrations, type SamplerSettings } from "./samplers/mod.ts";
import {
  cosineSchedule,
  customSchedule,
  type DiscreteSchedule,
  exponentialSchedule,
  halfLogSnr,
  laplaceSchedule,
  linearSchedule,
  scaledLinearSchedule,
  sigmoidSchedule,
  zeroTerminalSnrSchedule,
} from "./schedule.ts";
import { type SchedulerClass, schedulerClasses } from "./scheduler_classes.ts";
import { clip, dynamicThreshold, type Threshold } from "./threshold.ts";
import type { PredictionType } from "./types.ts";

export type { DpmSolverSettings };

/** How implied clean images are held within the range of images, as data; see {@linkcode thresholdOf}. */
export type Thresholding =
  | { readonly kind: "none" }
  /** Clipped to `[-range, range]`. */
  | { readonly kind: "clip"; readonly range: number }
  /** Dynamic thresholding by a quantile, to at most `max`. */
  | { readonly kind: "dynamic"; readonly ratio: number; readonly max: number };

/** The settings in a scheduler's configuration. Plain data: it survives `structuredClone`. */
export interface SchedulerSettings extends SamplerSettings {
  /** What the network estimates. */
  readonly predictionType: PredictionType;
  /** How implied clean images are held within their range, whatever the sampler. */
  readonly thresholding: Thresholding;
  /** The sampler of the configuration's class; defaults to `ddpm`. */
  readonly sampler?: SamplerName;
  /** The samplers that the configuration rules out, each with the reason: a key of theirs that is not understood. */
  readonly refusals?: Readonly<Partial<Record<SamplerName, string>>>;
}

/** The longest noise schedule: a hundred times what networks are trained with. */
const LONGEST = 100_000;

/** The largest bounds of images. */
const LARGEST = 1e6;

/**
 * Reads a scheduler's configuration, and holds it to a sampler. Keys that are absent have the values that diffusers gives
 * them; keys that do not change what the sampler does are not looked at.
 *
 * @param config The configuration.
 * @param sampler The requested sampler; defaults to that of the configuration's class.
 * @throws {CheckpointError} if a value is unknown or out of its range, or asks for what is not supported.
 *
 * @example
 * ```ts
 * import { Config } from "@denoise/denoise/checkpoints";
 *
 * const config = await Config.read("models/emoji-I/scheduler/scheduler_config.json");
 * const { schedule } = scheduleFromConfig(config);
 * ```
 */
export function scheduleFromConfig(config: Config, sampler?: SamplerName): SchedulerSettings {
  const settings = readScheduler(config);
  samplerOf(settings, sampler);
  return settings;
}

/**
 * Reads a scheduler's configuration, for choosing the sampler later by {@linkcode samplerOf}: keys that one sampler alone
 * looks at rule out that one.
 *
 * @param config The configuration.
 * @throws {CheckpointError} if a value that concerns every sampler is unknown or out of its range, or the class is not known to
 * describe a noise schedule as DDPM's does.
 */
export function readScheduler(config: Config): SchedulerSettings {
  const known = classOf(config);
  const refusals: Partial<Record<SamplerName, string>> = {};
  /** Reads what one sampler needs; what it cannot read rules it out. */
  const readFor = <T>(sampler: SamplerName, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      refusals[sampler] ??= error.message;
      return undefined;
    }
  };
  const schedule = noiseScheduleFromConfig(config);
  const levels = readLevels(config, levelsOf(schedule));
  for (const [sampler, { spacings = [] }] of Object.entries(samplerRegistrations)) {
    if (levels && spacings.length > 0) {
      readFor(sampler as SamplerName, () => assertOneSpacing(config, levels, spacings));
    }
  }
  const own: Record<string, object> = {};
  for (const [sampler, { read }] of Object.entries(samplerRegistrations)) {
    const found = read && readFor(sampler as SamplerName, () => read(config));
    if (found && Object.keys(found).length > 0) own[sampler] = found;
  }
  const solver = readFor("dpm-solver++", () => readDpmSolverSettings(config));
  const lambdaMin = readFor("dpm-solver++", () => readLambdaMin(config, schedule));
  const variance = readFor("ddpm", () => readVariance(config)) ?? "fixed_small";
  const setAlphaToOne = readFor("ddim", () => config.boolean("set_alpha_to_one", true));
  return {
    schedule,
    predictionType: levels?.spacings.includes("flow")
      ? config.choice("prediction_type", ["epsilon", "v_prediction", "sample", "flow_prediction"], "epsilon")
      : config.choice("prediction_type", ["epsilon", "v_prediction", "sample"], "epsilon"),
    variance,
    thresholding: thresholding(config, known),
    spacing: config.choice("timestep_spacing", ["leading", "linspace", "trailing"], known.spacing),
    stepsOffset: config.whole("steps_offset", { min: 0, max: schedule.length - 1 }, 0),
    sampler: known.sampler,
    lambdaMin,
    solver,
    setAlphaToOne,
    ...(levels && { levels }),
    ...(Object.keys(own).length && { own }),
    ...(Object.keys(refusals).length && { refusals }),
  };
}

/**
 * The sampler for a network: the requested one, or that of its configuration's class.
 *
 * @param settings The settings in the configuration.
 * @param sampler The requested sampler, if any.
 * @throws {CheckpointError} if the configuration rules it out: the message names the file and the key.
 */
export function samplerOf(settings: SchedulerSettings, sampler?: SamplerName): SamplerName {
  const { refusals = {} } = settings;
  const chosen = sampler ?? settings.sampler ?? "ddpm";
  if (refusals[chosen] !== undefined) throw new CheckpointError(refusals[chosen]);
  return chosen;
}

/**
 * Reads the noise schedule alone, of a scheduler that does nothing but put noise into images.
 *
 * @param config The configuration, of any class whose noise schedule is described as DDPM's is.
 * @throws {CheckpointError} if it is of another class, or a value is unknown or out of its range.
 */
export function noiseScheduleFromConfig(config: Config): DiscreteSchedule {
  const known = classOf(config);
  const schedule = noiseSchedule(config, known);
  if (known.zeroSnr === undefined || !config.boolean("rescale_betas_zero_snr", false)) return schedule;
  if (known.zeroSnr === 0 && config.values["prediction_type"] !== "v_prediction") {
    // An estimate of the noise says nothing of the image where nothing is left of it.
    const sample = config.values["prediction_type"] === "sample";
    if (!sample) {
      config.fail("rescale_betas_zero_snr", "false, unless prediction_type is v_prediction or sample,");
    }
  }
  if (schedule.length < 2) config.fail("rescale_betas_zero_snr", "false, with a single timestep,");
  return zeroTerminalSnrSchedule(schedule, known.zeroSnr);
}

/** The threshold from plain data; undefined for none. */
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

/** What the class of a configuration means. */
function classOf(config: Config): SchedulerClass {
  const name = config.text("_class_name", "DDPMScheduler");
  if (Object.hasOwn(schedulerClasses, name)) return schedulerClasses[name];
  throw new CheckpointError(
    config.problem("_class_name", `one of ${Object.keys(schedulerClasses).join(", ")}`),
  );
}

function noiseSchedule(config: Config, { betas, betaSchedule }: SchedulerClass): DiscreteSchedule {
  const length = config.whole("num_train_timesteps", { min: 1, max: LONGEST }, 1000);
  if (config.has("trained_betas")) {
    const trained = config.numbers("trained_betas");
    if (trained.length !== length || trained.some((beta) => !(beta > 0 && beta < 1))) {
      config.fail("trained_betas", `a list of ${length} numbers in (0, 1)`);
    }
    return built(config, "trained_betas", () => customSchedule(trained));
  }
  const kind = config.choice(
    "beta_schedule",
    ["linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid", "laplace", "exp"],
    betaSchedule,
  );
  if (kind === "squaredcos_cap_v2") return built(config, "num_train_timesteps", () => cosineSchedule(length));
  if (kind === "laplace") return built(config, "num_train_timesteps", () => laplaceSchedule(length));
  if (kind === "exp") return built(config, "num_train_timesteps", () => exponentialSchedule(length));
  const [start, end] = [beta(config, "beta_start", betas[0]), beta(config, "beta_end", betas[1])];
  const make =
    { linear: linearSchedule, scaled_linear: scaledLinearSchedule, sigmoid: sigmoidSchedule }[kind];
  return built(config, config.has("beta_end") ? "beta_end" : "num_train_timesteps", () => {
    return make(length, start, end);
  }, "beta_start");
}

/**
 * Builds a schedule; where betas leave all or nothing of the signal, it is a key of the file that is to blame, at timestep 0 perhaps
 * another one than later.
 */
function built(config: Config, key: string, build: () => DiscreteSchedule, first = key): DiscreteSchedule {
  try {
    return build();
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause;
    const blamed = cause.argument === "betas[0]" ? first : key;
    return config.fail(blamed, `what leaves some signal and some noise at every timestep (${cause.message})`);
  }
}

function beta(config: Config, key: string, fallback: number): number {
  const value = config.number(key, {}, fallback);
  return value > 0 && value < 1 ? value : config.fail(key, "a number in (0, 1)");
}

/** The keys that space noise levels, in the order in which diffusers looks at them. */
const SPACINGS = {
  use_karras_sigmas: "karras",
  use_lu_lambdas: "lu",
  use_exponential_sigmas: "exponential",
  use_beta_sigmas: "beta",
  use_flow_sigmas: "flow",
} as const;

/** The spacing of noise levels; undefined if none is requested. */
function readLevels(config: Config, table: Float32Array): LevelSettings | undefined {
  const spacings = Object.entries(SPACINGS).filter(([key]) => config.boolean(key, false)).map(([, name]) =>
    name
  );
  if (spacings.length === 0) return undefined;
  const flow = spacings.includes("flow");
  // Beyond those of the timesteps there is none that a network could be conditioned on.
  const bounds = { min: table[0], max: table[table.length - 1] };
  if (flow && config.boolean("use_dynamic_shifting", false)) config.fail("use_dynamic_shifting", "false");
  return {
    spacings,
    ...(config.has("sigma_min") && { min: config.number("sigma_min", bounds) }),
    ...(config.has("sigma_max") && { max: config.number("sigma_max", bounds) }),
    ...(flow && config.has("flow_shift") &&
      { flowShift: config.number("flow_shift", { min: 0, open: true, max: LARGEST }) }),
    ...(flow && config.has("shift_terminal") &&
      { flowTerminal: config.number("shift_terminal", { min: 0, open: true, max: 1 }) }),
    ...(config.values["beta_schedule"] === "squaredcos_cap_v2" && { cosine: true }),
  };
}

/** Diffusers refuses two of Karras', exponential and beta levels, and ours are not those of flow matching at the same time. */
function assertOneSpacing(
  config: Config,
  { spacings }: LevelSettings,
  known: readonly (LevelSettings["spacings"][number])[],
): void {
  const asked = spacings.filter((spacing) => known.includes(spacing) && spacing !== "lu");
  if (asked.length < 2) return;
  const key = Object.keys(SPACINGS).find((key) => SPACINGS[key as keyof typeof SPACINGS] === asked[1])!;
  config.fail(key, `false, beside the spacing ${asked[0]},`);
}

/** Minus infinity, as diffusers writes it by default, limits nothing. */
function readLambdaMin(config: Config, schedule: DiscreteSchedule): number | undefined {
  const key = "lambda_min_clipped";
  if (!config.has(key) || config.values[key] === -Infinity) return undefined;
  const most = halfLogSnr(schedule, Math.min(1, schedule.length - 1));
  const value = config.number(key);
  return value <= most
    ? value
    : config.fail(key, `a number of at most ${most.toFixed(3)}, which leaves two timesteps,`);
}

function readVariance(config: Config): SchedulerSettings["variance"] {
  const type = config.choice(
    "variance_type",
    ["fixed_small", "fixed_small_log", "fixed_large", "learned", "learned_range"],
    "fixed_small",
  );
  // The one is computed by way of its logarithm, for the stability of half precision; the numbers are the same.
  return type === "fixed_small_log" ? "fixed_small" : type;
}

/** Dynamic thresholding wins over clipping, as in diffusers. */
function thresholding(config: Config, { clips, thresholds }: SchedulerClass): Thresholding {
  if (thresholds && config.boolean("thresholding", false)) {
    const ratio = config.number("dynamic_thresholding_ratio", { max: 1 }, 0.995);
    if (!(ratio > 0)) config.fail("dynamic_thresholding_ratio", "a number in (0, 1]");
    const unlimited = config.values["sample_max_value"] === Infinity;
    return {
      kind: "dynamic",
      ratio,
      max: unlimited ? Infinity : config.number("sample_max_value", { min: 1, max: LARGEST }, 1),
    };
  }
  if (
    clips === undefined || !config.boolean("clip_sample", clips) ||
    config.values["clip_sample_range"] === Infinity
  ) {
    return { kind: "none" };
  }
  const range = config.number("clip_sample_range", { max: LARGEST }, 1);
  return range > 0 ? { kind: "clip", range } : config.fail("clip_sample_range", "a number above 0");
}
