import { ArgumentError } from "../argument_error.ts";
import type { SessionOptions } from "../onnx/mod.ts";
import type { AdamOptions, LionOptions, MuonOptions, SgdOptions } from "../onnx/optimizers.ts";
import { countOf, type NetworkSpecs, type ParameterSpec } from "../nn/sources.ts";
import type { Generator } from "../random.ts";
import { described } from "../show_value.ts";
import { sizeOf, type Tensor, tensor, type TensorData } from "../tensor.ts";
import { assertFinite } from "./divergence.ts";
import { DropoutFeeds } from "./dropout_feeds.ts";
import { buildGradientGraph, type Objective } from "./gradient_graph.ts";
import { assertGroups, type GroupOptions, type MuonRule, parameterGroups } from "./parameter_groups.ts";
import { ParameterUpdate } from "./parameter_update.ts";
import { gammaOf, powerAverageDecay, updatePowerAverage } from "./power_average.ts";
import { freeTensor } from "./free_tensor.ts";
import { MicrobatchGradients } from "./microbatch_gradients.ts";
import { bufferVectors, parameterVectors, type TrainingState } from "./training_state.ts";

import { adamOptionNames } from "../onnx/adam_option_names.ts";
import { lionOptionNames } from "../onnx/lion.ts";
import { muonOptionNames } from "../onnx/muon.ts";
import { sgdOptionNames } from "../onnx/sgd.ts";
import { assertOptions, type OptionNames, pickOptions } from "../options.ts";

/** The vectors that a training run carries from step to step. */
const vectors = [...parameterVectors, ...bufferVectors];

/** The largest number that a graph takes. */
const MAX_FLOAT = 3.4e38;

/** How a {@linkcode Trainer} is set up. */
export interface TrainerOptions
  extends AdamOptions, Pick<SessionOptions, "device" | "threads" | "onFallback" | "prepack"> {
  /** The folder of weights that the objective refers to in place: those of a network that is not trained itself. */
  readonly folder?: string;
  /** Draws the first weights. */
  readonly generator: Generator;
  /** The decay of the weights' moving average, in [0, 1]; defaults to 0.999. */
  readonly averageDecay?: number;
  /**
   * The relative widths of averages by a power of the step that are tracked beside it (Karras et al. 2024, section 3): 0.05 and
   * 0.1 are enough to make others of after the training, with `postHocWeights`. Defaults to none.
   */
  readonly powerAverages?: readonly number[];
  /**
   * How many copies of the network compute at the same time, each in a worker with its part of the threads; defaults to 1,
   * which computes in this thread. Only batches of several microbatches have work for more than one.
   */
  readonly replicas?: number;
  /**
   * Which parameters Muon updates instead of Adam, and its options; defaults to none. Its `weightDecay` and `clipNorm`
   * default to Adam's.
   */
  readonly muon?: MuonOptions & { readonly parameters: MuonRule };
  /** Puts gradient descent with momentum in Adam's place. Its `weightDecay` and `clipNorm` default to Adam's. */
  readonly sgd?: SgdOptions;
  /** Puts Lion in Adam's place. Its `weightDecay` and `clipNorm` default to Adam's. */
  readonly lion?: LionOptions;
  /** Parameters with a learning rate or a weight decay of their own, as biases without decay; defaults to none. */
  readonly groups?: readonly GroupOptions[];
  /** What the noise of dropouts is drawn from, with the number of the step; a whole number, 0 by default. */
  readonly dropoutSeed?: number;
  /**
   * Whether the backward pass computes activations again instead of keeping them all, but for those that the objective marks with
   * `checkpoint`, as DeepFloyd's UNets and T5 here do: far less memory for about a third more time (Chen et al. 2016, "Training Deep
   * Nets with Sublinear Memory Cost"). The gradients are the same. Defaults to false.
   */
  readonly activationCheckpointing?: boolean;
}

const trainerOptionNames: OptionNames<TrainerOptions> = {
  ...adamOptionNames,
  device: true,
  threads: true,
  onFallback: true,
  folder: true,
  prepack: true,
  generator: true,
  averageDecay: true,
  replicas: true,
  powerAverages: true,
  muon: true,
  sgd: true,
  lion: true,
  groups: true,
  dropoutSeed: true,
  activationCheckpointing: true,
};

/** The report of one step. */
export interface StepReport {
  /** The number of the step, from 1. */
  readonly step: number;
  /** The loss on this step's batch, before the update. */
  readonly loss: number;
  /** The norm of the gradient, before clipping. */
  readonly gradientNorm: number;
}

/**
 * Trains a network: gradients by one graph, the update by another.
 *
 * A batch may be larger than what the objective declares: it is then split into microbatches, whose gradients are averaged.
 * These are computed one after the other, which takes less memory (gradient accumulation), or in parallel by replicas of
 * the network, which is faster where an operator does not keep all cores busy (data parallelism, as in Li et al. 2020,
 * section 2.2). The result is the same to the last bit for any number of replicas that have the same number of threads
 * each. It is that of the whole batch, but for rounding and for batch norm, which sees one microbatch at a time.
 */
export class Trainer implements AsyncDisposable {
  #gradients: MicrobatchGradients;
  #update: ParameterUpdate;
  #specs: NetworkSpecs;
  #state: TrainingState;
  #averageDecay: number;
  /** The exponents of the power-function averages. */
  #gammas: readonly number[];
  #dropout: DropoutFeeds;

  private constructor(
    gradients: MicrobatchGradients,
    dropout: DropoutFeeds,
    update: ParameterUpdate,
    specs: NetworkSpecs,
    state: TrainingState,
    averageDecay: number,
    gammas: readonly number[],
  ) {
    this.#gradients = gradients;
    this.#dropout = dropout;
    this.#update = update;
    this.#specs = specs;
    this.#state = state;
    this.#averageDecay = averageDecay;
    this.#gammas = gammas;
  }

  /**
   * Writes the graphs of an objective, opens them and draws the first weights.
   *
   * @throws {SessionError} if the device does not work.
   * @throws {ArgumentError} if `replicas` is not a whole number from 1, `averageDecay` no number from 0 to 1, a width of
   * `powerAverages` or a number of `groups` out of its range, `dropoutSeed` no integer, or both `sgd` and `lion` are given.
   */
  static async create(objective: Objective, options: TrainerOptions): Promise<Trainer> {
    assertOptions(options, trainerOptionNames);
    const {
      generator,
      averageDecay = 0.999,
      powerAverages = [],
      muon,
      sgd,
      lion,
      groups = [],
      dropoutSeed = 0,
    } = options;
    if (!(averageDecay >= 0 && averageDecay <= 1)) {
      throw new ArgumentError("averageDecay", averageDecay, "a number from 0 to 1");
    }
    const gammas = powerAverages.map(gammaOf);
    if (muon) assertOptions(muon, { ...muonOptionNames, parameters: true });
    if (sgd) assertOptions(sgd, sgdOptionNames);
    if (lion) assertOptions(lion, lionOptionNames);
    if (sgd && lion) throw new ArgumentError("lion", described("given beside sgd"), "one of them");
    assertGroups(groups);
    if (!Number.isSafeInteger(dropoutSeed)) {
      throw new ArgumentError("dropoutSeed", dropoutSeed, "an integer within ±(2^53 - 1)");
    }
    const { graph, specs } = buildGradientGraph(objective);
    const gradients = await MicrobatchGradients.open(graph, options);
    try {
      const parts = parameterGroups(specs.parameters, muon?.parameters ?? (() => false), groups);
      const update = await ParameterUpdate.open(parts, {
        ...options,
        ...(muon && { muon: pickOptions(muon, muonOptionNames) }),
      });
      const parameters = draw(specs.parameters, generator);
      const buffers = draw(specs.buffers, generator);
      const state = freshState(parameters, buffers, gammas.length);
      const dropout = new DropoutFeeds(graph, dropoutSeed);
      return new Trainer(gradients, dropout, update, specs, state, averageDecay, gammas);
    } catch (error) {
      await gradients[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The number of trained values. */
  get parameterCount(): number {
    return countOf(this.#specs.parameters);
  }

  /** The device it trains on. */
  get device(): string {
    return this.#gradients.device;
  }

  /**
   * One step on one batch.
   *
   * @param batch The objective's inputs; those with an axis for images may have several times as many as the objective
   * declares.
   * @param learningRate How far to go.
   * @param options `signal`: stops before the step, or between microbatches; the state is then what it was.
   * @throws {SessionError} if an input is missing, unknown, or of another type or shape.
   * @throws {ArgumentError} if the learning rate is not a number from 0.
   * @throws {DivergenceError} if the loss or the gradient is not finite; the state is then what it was before the step.
   */
  async step(
    batch: Readonly<Record<string, Tensor<TensorData>>>,
    learningRate: number,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<StepReport> {
    if (!(learningRate >= 0 && learningRate <= MAX_FLOAT)) {
      throw new ArgumentError("learningRate", learningRate, `a number from 0 to ${MAX_FLOAT}`);
    }
    assertOptions(options, { signal: true });
    const state = this.#state;
    const step = state.step + 1;
    // Early on, the average forgets the random start quickly.
    const decay = Math.min(this.#averageDecay, (1 + step) / (10 + step));
    const { loss, gradient, buffers } = await this.#gradients.run(
      this.#dropout.added(batch, step),
      state,
      options.signal,
    );
    const gradientNorm = normOf(gradient.data);
    assertFinite("loss", loss, step);
    assertFinite("gradientNorm", gradientNorm, step);
    const scalars = { step, gradientNorm, learningRate, averageDecay: decay };
    await this.#update.run(state, gradient.data, scalars);
    if (buffers) {
      state.buffers.set(buffers.data);
      state.bufferAverage.forEach((value, i) => {
        state.bufferAverage[i] = decay * value + (1 - decay) * state.buffers[i];
      });
    }
    freeTensor(gradient);
    for (const [n, gamma] of this.#gammas.entries()) {
      const average = state.powerAverages![n];
      const kept = powerAverageDecay(step, gamma);
      updatePowerAverage(average.subarray(0, state.parameters.length), state.parameters, kept);
      updatePowerAverage(average.subarray(state.parameters.length), state.buffers, kept);
    }
    state.step = step;
    return { step, loss, gradientNorm };
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
   * @throws {ArgumentError} if it is one of another network, or its step is not a whole number.
   */
  restore(state: TrainingState): void {
    if (!(Number.isSafeInteger(state.step) && state.step >= 0)) {
      throw new ArgumentError("state", described(`step ${state.step}`), "a whole number");
    }
    for (const name of vectors) {
      if (state[name]?.length !== this.#state[name].length) {
        throw new ArgumentError(
          "state",
          described(`${name} has ${state[name]?.length} values`),
          `${this.#state[name].length}`,
          { note: "as in this network", plural: true },
        );
      }
    }
    const { powerAverages = [] } = state;
    const length = state.parameters.length + state.buffers.length;
    if (powerAverages.length !== this.#gammas.length || powerAverages.some((own) => own.length !== length)) {
      throw new ArgumentError(
        "state",
        described(`powerAverages of [${powerAverages.map((own) => own.length)}] values`),
        `${this.#gammas.length} of ${length}`,
        { plural: true },
      );
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
   * A power-function average of the weights and buffers, by name.
   *
   * @param index Which of those that are tracked.
   * @throws {ArgumentError} if there are not as many.
   */
  powerAverage(index: number): Record<string, Tensor> {
    const average = this.#state.powerAverages?.[index];
    if (!average) {
      throw new ArgumentError("index", index, `one of the ${this.#gammas.length} that are tracked`);
    }
    const count = this.#state.parameters.length;
    return {
      ...cut(this.#specs.parameters, average.subarray(0, count)),
      ...cut(this.#specs.buffers, average.subarray(count)),
    };
  }

  /**
   * Starts again from given weights, with fresh moments.
   *
   * @throws {ArgumentError} if a tensor is missing or of another shape.
   */
  start(weights: Readonly<Record<string, Tensor>>): void {
    const parameters = join(this.#specs.parameters, weights);
    const buffers = join(this.#specs.buffers, weights);
    this.#state = freshState(parameters, buffers, this.#gammas.length);
  }

  /** Frees the sessions. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gradients[Symbol.asyncDispose]();
    await this.#update[Symbol.asyncDispose]();
  }
}

/** The Euclidean norm, in double precision. */
function normOf(vector: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i] * vector[i];
  return Math.sqrt(squares);
}

/** The state before the first step. */
function freshState(parameters: Float32Array, buffers: Float32Array, powerAverages: number): TrainingState {
  const whole = () => {
    const vector = new Float32Array(parameters.length + buffers.length);
    vector.set(parameters);
    vector.set(buffers, parameters.length);
    return vector;
  };
  return {
    step: 0,
    parameters,
    m: new Float32Array(parameters.length),
    v: new Float32Array(parameters.length),
    average: parameters.slice(),
    buffers,
    bufferAverage: buffers.slice(),
    ...(powerAverages && { powerAverages: Array.from({ length: powerAverages }, whole) }),
  };
}

function copyOf(state: TrainingState): TrainingState {
  const copy = { ...state };
  for (const name of vectors) copy[name] = state[name].slice();
  if (state.powerAverages) copy.powerAverages = state.powerAverages.map((average) => average.slice());
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
      throw new ArgumentError(`weights[${JSON.stringify(name)}]`, found ?? described("none"), `[${shape}]`);
    }
    vector.set(found.data, offset);
    offset += sizeOf(shape);
  }
  return vector;
}
