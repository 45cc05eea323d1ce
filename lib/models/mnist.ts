/**
 * The diffusion networks for 28 x 28 digits as running models: unconditional, and conditioned on the class.
 *
 * @module
 */
import { filesOfModel } from "./registry.ts";
import { ArgumentError } from "../argument_error.ts";
import { Config } from "../checkpoints/config.ts";
import { CheckpointError } from "../checkpoints/error.ts";
import { openComponent, readModelIndex } from "../checkpoints/folder.ts";
import { readScheduler, type SchedulerSettings } from "../diffusion/scheduler_config.ts";
import type { DiscreteSchedule } from "../diffusion/schedule.ts";
import type { Condition, Model, ModelSpec, Prediction, Query, RunOptions } from "../diffusion/types.ts";
import { described } from "../show_value.ts";
import type { Folder } from "../platform/mod.ts";
import { concat, repeat, type Tensor, zeros } from "../tensor.ts";
import { type BatchedSession, openNetwork, openOptionNames, type OpenOptions } from "./batched_session.ts";
import { MNIST_SIZE, mnistClasses, type MnistUnetConfig, readUnetConfig } from "./mnist_config.ts";
import { assertDigits, mnistUnetGraph } from "./mnist_graph.ts";
import { imagesOf, predictionsOf } from "./query_batch.ts";
import { assertOptions } from "../options.ts";

/**
 * A diffusion network for digits. Its conditions are classes, the digits 0 to 9 of the network that ships; null is no
 * condition, the only one that a network without classes knows.
 */
export class MnistModel implements Model<number | null> {
  /** The fixed properties. Images are 28 x 28, gray, in [0, 1]. */
  readonly spec: ModelSpec<DiscreteSchedule>;
  /** What the scheduler's configuration says beyond the schedule. */
  readonly scheduler: SchedulerSettings;
  /** How many classes it knows; 0 if it is unconditional. */
  readonly classes: number;
  readonly #timesteps: number;
  readonly #session: BatchedSession;

  /** Made by {@linkcode openMnistModel}. */
  constructor(session: BatchedSession, config: MnistUnetConfig, scheduler: SchedulerSettings) {
    this.#session = session;
    this.#timesteps = config.timesteps;
    this.classes = config.classes;
    this.scheduler = scheduler;
    this.spec = {
      size: MNIST_SIZE,
      channels: 1,
      range: config.range,
      predicts: scheduler.predictionType,
      learnsVariance: false,
      schedule: scheduler.schedule,
    };
  }

  /** Where it runs. */
  get device(): BatchedSession["device"] {
    return this.#session.device;
  }

  /** How long the runtime has computed so far, in milliseconds. */
  get runtimeMs(): number {
    return this.#session.runtimeMs;
  }

  /**
   * One-hot vectors, all zeros for null: `label [1, classes]`, and nothing for a network without classes.
   *
   * @param conditions Classes, from 0, or null.
   * @throws {ArgumentError} if the network does not know a class.
   */
  // deno-lint-ignore require-await -- what is wrong with an argument rejects, as everywhere in a Model
  async prepare(conditions: (number | null)[]): Promise<Condition[]> {
    return conditions.map((condition): Condition => {
      if (
        condition !== null && !(Number.isInteger(condition) && condition >= 0 && condition < this.classes)
      ) {
        const expected = this.classes ? `a class from 0 to ${this.classes - 1}, or null` : "null";
        throw new ArgumentError("conditions", condition, expected);
      }
      if (this.classes === 0) return { inputs: {} };
      const label = zeros([1, this.classes]);
      if (condition !== null) label.data[condition] = 1;
      return { inputs: { label } };
    });
  }

  /**
   * Answers questions about images `[n, 1, 28, 28]`, all in one batch, in parts where it is a large one.
   *
   * @throws {ArgumentError} if images have another shape, or a condition is not for all or for each of them.
   * @throws The signal's reason, once it is aborted.
   */
  async run(queries: Query[], options: RunOptions = {}): Promise<Prediction[]> {
    assertOptions(options, { signal: true, features: true });
    const { signal } = options;
    signal?.throwIfAborted();
    if (queries.length === 0) return [];
    for (const { input } of queries) assertDigits(input.x.shape);
    const inputs: Record<string, Tensor> = {
      x: imagesOf(queries),
      time: concat(queries.map(({ input, t }) => {
        const time = zeros([input.x.shape[0], 1]);
        time.data.fill(t / this.#timesteps);
        return time;
      })),
    };
    if (this.classes) inputs.label = concat(queries.map((query) => this.#labels(query)));
    const { y } = await this.#session.run(inputs, signal);
    return predictionsOf(queries, { estimate: y }, this.spec);
  }

  /** Frees the session's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  /** The labels of a question, one for each of its images. */
  #labels({ input, condition }: Query): Tensor {
    const count = input.x.shape[0];
    const { label } = condition.inputs;
    const fits = label?.shape.length === 2 && label.shape[1] === this.classes &&
      (label.shape[0] === 1 || label.shape[0] === count);
    if (!fits) {
      const found = label ? `label [${label.shape}]` : "no label";
      throw new ArgumentError(
        "condition",
        described(found),
        `label [1, ${this.classes}] or [${count}, ${this.classes}]`,
      );
    }
    return label.shape[0] === count ? label : repeat(label, count);
  }
}

/**
 * Opens a diffusion network for digits.
 *
 * @param folder The pipeline's folder (`model_index.json`, `unet/`, `scheduler/`), or the name of one that ships.
 * @param options The device and the threads.
 * @throws {CheckpointError} if it is not such a pipeline, or the weights are those of another network.
 * @throws {SafetensorsError} if the weights cannot be read, or are not whole.
 * @throws {SessionError} if the device does not work.
 *
 * @example
 * ```ts
 * import { conditioned } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("mnist-class");
 * const [seven] = await model.prepare([7]);
 * const denoiser = conditioned(model, seven);
 * ```
 */
export async function openMnistModel(folder: Folder, options: OpenOptions = {}): Promise<MnistModel> {
  assertOptions(options, openOptionNames);
  const files = await filesOfModel(folder);
  const { className } = await readModelIndex(files);
  if (className !== mnistClasses.pipeline) {
    throw new CheckpointError(
      `${
        files.pathOf("model_index.json")
      }: "_class_name" is "${className}" where "${mnistClasses.pipeline}" is expected`,
    );
  }
  const { config, weights } = await openComponent(files.folder("unet"), mnistClasses.unet);
  const unet = readUnetConfig(config);
  if (!unet.timeConditioned) config.fail("time_conditioned", "true");
  const schedulerConfig = await Config.read("scheduler/scheduler_config.json", files);
  const scheduler = readScheduler(schedulerConfig);
  if (scheduler.schedule.length !== unet.timesteps) {
    schedulerConfig.fail("num_train_timesteps", `the network's ${unet.timesteps}`);
  }
  if (scheduler.variance.startsWith("learned")) {
    schedulerConfig.fail("variance_type", "fixed_small or fixed_large, for a network without a variance,");
  }
  const session = await openNetwork(weights, (source) => mnistUnetGraph(unet, source), options);
  return new MnistModel(session, unet, scheduler);
}
