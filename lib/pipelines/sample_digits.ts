/**
 * Sampling with the networks for digits, with or without a class.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { sample, type SampleStep } from "../diffusion/sample.ts";
import { type SamplerName, samplers, type Visits } from "../diffusion/samplers/mod.ts";
import { maxSteps, visitsOf } from "../diffusion/scheduler_run.ts";
import { thresholdOf } from "../diffusion/scheduler_config.ts";
import { clip, type Threshold } from "../diffusion/threshold.ts";
import { trailingTimesteps } from "../diffusion/timesteps.ts";
import type { Denoiser } from "../diffusion/types.ts";
import { conditioned } from "../effects/conditioned.ts";
import { guidance } from "../effects/guidance.ts";
import { assertGuidanceScale } from "../effects/guidance_scale.ts";
import { stackConditions } from "../effects/stack_conditions.ts";
import type { MnistModel } from "../models/mnist.ts";
import { Generator } from "../random.ts";
import { described } from "../show_value.ts";
import { concat } from "../tensor.ts";
import { stageSampler, stageSamplerName } from "./stage/stage_sampler.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The options of {@linkcode sampleDigits}. */
export interface SampleDigitsOptions {
  /** The seed of all noise, an integer or a generator. Image n starts from the n-th draw. */
  readonly seed: number | bigint | Generator;
  /** How many steps, from 1 to the schedule's length; defaults to 20. */
  readonly numInferenceSteps?: number;
  /** The sampler; defaults to that of {@linkcode digitSampler}, `dpm-solver++` for the networks that ship. */
  readonly sampler?: SamplerName;
  /**
   * How far to go from the images without the class towards those with it (default: 5), from -1000 to 1000: 0 ignores
   * the class, 1 is the class alone, more exaggerates it, below 0 it is avoided.
   */
  readonly guidanceScale?: number;
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
}

const sampleDigitsOptionNames: OptionNames<SampleDigitsOptions> = {
  seed: true,
  numInferenceSteps: true,
  sampler: true,
  guidanceScale: true,
  signal: true,
};

/** The defaults of {@linkcode SampleDigitsOptions}. */
export const sampleDigitsDefaults = {
  numInferenceSteps: 20,
  sampler: "dpm-solver++",
  guidanceScale: 5,
} as const satisfies Partial<SampleDigitsOptions>;

/**
 * The sampler for digits: the one given, else that of the scheduler's class, except for DDPM's, which is
 * the class of networks that only record how they were trained: `dpm-solver++` generates the same digits in a tenth of the
 * steps.
 *
 * @param model The network.
 * @param sampler The requested sampler, if any.
 * @throws {ArgumentError} if the sampler is unknown.
 * @throws {CheckpointError} if the scheduler's configuration rules the sampler out: the message names the file and the key.
 */
export function digitSampler(
  { scheduler }: Pick<MnistModel, "scheduler">,
  sampler?: SamplerName,
): SamplerName {
  const own = stageSamplerName(scheduler, sampler);
  if (sampler !== undefined || own !== "ddpm") return own;
  return stageSamplerName(scheduler, sampleDigitsDefaults.sampler);
}

/**
 * The timesteps for sampling digits: evenly spaced from the noisiest on. The start is pure noise, and a run that does
 * not begin at the noisiest timestep would mistake the noise for an image.
 *
 * @param model The network.
 * @param sampler The sampler.
 * @param count How many, from 1 to the schedule's length.
 * @throws {ArgumentError} if the sampler is unknown or the count out of its range.
 */
export function digitTimesteps(model: MnistModel, sampler: SamplerName, count: number): number[] {
  if (!Object.hasOwn(samplers, sampler)) {
    throw new ArgumentError("sampler", sampler, `one of ${Object.keys(samplers).join(", ")}`);
  }
  const most = maxSteps(model.scheduler, sampler);
  if (!(Number.isInteger(count) && count >= 1 && count <= most)) {
    throw new ArgumentError("steps", count, `a whole number from 1 to ${most}`);
  }
  return [...digitVisits(model, sampler, count).timesteps];
}

/** {@linkcode digitTimesteps} of a number that fits, and what the network is conditioned on. */
function digitVisits({ scheduler }: MnistModel, sampler: SamplerName, count: number): Visits {
  const { schedule } = scheduler;
  // The solver skips the timesteps of a cosine schedule that are too noisy for it, unless all of them are requested.
  return count < schedule.length
    ? visitsOf({ ...scheduler, spacing: "trailing" }, sampler, count)
    : { timesteps: trailingTimesteps(count, schedule.length) };
}

/**
 * Samples images of given classes.
 *
 * @param model The network.
 * @param labels The class of each image, or null for none; a network without classes takes nulls alone.
 * @param options The seed, the steps, the sampler, the guidance.
 * @yields The steps; `x` and `x0` are `[labels.length, 1, 28, 28]`, in the end in the model's range, not clipped.
 * @throws {ArgumentError} if a class is unknown or an option out of its range.
 * @throws {CheckpointError} if the scheduler's configuration asks for something the sampler does not support.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { openMnistModel, sampleToEnd } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
 * const digits = await sampleToEnd(sampleDigits(model, [2, 0, 2, 4], { seed: 0, numInferenceSteps: 5 }));
 * ```
 */
export async function* sampleDigits(
  model: MnistModel,
  labels: readonly (number | null)[],
  options: SampleDigitsOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, sampleDigitsOptionNames);
  const { seed, signal } = options;
  const { numInferenceSteps, guidanceScale } = { ...sampleDigitsDefaults, ...defined(options) };
  const sampler = digitSampler(model, options.sampler);
  assertGuidanceScale("guidanceScale", guidanceScale);
  if (labels.length === 0) {
    throw new ArgumentError("labels", described("empty list"), "at least one class or null");
  }
  const generator = seed instanceof Generator ? seed : new Generator(seed);
  const timesteps = digitTimesteps(model, sampler, numInferenceSteps);
  const { size, channels } = model.spec;
  const start = concat(labels.map(() => generator.randn([1, channels, size, size])));
  yield* sample(await denoiserOf(model, labels, guidanceScale), {
    sampler: stageSampler(model.scheduler, sampler, 0, timesteps.length),
    timesteps,
    conditioningTimesteps: digitVisits(model, sampler, numInferenceSteps).conditioningTimesteps,
    start,
    noise: (shape) => generator.randn(shape),
    threshold: thresholdFor(model),
    signal,
  });
}

/** Without any class there is no guidance. */
async function denoiserOf(
  model: MnistModel,
  labels: readonly (number | null)[],
  guidanceScale: number,
): Promise<Denoiser> {
  const [nothing, ...each] = await model.prepare([null, ...labels]);
  const empty = () => conditioned(model, nothing);
  if (labels.every((label) => label === null)) return empty();
  return await guidance(() => conditioned(model, stackConditions(each)), empty, guidanceScale);
}

/** Clipping in diffusers is to [-1, 1]; these networks' images may have another range. */
function thresholdFor(model: MnistModel): Threshold | undefined {
  const { thresholding } = model.scheduler;
  return thresholding.kind === "clip" ? clip(model.spec.range) : thresholdOf(thresholding);
}

/** Options that are undefined count as not given. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
