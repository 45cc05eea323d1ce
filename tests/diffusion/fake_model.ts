/** Networks for tests: made of a function, without sessions, and with a record of what they were asked. */
import { type DiscreteSchedule, linearSchedule } from "../../lib/diffusion/schedule.ts";
import type { Condition, Model, ModelSpec, Prediction, Query } from "../../lib/diffusion/types.ts";

/** A network whose answers a function gives; `batches` holds the questions of each run. */
export class FakeModel implements Model<Condition> {
  readonly spec: ModelSpec<DiscreteSchedule>;
  readonly batches: Query[][] = [];
  readonly #answer: (query: Query) => Prediction;

  constructor(answer: (query: Query) => Prediction, schedule: DiscreteSchedule = linearSchedule()) {
    this.#answer = answer;
    this.spec = {
      size: 8,
      channels: 3,
      range: [-1, 1],
      predicts: "epsilon",
      learnsVariance: false,
      schedule,
    };
  }

  prepare(conditions: Condition[]): Promise<Condition[]> {
    return Promise.resolve(conditions);
  }

  run(queries: Query[]): Promise<Prediction[]> {
    this.batches.push(queries);
    return Promise.resolve(queries.map(this.#answer));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** What a network without inputs is conditioned on. */
export const noCondition: Condition = { inputs: {} };
