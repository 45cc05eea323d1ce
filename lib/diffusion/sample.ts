/**
 * The loop: from noise to images, by a denoiser and a sampler. Every effect is one call of {@linkcode sample} with
 * another denoiser, start or constraint.
 *
 * @module
 */

import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { assertSameShape, type Tensor } from "../tensor.ts";
import { FeatureCaches } from "./feature_cache.ts";
import { cleanFromNoise } from "./prediction.ts";
import { sameSchedule } from "./same_schedule.ts";
import { assertTimestep, cleanTimestep, type NoiseSchedule } from "./schedule.ts";
import type { Threshold } from "./threshold.ts";
import { assertTimesteps } from "./timesteps.ts";
import type {
  Constraint,
  Denoiser,
  Evaluation,
  Input,
  Model,
  Noise,
  Plan,
  Prediction,
  Query,
  Sampler,
  SamplerStep,
} from "./types.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The options of {@linkcode denoiseOnce}. */
export interface DenoiseOptions {
  /** Thresholds the implied clean images; by default nothing does. */
  readonly threshold?: Threshold;
  /** The noise schedule; defaults to that of the queried networks, which must agree. */
  readonly schedule?: NoiseSchedule;
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
}

const denoiseOptionNames: OptionNames<DenoiseOptions> = {
  threshold: true,
  schedule: true,
  signal: true,
};

/** The options of {@linkcode sample}. */
export interface SampleOptions extends DenoiseOptions {
  /** The algorithm of a step. */
  readonly sampler: Sampler;
  /** The timesteps to visit, strictly descending. */
  readonly timesteps: readonly number[];
  /** The images at the first timestep, `[N, C, H, W]`: noise, or for image-to-image noised images. */
  readonly start: Tensor;
  /** For super-resolution: the enlarged low-resolution images, `[N, C, H, W]`. */
  readonly lowRes?: Tensor;
  /** The source of the steps' noise. */
  readonly noise: Noise;
  /** A constraint on the images (inpainting). */
  readonly constrain?: Constraint;
  /**
   * Every how many steps networks recompute their deep features, from the first on, a whole number from 1 (the default: at every step).
   * In between, networks that support it reuse them, in a fraction of the time (Ma et al. 2023, "DeepCache", section
   * 3.2: uniform 1:N).
   */
  readonly cacheInterval?: number;
  /**
   * The timesteps that networks are conditioned on in place of visited ones, by the visited one: diffusers rounds them where a spacing
   * of noise levels leads between the timesteps, and counts those of flow matching in thousandths. Others stay as they are.
   */
  readonly conditioningTimesteps?: ReadonlyMap<number, number>;
}

const sampleOptionNames: OptionNames<SampleOptions> = {
  ...denoiseOptionNames,
  sampler: true,
  timesteps: true,
  start: true,
  lowRes: true,
  noise: true,
  constrain: true,
  cacheInterval: true,
  conditioningTimesteps: true,
};

/** A denoiser's evaluation of noisy images. */
export interface Estimate extends Evaluation {
  /** The noise schedule it used. */
  readonly schedule: NoiseSchedule;
}

/** One finished step of {@linkcode sample}. */
export interface SampleStep {
  /** The number of steps before this one. */
  readonly index: number;
  /** The timestep at which the step began. */
  readonly t: number;
  /** The timestep that it reached; after the last the clean one (-1, or 0 in a continuous schedule). */
  readonly tNext: number;
  /** The images at `tNext`, `[N, C, H, W]`: after the step. */
  readonly x: Tensor;
  /** The clean images that the prediction at `t` implies, thresholded. */
  readonly x0: Tensor;
  /** The prediction at `t`. */
  readonly prediction: Prediction;
}

/** How many earlier steps are passed to a sampler: more than any sampler uses, few enough for large images. */
const HISTORY = 4;

/**
 * Samples images, step by step.
 *
 * Each step asks the denoiser for its plan, evaluates all queries of one network in one batch, and passes the prediction
 * to the sampler. A step is yielded when it is done, the last one after the constraint's `end`.
 *
 * @param denoiser What predicts the noise.
 * @param options The sampler, the timesteps, the start, and the rest of {@linkcode SampleOptions}.
 * @yields The steps, in order: as many as there are timesteps.
 * @throws {ArgumentError} if the timesteps are empty, not strictly descending or out of the schedule, or if there is no schedule
 * or networks have different ones.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { conditioned, ddim, Generator, guided, openMnistModel } from "@denoise/denoise";
 * import { dynamicThreshold, leadingTimesteps } from "@denoise/denoise/diffusion";
 *
 * await using model = await openMnistModel("mnist-class");
 * const [seven, none] = (await model.prepare([7, null])).map((condition) => conditioned(model, condition));
 * const generator = new Generator(0);
 * const noise = (shape: readonly number[]) => generator.randn(shape);
 * const steps = sample(guided(seven, none, 5), {
 *   sampler: ddim(),
 *   timesteps: leadingTimesteps(5, model.spec.schedule.length),
 *   start: noise([1, 1, 28, 28]),
 *   noise,
 *   threshold: dynamicThreshold(),
 * });
 * for await (const { index, x0 } of steps) console.log(index, x0.shape);
 * ```
 */
export async function* sample(
  denoiser: Denoiser,
  options: SampleOptions,
): AsyncGenerator<SampleStep, void, undefined> {
  assertOptions(options, sampleOptionNames);
  const { sampler, lowRes, noise, constrain, signal, cacheInterval = 1 } = options;
  if (!(Number.isInteger(cacheInterval) && cacheInterval >= 1)) {
    throw new ArgumentError("cacheInterval", cacheInterval, "a whole number from 1");
  }
  const timesteps = [...options.timesteps];
  if (timesteps.length === 0) throw new ArgumentError("timesteps", described("empty"), "at least one");
  if (options.schedule) assertTimesteps(timesteps, options.schedule);
  let x = constrain?.start?.(options.start) ?? options.start;
  let history: SamplerStep["history"] = [];
  const memory: SamplerStep["memory"] = new Map();
  const deep = cacheInterval > 1 ? new FeatureCaches() : undefined;
  for (const [index, t] of timesteps.entries()) {
    if (deep) deep.renew = index % cacheInterval === 0;
    const plan = planStep(denoiser, { x, lowRes }, t, options);
    const { schedule } = plan;
    if (index === 0) assertTimesteps(timesteps, schedule);
    const tNext = timesteps[index + 1] ?? cleanTimestep(schedule);
    const { prediction, x0 } = await answer(plan, options, deep);
    const evaluate = (x: Tensor, t: number, conditioning?: number) =>
      estimate(denoiser, { x, lowRes }, t, options, conditioning, deep);
    const step = { x, x0, prediction, t, tNext, index, count: timesteps.length, history, memory, evaluate };
    let next = await sampler(step, schedule, noise);
    next = constrain?.after?.(next, x, tNext, noise) ?? next;
    if (index === timesteps.length - 1) next = constrain?.end?.(next) ?? next;
    signal?.throwIfAborted();
    history = [...history, { t, x, x0 }].slice(-HISTORY);
    x = next;
    yield { index, t, tNext, x, x0, prediction };
  }
}

/**
 * Runs a sampling to its end.
 *
 * @param steps What {@linkcode sample} gives.
 * @returns The last step.
 * @throws {ArgumentError} if there is none.
 */
export async function lastStep(steps: AsyncIterable<SampleStep>): Promise<SampleStep> {
  let last: SampleStep | undefined;
  for await (const step of steps) last = step;
  if (!last) throw new ArgumentError("steps", described("none"), "at least one");
  return last;
}

/**
 * Runs a sampling to its end.
 *
 * @param steps What {@linkcode sample} gives.
 * @returns The final images, `[N, C, H, W]`.
 * @throws {ArgumentError} if there are no steps.
 */
export async function sampleToEnd(steps: AsyncIterable<SampleStep>): Promise<Tensor> {
  return (await lastStep(steps)).x;
}

/**
 * One-step denoising: one plan, evaluated.
 *
 * @param denoiser What predicts the noise.
 * @param input The noisy images.
 * @param t Their timestep.
 * @param options The threshold, the schedule and the signal.
 * @throws {ArgumentError} if `t` is out of the schedule, or there is no schedule, or networks have different ones.
 * @throws The signal's reason, once it is aborted.
 */
export async function denoiseOnce(
  denoiser: Denoiser,
  input: Input,
  t: number,
  options: DenoiseOptions = {},
): Promise<Estimate> {
  assertOptions(options, denoiseOptionNames);
  return await estimate(denoiser, input, t, options);
}

/** {@linkcode denoiseOnce} with checked options. */
async function estimate(
  denoiser: Denoiser,
  input: Input,
  t: number,
  options: DenoiseOptions & Pick<SampleOptions, "conditioningTimesteps">,
  conditioning?: number,
  deep?: FeatureCaches,
): Promise<Estimate> {
  return await answer(planStep(denoiser, input, t, options, conditioning), options, deep);
}

/** The plan for images of the noise level of `t`, where networks are conditioned on another timestep. */
function planAt(denoiser: Denoiser, input: Input, t: number, conditioning: number): Plan {
  const plan = denoiser(input, conditioning);
  if (conditioning === t) return plan;
  return { queries: plan.queries.map((query) => ({ ...query, level: t })), answer: plan.answer };
}

/** The plan of a step whose timestep is known to be in the schedule. */
interface StepPlan extends Plan {
  readonly x: Tensor;
  readonly t: number;
  readonly schedule: NoiseSchedule;
}

function planStep(
  denoiser: Denoiser,
  input: Input,
  t: number,
  options: Pick<SampleOptions, "schedule" | "signal" | "conditioningTimesteps">,
  conditioning = options.conditioningTimesteps?.get(t) ?? t,
): StepPlan {
  const { schedule, signal } = options;
  signal?.throwIfAborted();
  const { queries, answer } = planAt(denoiser, input, t, conditioning);
  const common = schedule ?? commonSchedule(queries);
  assertTimestep(common, t);
  return { queries, answer, x: input.x, t, schedule: common };
}

async function answer(
  plan: StepPlan,
  { threshold, signal }: DenoiseOptions,
  deep?: FeatureCaches,
): Promise<Estimate> {
  const { x, t, schedule } = plan;
  const prediction = plan.answer(await answers(plan.queries, signal, deep));
  const x0 = prediction.x0 ?? cleanFromNoise(x, prediction.noise, t, schedule);
  assertSameShape(x, x0, "prediction.x0");
  return { prediction, x0: threshold?.(x0) ?? x0, schedule };
}

/** The predictions in the order of the queries; each network is run once, with all its queries. */
async function answers(
  queries: readonly Query[],
  signal?: AbortSignal,
  deep?: FeatureCaches,
): Promise<Prediction[]> {
  const indices = new Map<Model, number[]>();
  queries.forEach(({ model }, i) => indices.set(model, [...indices.get(model) ?? [], i]));
  const predictions = new Array<Prediction>(queries.length);
  for (const [model, own] of indices) {
    const batch = await model.run(own.map((i) => queries[i]), {
      signal,
      features: deep?.of(model),
    });
    // A network may ignore the signal, or may have finished just as it came.
    signal?.throwIfAborted();
    if (batch.length !== own.length) {
      throw new Error(`model: ${batch.length} answers where ${own.length} are expected`);
    }
    own.forEach((i, k) => predictions[i] = batch[k]);
  }
  return predictions;
}

/** The noise schedule on which the networks agree. */
function commonSchedule(queries: readonly Query[]): NoiseSchedule {
  const [first, ...others] = new Set(queries.map(({ model }) => model.spec.schedule));
  if (!first) {
    throw new ArgumentError("schedule", described("none"), "one", {
      note: "since the denoiser asks no network",
    });
  }
  if (!others.every((other) => sameSchedule(first, other))) {
    throw new ArgumentError("denoiser", described("networks of different noise schedules"), "one schedule");
  }
  return first;
}
