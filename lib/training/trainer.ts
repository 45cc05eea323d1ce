import { type AdamOptions, openSession, type Session, type SessionOptions } from "../onnx/mod.ts";
import { countOf, type NetworkSpecs, type ParameterSpec } from "../nn/sources.ts";
import type { Generator } from "../random.ts";
import { sizeOf, type Tensor, tensor, type TensorData } from "../tensor.ts";
import { buildTrainingGraph, type Objective } from "./training_graph.ts";

/** The vectors that a training run carries from step to step. */
const vectors = ["parameters", "m", "v", "average", "buffers", "bufferAverage"] as const;

/** The state of a training run: all of it, so that a run goes on from a copy as if it had not stopped. */
export interface TrainingState {
  /** How many steps were made. */
  step: number;
  /** All parameters, one after the other. */
  parameters: Float32Array;
  /** Adam's mean of the gradients. */
  m: Float32Array;
  /** Adam's mean of the squared gradients. */
  v: Float32Array;
  /** The moving average of the parameters. */
  average: Float32Array;
  /** All buffers (running statistics), one after the other. */
  buffers: Float32Array;
  /** The moving average of the buffers. */
  bufferAverage: Float32Array;
}

/** How a {@linkcode Trainer} is set up. */
export interface TrainerOptions
  extends AdamOptions, Pick<SessionOptions, "device" | "threads" | "onFallback"> {
  /** Draws the first weights. */
  readonly generator: Generator;
  /** The decay of the weights' moving average, in 0..1; 0.999 unless given. */
  readonly averageDecay?: number;
}

/** What one step says of itself. */
export interface StepReport {
  /** The number of the step, from 1. */
  readonly step: number;
  /** The loss on this step's batch, before the update. */
  readonly loss: number;
  /** The norm of the gradient, before clipping. */
  readonly gradientNorm: number;
}

/** Trains a network: one run of one graph a step. */
export class Trainer implements AsyncDisposable {
  #session: Session;
  #specs: NetworkSpecs;
  #state: TrainingState;
  #averageDecay: number;

  private constructor(session: Session, specs: NetworkSpecs, state: TrainingState, averageDecay: number) {
    this.#session = session;
    this.#specs = specs;
    this.#state = state;
    this.#averageDecay = averageDecay;
  }

  /**
   * Writes the training graph of an objective, opens it and draws the first weights.
   *
   * @throws {SessionError} if the device does not work.
   */
  static async create(objective: Objective, options: TrainerOptions): Promise<Trainer> {
    const { generator, averageDecay = 0.999 } = options;
    const { graph, specs } = buildTrainingGraph(objective, options);
    const session = await openSession(graph, { ...options, memoryPattern: false });
    const parameters = draw(specs.parameters, generator);
    const buffers = draw(specs.buffers, generator);
    const state: TrainingState = {
      step: 0,
      parameters,
      m: new Float32Array(parameters.length),
      v: new Float32Array(parameters.length),
      average: parameters.slice(),
      buffers,
      bufferAverage: buffers.slice(),
    };
    return new Trainer(session, specs, state, averageDecay);
  }

  /** The number of trained values. */
  get parameterCount(): number {
    return countOf(this.#specs.parameters);
  }

  /** The device it trains on. */
  get device(): string {
    return this.#session.device;
  }

  /** One step on one batch. */
  async step(
    batch: Readonly<Record<string, Tensor<TensorData>>>,
    learningRate: number,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<StepReport> {
    const state = this.#state;
    const step = state.step + 1;
    // Early on, the average forgets the random start quickly.
    const decay = Math.min(this.#averageDecay, (1 + step) / (10 + step));
    const scalar = (value: number) => tensor(Float32Array.of(value), []);
    const inputs: Record<string, Tensor<TensorData>> = {
      ...batch,
      step: scalar(step),
      learningRate: scalar(learningRate),
      averageDecay: scalar(decay),
    };
    const carried = vectors.filter((name) => this.#session.inputNames.includes(name));
    for (const name of carried) inputs[name] = tensor(state[name], [state[name].length]);
    const results = await this.#session.run(inputs, options);
    for (const name of carried) {
      const { data } = results[`next.${name}`];
      state[name].set(data);
      // Given back at once: the garbage collector does not see how large these are, and lets them pile up.
      (data.buffer as ArrayBuffer).transfer(0);
    }
    state.step = step;
    return { step, loss: results.loss.data[0], gradientNorm: results.gradientNorm.data[0] };
  }

  /** How many steps have been made. */
  get steps(): number {
    return this.#state.step;
  }

  /** A copy of the state after the last step. */
  get state(): TrainingState {
    return copyOf(this.#state);
  }

  /**
   * Goes on from a state.
   *
   * @throws {RangeError} if it is one of another network.
   */
  restore(state: TrainingState): void {
    for (const name of vectors) {
      if (state[name]?.length !== this.#state[name].length) {
        throw new RangeError(
          `state: ${name} has ${state[name]?.length} values where ${
            this.#state[name].length
          } are expected: it is of another network`,
        );
      }
    }
    this.#state = copyOf(state);
  }

  /**
   * The weights and buffers by name, as they are now.
   *
   * @param average Whether to take their moving average instead: less noisy, better for sampling.
   */
  weights(average = false): Record<string, Tensor> {
    const { parameters, average: mean, buffers, bufferAverage } = this.#state;
    return {
      ...cut(this.#specs.parameters, average ? mean : parameters),
      ...cut(this.#specs.buffers, average ? bufferAverage : buffers),
    };
  }

  /**
   * Starts again from given weights, with fresh moments.
   *
   * @throws {RangeError} if a tensor is missing or of another shape.
   */
  start(weights: Readonly<Record<string, Tensor>>): void {
    const parameters = join(this.#specs.parameters, weights);
    const buffers = join(this.#specs.buffers, weights);
    const zeros = () => new Float32Array(parameters.length);
    this.#state = {
      step: 0,
      parameters,
      m: zeros(),
      v: zeros(),
      average: parameters.slice(),
      buffers,
      bufferAverage: buffers.slice(),
    };
  }

  /** Frees the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

function copyOf(state: TrainingState): TrainingState {
  const copy = { ...state };
  for (const name of vectors) copy[name] = state[name].slice();
  return copy;
}

function draw(specs: readonly ParameterSpec[], generator: Generator): Float32Array {
  const vector = new Float32Array(countOf(specs));
  let offset = 0;
  for (const { shape, init } of specs) {
    vector.set(init(shape, generator), offset);
    offset += sizeOf(shape);
  }
  return vector;
}

function cut(specs: readonly ParameterSpec[], vector: Float32Array): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  let offset = 0;
  for (const { name, shape } of specs) {
    tensors[name] = tensor(vector.slice(offset, offset += sizeOf(shape)), shape);
  }
  return tensors;
}

function join(specs: readonly ParameterSpec[], weights: Readonly<Record<string, Tensor>>): Float32Array {
  const vector = new Float32Array(countOf(specs));
  let offset = 0;
  for (const { name, shape } of specs) {
    const found = weights[name];
    if (found?.shape.join() !== shape.join()) {
      throw new RangeError(
        `weights: "${name}" ${found ? `has shape [${found.shape}]` : "is missing"}, [${shape}] is expected`,
      );
    }
    vector.set(found.data, offset);
    offset += sizeOf(shape);
  }
  return vector;
}
