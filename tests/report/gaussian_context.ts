/**
 * A world in which every answer is known: a prompt stands for pictures whose pixels are independent and normal, with the mean
 * that its text says. The network is the ideal denoiser of them, which is linear.
 */
import {
  alphaBar,
  cosineSchedule,
  linearSchedule,
  type NoiseSchedule,
} from "../../lib/diffusion/schedule.ts";
import type { SchedulerSettings } from "../../lib/diffusion/scheduler_config.ts";
import type { Condition, Prediction, Query } from "../../lib/diffusion/types.ts";
import type { DeepFloydCondition } from "../../lib/models/deepfloyd.ts";
import type { StageModel } from "../../lib/pipelines/stage/stage.ts";
import { full, map, type Tensor, tensor } from "../../lib/tensor.ts";
import type { Context, ImageShelf, ModelShelf } from "../../report/context.ts";

/** The standard deviation of the pixels of all pictures. */
export const SPREAD = 0.25;

/** Height and width of the pictures. */
export const SIZE = 16;

/** Positions of a text, where somebody looks. */
const TEXT = 12;

const schedule = cosineSchedule();

/** The scheduler of the Gaussian world: without a threshold, which would not be linear. */
export const scheduler: SchedulerSettings = {
  schedule,
  predictionType: "epsilon",
  variance: "fixed_small",
  thresholding: { kind: "none" },
  spacing: "leading",
};

/** The mean of a prompt's pictures: its first number, as `mean 0.5`; 0 without one. */
export function meanOf(prompt: string): number {
  return Number(/-?\d+(\.\d+)?/.exec(prompt)?.[0] ?? 0);
}

/** The noise that the ideal denoiser sees in a pixel: E[noise | x]. */
export function idealNoise(x: number, mean: number, t: number, of: NoiseSchedule = schedule): number {
  const a = alphaBar(of, t);
  return Math.sqrt(1 - a) * (x - Math.sqrt(a) * mean) / (a * SPREAD ** 2 + 1 - a);
}

/** The ideal denoiser, of either stage; it keeps its questions. */
export class GaussianStage implements StageModel {
  readonly spec: StageModel["spec"];
  readonly scheduler = scheduler;
  readonly noising = { schedule: linearSchedule() };
  readonly config: { readonly enlarges: boolean };
  /** The questions of each run. */
  readonly batches: Query[][] = [];

  constructor(size = SIZE, enlarges = false) {
    this.config = { enlarges };
    this.spec = { size, channels: 3, range: [-1, 1], predicts: "epsilon", learnsVariance: false, schedule };
  }

  prepare(conditions: DeepFloydCondition[]): Promise<Condition[]> {
    return Promise.resolve(conditions.map(({ text }) => ({ inputs: { mean: full([1, 1], text.data[0]) } })));
  }

  run(queries: Query[]): Promise<Prediction[]> {
    this.batches.push(queries);
    return Promise.resolve(queries.map(({ input: { x }, t, condition }): Prediction => {
      const { data } = condition.inputs.mean;
      const size = x.data.length / x.shape[0];
      return {
        noise: map(x, (value, i) => idealNoise(value, data[data.length === 1 ? 0 : Math.floor(i / size)], t)),
      };
    }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** What sections are given in the Gaussian world. */
export interface GaussianContext extends Context {
  /** The first stage. */
  readonly stage: GaussianStage;
  /** Aborts what runs in it. */
  readonly abort: AbortController;
}

/** A context without files: two stages, and pictures that are gradients. */
export function gaussianContext({ upscaled = false } = {}): GaussianContext {
  const stage = new GaussianStage();
  const second = new GaussianStage(4 * SIZE, true);
  const none = (name: string) => Promise.reject(new RangeError(`model: ${name} where none is expected`));
  const models: ModelShelf = {
    textToImage: () =>
      Promise.resolve({
        photographic: false,
        scheduler,
        size: SIZE,
        encode: (prompts) =>
          Promise.resolve(tensor(Float32Array.from(prompts, meanOf), [prompts.length, 1, 1])),
        tokenize: (prompt) =>
          Promise.resolve(
            [...prompt.split(" ").map((word) => `▁${word}`), "</s>"].map((piece, id) => ({ id, piece })),
          ),
        network: () => Promise.resolve(stage),
      }),
    // Each pixel looks everywhere alike.
    textAttention: () =>
      Promise.resolve({
        at: ({ x }) =>
          Promise.resolve([{ path: "mid", maps: full([x.shape[0], TEXT, 4, 4], 1 / (TEXT + 16)) }]),
      }),
    superResolution: () =>
      Promise.resolve(
        upscaled
          ? { name: "second", size: second.spec.size, network: () => Promise.resolve(second), defaults: {} }
          : undefined,
      ),
    described: (name) =>
      Promise.resolve({
        name,
        weights: () => Promise.resolve("0".repeat(16)),
        scheduler: () => Promise.resolve(scheduler),
        sampling: {},
      }),
    digits: none,
    digitDenoiser: none,
    folder: none,
  };
  const images: ImageShelf = {
    picture: (id) => Promise.resolve(gradient(id.length, 3)),
    mask: () => Promise.resolve(halfMask()),
    file: (id) => Promise.resolve({ path: id, digest: "0".repeat(16) }),
  };
  const abort = new AbortController();
  return { models, images, signal: abort.signal, stage, abort };
}

/** A picture with bytes' values, another for each number. */
export function gradient(number: number, channels: number, size = SIZE): Tensor {
  const shape = [channels, size, size];
  return map(full(shape, 0), (_, i) => Math.fround((i * (number + 3)) % 256 / 127.5) - 1);
}

/** White on the left half. */
function halfMask(): Tensor {
  return map(full([1, SIZE, SIZE], 0), (_, i) => i % SIZE < SIZE / 2 ? 1 : -1);
}
