/**
 * The vocabulary of the library: the inputs and predictions of networks, and the small interfaces out of which every effect
 * is composed.
 *
 * A {@linkcode Denoiser} gives a pure {@linkcode Plan}: the evaluations of networks that it needs, and how to combine their
 * results into one prediction. The loop (`sample`) gathers the queries of a step and runs them as one batch.
 *
 * @module
 */

import type { Tensor } from "../tensor.ts";
import type { NoiseSchedule } from "./schedule.ts";

/** The input of a network. A view turns every image in it: in a super-resolution stage the low-resolution one too. */
export interface Input {
  /** The noisy images, `[N, C, H, W]`. */
  readonly x: Tensor;
  /** For super-resolution: the enlarged low-resolution images, `[N, C, H, W]`. */
  readonly lowRes?: Tensor;
}

/** The prediction of a network for its input. */
export interface Prediction {
  /** The noise estimate, shaped as `x`. */
  readonly noise: Tensor;
  /**
   * The clean images that are meant, shaped as `x`; only where they are computed directly, of networks that estimate
   * them or velocities. Elsewhere they follow from the noise. Whatever changes the noise must change them alike, or leave
   * them out.
   */
  readonly x0?: Tensor;
  /** The raw learned variance interpolation, nominally in `[-1, 1]`, shaped as `x`; only where the network has one. */
  readonly variance?: Tensor;
}

/**
 * Whatever depends on the prompt (or class, or noise level) alone, computed once and reused at every step. Each
 * tensor's first axis is the batch: 1 (shared by all images) or N (one for each image).
 */
export interface Condition {
  /** Named inputs of the network's step graph. */
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/** One evaluation of one network. */
export interface Query {
  /** The network to run. */
  readonly model: Model;
  /** Its input. */
  readonly input: Input;
  /**
   * The timestep that the network is conditioned on, of its noise schedule; what it is fed for it (1000 t, log sigma) is the model's
   * business.
   */
  readonly t: number;
  /**
   * The timestep whose noise level the images have, where it is not `t`: solvers visit levels between the timesteps, and the
   * network is conditioned on the nearest (`SampleOptions.conditioningTimesteps`). What depends on the amount of noise is computed by it.
   */
  readonly level?: number;
  /** What it is conditioned on. */
  readonly condition: Condition;
}

/** The evaluations that one prediction takes. */
export interface Plan {
  /** The evaluations that the prediction needs. */
  readonly queries: readonly Query[];
  /** The prediction, combined from those of the queries, in their order. Uses no `this`. */
  readonly answer: (predictions: readonly Prediction[]) => Prediction;
}

/** Plans the prediction for noisy images at a timestep. Pure and synchronous. */
export type Denoiser = (input: Input, t: number) => Plan;

/**
 * What a network estimates from a noisy image, by the names of diffusers: the noise, the velocity of Salimans & Ho, the clean
 * image, or the velocity of flow matching.
 */
export type PredictionType = "epsilon" | "v_prediction" | "sample" | "flow_prediction";

/** The fixed properties of a {@linkcode Model}, with the kind of its noise schedule. */
export interface ModelSpec<Schedule extends NoiseSchedule = NoiseSchedule> {
  /** Height and width of its images, in pixels. */
  readonly size: number;
  /** Channels of its images. */
  readonly channels: number;
  /** The values that black and white have in its clean images: `[-1, 1]` for most, `[0, 1]` for the MNIST networks. */
  readonly range: readonly [black: number, white: number];
  /** The prediction type; whatever it is, {@linkcode Model.run} returns a noise estimate, and the
   * clean images beside it where the network estimates anything else. */
  readonly predicts: PredictionType;
  /** Whether predictions carry a learned variance. */
  readonly learnsVariance: boolean;
  /** The noise schedule that it was trained with. */
  readonly schedule: Schedule;
}

/** The deep features of a network, kept from one step for those after it. */
export interface KeptFeatures {
  /** The features for some queries, `[N, C, H, W]` in their order; undefined if they must be recomputed. */
  take(queries: readonly Query[]): Tensor | undefined;
  /** Keeps the features of some queries, `[N, C, H, W]` in their order. */
  keep(queries: readonly Query[], features: Tensor): void;
}

/** How queries are evaluated. */
export interface RunOptions {
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
  /** The deep features of earlier steps. Networks without support for it compute everything. */
  readonly features?: KeptFeatures;
}

/** One network with its schedule and its sessions. `C` is what it can be conditioned on. */
export interface Model<C = unknown> extends AsyncDisposable {
  /** The fixed properties. */
  readonly spec: ModelSpec;
  /** Computes what depends on the conditions alone, once. */
  prepare(conditions: C[]): Promise<Condition[]>;
  /** Evaluates queries, all in one batch. Stops with the signal's reason between batches. */
  run(queries: Query[], options?: RunOptions): Promise<Prediction[]>;
}

/** A source of standard normal noise: each call draws the next tensor of a shape. */
export type Noise = (shape: readonly number[]) => Tensor;

/** What a denoiser makes of noisy images. */
export interface Evaluation {
  /** The prediction. */
  readonly prediction: Prediction;
  /** The clean images that the prediction implies, thresholded. */
  readonly x0: Tensor;
}

/** The input of a {@linkcode Sampler} for one step, from timestep `t` to the earlier `tNext`. */
export interface SamplerStep extends Evaluation {
  /** The noisy images at `t`, `[N, C, H, W]`. */
  readonly x: Tensor;
  /** The timestep. */
  readonly t: number;
  /** The next, smaller timestep; after the last the clean one (-1, or 0 in a continuous schedule). */
  readonly tNext: number;
  /** The number of steps before this one. */
  readonly index: number;
  /** The number of steps of the run. */
  readonly count: number;
  /** The latest of the earlier steps, the oldest first: the images at their timestep, and the clean images. */
  readonly history: readonly { readonly t: number; readonly x: Tensor; readonly x0: Tensor }[];
  /**
   * What a sampler has to remember of earlier steps beyond `history`: it is handed the same map at all steps of a run. One that
   * finds none, or what belongs to another step, goes on without it.
   */
  readonly memory?: Map<string, { readonly t: number; readonly x: Tensor }>;
  /**
   * Evaluates the denoiser once more, on other images at another timestep: what a method of second order needs. Networks are conditioned
   * on `conditioning` there; defaults to what they are in the run.
   */
  readonly evaluate: (x: Tensor, t: number, conditioning?: number) => Promise<Evaluation>;
}

/** One step of a sampling algorithm: the images at `tNext`. Draws noise in a fixed order, and none it does not use. */
export type Sampler = (
  step: SamplerStep,
  schedule: NoiseSchedule,
  noise: Noise,
) => Tensor | Promise<Tensor>;

/** A rule that the images are held to while they are sampled (inpainting). */
export interface Constraint {
  /** Applied to the start. */
  start?(x: Tensor): Tensor;
  /** Applied to the outcome `next` of a step that began at `before`, now at timestep `tNext` (the clean one after the last). */
  after?(next: Tensor, before: Tensor, tNext: number, noise: Noise): Tensor;
  /** Applied to the final images. */
  end?(x: Tensor): Tensor;
}
