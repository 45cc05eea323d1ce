/** A network for the pipelines' tests, made of a formula, and a source of noise that keeps a record. */
import { cosineSchedule, type DiscreteSchedule, linearSchedule } from "../../lib/diffusion/schedule.ts";
import type { SchedulerSettings } from "../../lib/diffusion/scheduler_config.ts";
import type { Condition, Prediction, Query } from "../../lib/diffusion/types.ts";
import type { DeepFloydCondition } from "../../lib/models/deepfloyd.ts";
import type { StageModel } from "../../lib/pipelines/stage/stage.ts";
import { Generator } from "../../lib/random.ts";
import { full, scale, type Tensor, zeros } from "../../lib/tensor.ts";

const schedule = cosineSchedule();

/** Height and width of the fake networks' pictures. */
export const SIZE = 8;

/** What the scheduler says; DeepFloyd IF's but for the threshold. */
export const scheduler: SchedulerSettings = {
  schedule,
  predictionType: "epsilon",
  variance: "learned_range",
  thresholding: { kind: "clip", range: 1 },
  spacing: "leading",
  lambdaMin: -5.1,
};

/** A network that shrinks what it sees; it records what it was conditioned on and what it was asked. */
export class FakeStage implements StageModel {
  readonly spec: StageModel["spec"];
  readonly config: StageModel["config"];
  readonly scheduler: SchedulerSettings;
  /** Where it enlarges, small pictures are noised by a schedule of their own. */
  readonly noising?: { readonly schedule: DiscreteSchedule };
  /** The conditions of each call of `prepare`. */
  readonly prepared: DeepFloydCondition[][] = [];
  /** The questions of each run. */
  readonly batches: Query[][] = [];

  constructor(enlarges = false, settings: Partial<SchedulerSettings> = {}, size = SIZE) {
    this.config = { enlarges, sizeStep: 4 };
    if (enlarges) this.noising = { schedule: linearSchedule() };
    this.scheduler = { ...scheduler, ...settings };
    this.spec = {
      size,
      channels: 3,
      range: [-1, 1],
      predicts: "epsilon",
      learnsVariance: this.scheduler.variance === "learned_range",
      schedule,
    };
  }

  /** A condition is its text's first number. */
  prepare(conditions: DeepFloydCondition[]): Promise<Condition[]> {
    this.prepared.push(conditions);
    return Promise.resolve(conditions.map(({ text }) => ({ inputs: { text: full([1, 1], text.data[0]) } })));
  }

  run(queries: Query[]): Promise<Prediction[]> {
    this.batches.push(queries);
    return Promise.resolve(queries.map(({ input: { x } }): Prediction => {
      const noise = scale(x, 0.5);
      return this.spec.learnsVariance ? { noise, variance: zeros(x.shape) } : { noise };
    }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** PyTorch's noise, with a record of the draws. */
export class RecordingGenerator extends Generator {
  /** What was drawn. */
  readonly draws: Tensor[] = [];

  override randn(shape: readonly number[]): Tensor {
    const draw = super.randn(shape);
    this.draws.push(draw);
    return draw;
  }
}

/** Embeddings of texts, each filled with its number. */
export function texts(...numbers: number[]): Tensor {
  const data = numbers.flatMap((n) => Array<number>(4 * 5).fill(n));
  return { data: Float32Array.from(data), shape: [numbers.length, 4, 5] };
}

/** Pictures in [-1, 1]. */
export function pictures(count: number, size = SIZE, seed = 9, width = size): Tensor {
  const { data, shape } = new Generator(seed).rand([count, 3, size, width]);
  return { data: data.map((value) => 2 * value - 1), shape };
}
