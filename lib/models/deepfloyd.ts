/**
 * DeepFloyd IF's UNets as running models, stages I and II, from a pipeline's folder in the layout of diffusers.
 *
 * @module
 */
import { filesOfModel } from "./registry.ts";
import { ArgumentError } from "../argument_error.ts";
import { Config } from "../checkpoints/config.ts";
import { openWeights, type Weights, type WeightsOptions } from "../checkpoints/shards.ts";
import type { DiscreteSchedule } from "../diffusion/schedule.ts";
import { noiseScheduleFromConfig, type SchedulerSettings } from "../diffusion/scheduler_config.ts";
import type { Condition, Model, ModelSpec, Prediction, Query, RunOptions } from "../diffusion/types.ts";
import { type DeepFloydConfig, longestBranch, readDeepFloydConfig } from "../nn/deepfloyd/mod.ts";
import type { FileSource } from "../nn/file_source.ts";
import { LoraSource, type ScaledLora } from "../nn/lora/mod.ts";
import { quantizedNames } from "../nn/quantized_layer.ts";
import { isProcessor } from "../onnx/device.ts";
import { type Graph, openSession, type SessionOptions } from "../onnx/mod.ts";
import { described } from "../show_value.ts";
import { type Files, type Folder, machine } from "../platform/mod.ts";
import { concat, reshape, sizeOf, slice, type Tensor } from "../tensor.ts";
import { assertLabel, joinLabels } from "./class_labels.ts";
import { BatchedSession, openOptionNames, type OpenOptions } from "./batched_session.ts";
import {
  conditionShapes,
  deepFloydPromptGraph,
  deepFloydShallowGraph,
  deepFloydStepGraph,
  imageChannels,
} from "./deepfloyd_graph.ts";
import { fittingScheduler } from "./fitting_scheduler.ts";
import { JoinedConditions } from "./joined_conditions.ts";
import { ImageSessions } from "./image_sessions.ts";
import { imagesOf, predictionsOf, timestepsOf } from "./query_batch.ts";
import { StepSessions } from "./step_sessions.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** Positions of a text, padding included, that IF was trained with. */
const TEXT_LENGTH = 77;

/** The names of `RunOptions`. */
const runOptionNames: OptionNames<RunOptions> = { signal: true, features: true };

/** Bytes of weights in float32 that are few, however they are stored. */
const SMALL = 2 ** 28;

/** Prompts of one run of the prompt graph. */
const PROMPTS = 8;

/** Pixels, of all images together, of one run of the network unless a limit is given: 16 images of 64 x 64. */
const PIXELS = 16 * 64 * 64;

/** What a network is conditioned on. */
export interface DeepFloydCondition {
  /** The text from the encoder, `[textLength, textWidth]`; that of an empty prompt where there is none. */
  readonly text: Tensor;
  /** Where the network enlarges, and only there: the timestep of the noise in the low-resolution images, from 0. */
  readonly noiseLevel?: number;
  /**
   * Where the network has classes, and only there: a class from 0, or a number as timesteps are; a vector `[width]` where classes are
   * vectors.
   */
  readonly classLabel?: number | Tensor;
}

/** How {@linkcode openDeepFloyd} opens a model. */
export interface DeepFloydOptions extends OpenOptions, WeightsOptions {
  /**
   * As in {@linkcode SessionOptions}. Unless given, true for weights in float32, and false for those in half precision, which would
   * take twice their size in memory; where that is less than 256 MB, true.
   */
  readonly prepack?: SessionOptions["prepack"];
  /**
   * The default height and width of images; defaults to what the network was trained at. A
   * multiple of 2 to the number of levels less one: of 8 in IF's stage I, of 16 in stage II.
   */
  readonly size?: number;
  /** Positions of a text; defaults to 77. */
  readonly textLength?: number;
  /** As in {@linkcode SessionOptions}, of the sessions for steps. */
  readonly profile?: SessionOptions["profile"];
  /** The largest number of images in one run of the network; by default 65536 pixels together, and at least 2. */
  readonly batch?: number;
  /** LoRAs that are added to the network, each by its scale. */
  readonly loras?: readonly ScaledLora[];
}

/** The names of {@linkcode DeepFloydOptions}. */
export const deepFloydOptionNames: OptionNames<DeepFloydOptions> = {
  ...openOptionNames,
  variant: true,
  prepack: true,
  size: true,
  textLength: true,
  batch: true,
  profile: true,
  loras: true,
};

/** The parts of a {@linkcode DeepFloydModel}. */
export interface DeepFloydParts {
  /** What the network's configuration says. */
  readonly config: DeepFloydConfig;
  /** What the scheduler's configuration says. */
  readonly scheduler: SchedulerSettings;
  /** The schedule of the noise in low-resolution images, where the pipeline has one. */
  readonly noising?: { readonly schedule: DiscreteSchedule };
  /** The default height and width of images. */
  readonly size: number;
  /** Positions of a text. */
  readonly textLength: number;
  /** Opens the session of the prompt graph. */
  readonly openPrompts: () => Promise<BatchedSession>;
  /** The sessions of the step graph. */
  readonly steps: ImageSessions<StepSessions>;
  /** Called with the inputs and outputs of the step graph, additional outputs included. */
  readonly observe?: StepObserver;
}

/** Called for a run of the step graph with its inputs and outputs, by name. */
export type StepObserver = (
  inputs: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Tensor>>,
) => void;

/**
 * A network of DeepFloyd IF's family: stage I draws images from texts, stage II enlarges them.
 *
 * Images may have any height and width that are multiples of `config.sizeStep`. Those that do not have `spec.size` make it
 * open another session, once, in the place of the one before.
 */
export class DeepFloydModel implements Model<DeepFloydCondition> {
  /** The fixed properties. Images are in [-1, 1]. */
  readonly spec: ModelSpec<DiscreteSchedule>;
  /** What the network's configuration says. */
  readonly config: DeepFloydConfig;
  /** What the scheduler's configuration says. */
  readonly scheduler: SchedulerSettings;
  /** The schedule of the noise in low-resolution images, where the pipeline has one. */
  readonly noising?: { readonly schedule: DiscreteSchedule };
  /** Positions of a text. */
  readonly textLength: number;
  readonly #openPrompts: () => Promise<BatchedSession>;
  readonly #steps: ImageSessions<StepSessions>;
  readonly #conditions: JoinedConditions;
  readonly #observe?: StepObserver;
  #prompts: { readonly session: Promise<BatchedSession>; users: number } | undefined;
  #promptMs = 0;

  /** Made by {@linkcode openDeepFloyd}. */
  constructor(parts: DeepFloydParts) {
    const { config, scheduler, noising, size, textLength, openPrompts, steps } = parts;
    this.#observe = parts.observe;
    this.config = config;
    this.scheduler = scheduler;
    this.noising = noising;
    this.textLength = textLength;
    this.#openPrompts = openPrompts;
    this.#steps = steps;
    this.#conditions = new JoinedConditions(conditionShapes(config, { textLength }));
    const channels = imageChannels(config);
    this.spec = {
      size,
      channels,
      range: [-1, 1],
      predicts: scheduler.predictionType,
      // A network may have a variance that its scheduler does not use: fine-tuned ones do.
      learnsVariance: scheduler.variance.startsWith("learned"),
      schedule: scheduler.schedule,
    };
  }

  /** Where it runs. */
  get device(): ImageSessions<StepSessions>["device"] {
    return this.#steps.device;
  }

  /** How long the runtime has computed so far, in milliseconds, prompts and steps together. */
  get runtimeMs(): number {
    return this.#promptMs + this.#steps.runtimeMs;
  }

  /**
   * Computes what depends on prompts alone: the pooled text (with the noise level, where the network enlarges) and
   * the keys and values of every attention layer. The weights for that are in memory only meanwhile.
   *
   * @param conditions The texts, and noise levels.
   * @returns A condition of batch 1 for each.
   * @throws {ArgumentError} if a text has another shape, or a noise level is out of range, missing, or superfluous.
   */
  async prepare(conditions: DeepFloydCondition[]): Promise<Condition[]> {
    if (conditions.length === 0) return [];
    for (const condition of conditions) this.#assertCondition(condition);
    const shape = [1, this.textLength, this.config.textWidth];
    const inputs: Record<string, Tensor> = {
      text: concat(conditions.map(({ text }) => reshape(text, shape))),
    };
    if (this.config.enlarges) {
      inputs.noiseLevel = vector(conditions.map(({ noiseLevel }) => noiseLevel!));
    } else if (this.config.classes) {
      inputs.classLabel = joinLabels(conditions.map(({ classLabel }) => classLabel!));
    }
    const outputs = Object.entries(await this.#withPrompts((session) => session.run(inputs)));
    return conditions.map((_, i) => {
      return { inputs: Object.fromEntries(outputs.map(([name, all]) => [name, slice(all, i, i + 1)])) };
    });
  }

  /** Does something with the session for prompts, which those who prepare conditions at the same time share. */
  async #withPrompts<T>(body: (session: BatchedSession) => Promise<T>): Promise<T> {
    const held = this.#prompts ??= { session: this.#openPrompts(), users: 0 };
    held.users++;
    try {
      return await body(await held.session);
    } finally {
      if (--held.users === 0) {
        this.#prompts = undefined;
        const session = await held.session.catch(() => undefined);
        this.#promptMs += session?.runtimeMs ?? 0;
        await session?.[Symbol.asyncDispose]();
      }
    }
  }

  /**
   * Answers questions about images of one size, all in one batch, in parts where it is a large one. Whatever the network
   * estimates, the answer has its noise, and beside it the clean images where the network does not estimate noise.
   *
   * @throws {ArgumentError} if images have another shape, low-resolution ones are missing or superfluous, a timestep
   * is out of the schedule, or a condition is not for all or for each of the images.
   * @throws The signal's reason, once it is aborted.
   */
  async run(queries: Query[], options: RunOptions = {}): Promise<Prediction[]> {
    assertOptions(options, runOptionNames);
    const { signal, features: cache } = options;
    signal?.throwIfAborted();
    if (queries.length === 0) return [];
    const [, , height, width] = queries[0].input.x.shape;
    for (const query of queries) this.#assertQuery(query, [height, width]);
    const inputs: Record<string, Tensor> = {
      x: imagesOf(queries),
      t: timestepsOf(queries),
      ...this.#conditions.join(
        queries.map(({ condition, input }) => ({ condition, count: input.x.shape[0] })),
      ),
    };
    if (this.config.enlarges) inputs.lowRes = concat(queries.map(({ input }) => input.lowRes!));
    const outputs = await this.#steps.use(height, width, (session) => {
      return session.run(inputs, { queries, cache, signal });
    });
    this.#observe?.(inputs, outputs);
    const { estimate, variance } = outputs;
    return predictionsOf(queries, { estimate, variance }, this.spec);
  }

  /** Frees the sessions' memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#steps[Symbol.asyncDispose]();
  }

  #assertCondition({ text, noiseLevel, classLabel }: DeepFloydCondition): void {
    const [length, width] = [this.textLength, this.config.textWidth];
    if (text.shape.length !== 2 || text.shape[0] !== length || text.shape[1] !== width) {
      throw new ArgumentError("text", text, `[${length},${width}]`);
    }
    assertLabel(this.config.enlarges ? undefined : this.config.classes, classLabel);
    if (!this.config.enlarges) {
      if (noiseLevel === undefined) return;
      throw new ArgumentError("noiseLevel", noiseLevel, "none", {
        note: "of a network that does not enlarge",
      });
    }
    const last = (this.noising ?? this.scheduler).schedule.length - 1;
    if (!(Number.isInteger(noiseLevel) && noiseLevel! >= 0 && noiseLevel! <= last)) {
      throw new ArgumentError("noiseLevel", noiseLevel, `a whole number from 0 to ${last}`);
    }
  }

  /** `size` is that of the first question's images. */
  #assertQuery({ input: { x, lowRes }, t }: Query, size: readonly number[]): void {
    const { channels, schedule } = this.spec;
    const { sizeStep } = this.config;
    const assertImages = ({ shape }: Tensor, name: string, expected: readonly (number | string)[]) => {
      const fits = shape.length === 4 && shape[0] >= 1 &&
        expected.every((n, i) => typeof n === "string" || n === shape[i]);
      if (!fits) throw new ArgumentError(name, { shape }, `[${expected}]`);
    };
    if (!size.every((n) => n >= sizeStep && n % sizeStep === 0)) {
      const expected = `[N,${channels},H,W], H and W multiples of ${sizeStep},`;
      throw new ArgumentError("x", x, expected);
    }
    assertImages(x, "x", ["N", channels, ...size]);
    if (this.config.enlarges) {
      if (!lowRes) {
        throw new ArgumentError("lowRes", described("none"), "low-resolution images", { plural: true });
      }
      assertImages(lowRes, "lowRes", x.shape);
    } else if (lowRes) {
      throw new ArgumentError("lowRes", described("given"), "none", {
        note: "of a network that does not enlarge",
      });
    }
    if (!(t >= 0 && t <= schedule.length - 1)) {
      throw new ArgumentError("t", t, `a number from 0 to ${schedule.length - 1}`);
    }
  }
}

/**
 * Whether weights should be copied into the form that is fastest: those that are stored with fewer bits would grow by that, but for
 * layers in integers, which stay so.
 */
function isWorthCopies({ tensors }: Weights): boolean {
  const stored = [...tensors.values()];
  const widened = stored.reduce((sum, { shape }) => sum + Float32Array.BYTES_PER_ELEMENT * sizeOf(shape), 0);
  const isInIntegers = stored.some(({ name }) => name.endsWith(quantizedNames("").inputScale));
  return isInIntegers || widened <= SMALL || stored.every(({ dtype }) => dtype === "F32");
}

function assertScales(loras: readonly ScaledLora[]): void {
  const wrong = loras.find(({ scale = 1 }) => !Number.isFinite(scale));
  if (wrong) throw new ArgumentError("loras", described(`a scale of ${wrong.scale}`), "a finite number");
}

function vector(values: readonly number[]): Tensor {
  return { data: Float32Array.from(values), shape: [values.length] };
}

/**
 * Opens a network of DeepFloyd IF's family: `unet/` and `scheduler/` of a pipeline's folder, and
 * `image_noising_scheduler/` where there is one.
 *
 * The weights stay in their files. With `prepack` (the default for float32) the runtime copies those of the steps into the layout
 * that is fastest, and takes as much memory as they have; without, they stay mapped from the files, and steps are
 * slower. A file that shrinks while it is mapped kills the process: weights in use must not be written to, only
 * replaced by another file.
 *
 * @param folder The pipeline's folder, or the name of one that ships.
 * @param options The device, the threads, and the rest of {@linkcode DeepFloydOptions}.
 * @throws {CheckpointError} if it is not such a pipeline, or the weights are those of another network: the message names
 * the key or the tensor, what it is and what is expected.
 * @throws {SafetensorsError} if the weights cannot be read, or are not whole.
 * @throws {ArgumentError} if the size does not fit the network, or another option is out of range.
 * @throws {SessionError} if the device does not work.
 *
 * @example
 * ```ts
 * import { conditioned, guided, openTextToImage } from "@denoise/denoise";
 * import { reshape } from "@denoise/denoise/tensors";
 *
 * await using pipeline = await openTextToImage("emoji-I");
 * const { textLength, config: { textWidth } } = pipeline;
 * await using model = await openDeepFloyd("emoji-I", { textLength });
 * const encoded = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
 * const texts = encoded.map((text) => ({ text: reshape(text, [textLength, textWidth]) }));
 * const [text, empty] = await model.prepare(texts);
 * const denoiser = guided(conditioned(model, text), conditioned(model, empty), 7);
 * ```
 */
export function openDeepFloyd(folder: Folder, options: DeepFloydOptions = {}): Promise<DeepFloydModel> {
  return openObserved(folder, options);
}

/** How {@linkcode openObserved} looks into a network. */
export interface DeepFloydHooks {
  /** Makes the source that the graphs take their parameters from; it may do layers in a way of its own, and add outputs. */
  readonly source?: (weights: Weights) => FileSource;
  /** Called for each run of the step graph. */
  readonly observe?: StepObserver;
}

/**
 * Opens a network as {@linkcode openDeepFloyd}, to look into its layers.
 *
 * @throws As {@linkcode openDeepFloyd}.
 */
export async function openObserved(
  folder: Folder,
  options: DeepFloydOptions,
  hooks: DeepFloydHooks = {},
): Promise<DeepFloydModel> {
  assertOptions(options, deepFloydOptionNames);
  const files = await filesOfModel(folder);
  const unet = files.folder("unet");
  const config = readDeepFloydConfig(await Config.read("config.json", unet));
  const scheduler = await readDeepFloydScheduler(files, config);
  const noising = config.enlarges ? await readNoising(files) : undefined;
  const { size = config.size, textLength = TEXT_LENGTH, device, threads, onFallback } = options;
  const { sizeStep } = config;
  if (!(Number.isInteger(size) && size >= sizeStep && size % sizeStep === 0)) {
    throw new ArgumentError("size", size, `a multiple of ${sizeStep}`);
  }
  for (const [name, value] of Object.entries({ textLength, batch: options.batch })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new ArgumentError(name, value, "a whole number of at least 1");
    }
  }
  const weights = await openWeights(unet, "diffusion_pytorch_model", { variant: options.variant });
  const { prepack = isWorthCopies(weights) } = options;
  // What other devices cannot do in integers, they do with weights that are widened.
  const integers = device === undefined || device === "auto" || isProcessor(device);
  const { loras = [] } = options;
  assertScales(loras);
  const source = hooks.source?.(weights) ?? new LoraSource(weights, loras, { integers });
  const promptGraph = deepFloydPromptGraph(config, source, { textLength });
  // The blocks behind the deep features are all those of full size: with fewer, steps are shorter still, but pictures become grainy.
  const branch = longestBranch(config);
  const stepGraph = (height: number, width: number) => {
    return deepFloydStepGraph(config, source, { height, width, textLength, branch });
  };
  const shallowGraph = (height: number, width: number) => {
    return deepFloydShallowGraph(config, source, { height, width, textLength, branch });
  };
  let built: Graph | undefined = stepGraph(size, size);
  source.assertAllUsed();
  const common = { device, threads, onFallback, folder: source.folder, memoryPattern: false };
  // Run once for a prompt: its weights are not worth a copy, nor their place in memory afterwards.
  const openPrompts = async () => {
    return new BatchedSession(
      await openSession(promptGraph, { ...common, prepack: false, arena: false }),
      PROMPTS,
    );
  };
  const steps = await ImageSessions.open(
    async (height, width) => {
      const { batch = Math.max(2, Math.floor(PIXELS / (height * width))), profile } = options;
      const openSteps = async (graph: Graph, name: string) => {
        const own = { ...common, prepack, profile: profile && `${profile}-${name}` };
        return new BatchedSession(await openSession(graph, own), batch);
      };
      // The first is of the graph by which the weights were checked.
      const graph = built ?? stepGraph(height, width);
      built = undefined;
      return new StepSessions(
        await openSteps(graph, "step"),
        () => openSteps(shallowGraph(height, width), "shallow-step"),
      );
    },
    size,
    size,
  );
  const { observe } = hooks;
  return new DeepFloydModel({ config, scheduler, noising, size, textLength, openPrompts, steps, observe });
}

/**
 * Reads the scheduler's configuration of a pipeline, beside that of its network.
 *
 * @param folder The pipeline's folder, or the name of one that ships.
 * @param config What the network's configuration says.
 * @throws {CheckpointError} if the configuration cannot be read, or does not fit the network.
 */
export async function readDeepFloydScheduler(
  folder: Folder,
  config: DeepFloydConfig,
): Promise<SchedulerSettings> {
  const file = await Config.read("scheduler/scheduler_config.json", machine.open(folder));
  return fittingScheduler(file, config.outChannels !== imageChannels(config));
}

async function readNoising(files: Files): Promise<{ readonly schedule: DiscreteSchedule } | undefined> {
  const config = await Config.readIfExists("image_noising_scheduler/scheduler_config.json", files);
  return config && { schedule: noiseScheduleFromConfig(config) };
}
