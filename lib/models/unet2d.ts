/**
 * Diffusers' `UNet2DModel` as a running model, from the folder of a `DDPMPipeline` or a `DDIMPipeline`: networks that draw from noise
 * alone, without a text.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { openWeights, type WeightsOptions } from "../checkpoints/shards.ts";
import type { DiscreteSchedule } from "../diffusion/schedule.ts";
import type { SchedulerSettings } from "../diffusion/scheduler_config.ts";
import type { Condition, Model, ModelSpec, Prediction, Query, RunOptions } from "../diffusion/types.ts";
import { labelShape } from "../nn/unet/class_embedding.ts";
import type { Unet2DConfig } from "../nn/unet2d/mod.ts";
import { openSession, type SessionOptions } from "../onnx/mod.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import type { Folder } from "../platform/mod.ts";
import type { Tensor } from "../tensor.ts";
import { BatchedSession, openOptionNames, type OpenOptions } from "./batched_session.ts";
import { assertLabel, joinLabels } from "./class_labels.ts";
import { readDdpmFolder } from "./ddpm_folder.ts";
import { ImageSessions } from "./image_sessions.ts";
import { JoinedConditions } from "./joined_conditions.ts";
import { OldNamesSource } from "./old_names.ts";
import { imagesOf, predictionsOf, timestepsOf } from "./query_batch.ts";
import { filesOfModel } from "./registry.ts";
import { unet2DGraph } from "./unet2d_graph.ts";

/** Pixels, of all images together, of one run of the network unless a limit is given: 16 images of 64 x 64. */
const PIXELS = 16 * 64 * 64;

/** How {@linkcode openUnet2D} opens a model. */
export interface Unet2DOptions extends OpenOptions, WeightsOptions {
  /** As in {@linkcode SessionOptions}; defaults to true. */
  readonly prepack?: SessionOptions["prepack"];
  /** The largest number of images in one run of the network; by default 65536 pixels together, and at least 2. */
  readonly batch?: number;
}

const unet2DOptionNames: OptionNames<Unet2DOptions> = {
  ...openOptionNames,
  variant: true,
  prepack: true,
  batch: true,
};

/** The parts of a {@linkcode Unet2DModel}. */
export interface Unet2DParts {
  /** What the network's configuration says. */
  readonly config: Unet2DConfig;
  /** What the scheduler's configuration says. */
  readonly scheduler: SchedulerSettings;
  /** The pipeline's default number of steps. */
  readonly numInferenceSteps: number;
  /** The sessions. */
  readonly sessions: ImageSessions<BatchedSession>;
}

/**
 * A network that draws from noise alone, or one of classes.
 *
 * Its conditions are classes: a number, or a vector where the network has such; null is none, the only one of a network without
 * classes. Images may have any height and width that are multiples of `config.sizeStep`; those that do not have `spec.size` make
 * it open another session, once, in the place of the one before.
 */
export class Unet2DModel implements Model<number | Tensor | null> {
  /** The fixed properties. Images are in [-1, 1]. */
  readonly spec: ModelSpec<DiscreteSchedule>;
  /** What the network's configuration says. */
  readonly config: Unet2DConfig;
  /** What the scheduler's configuration says. */
  readonly scheduler: SchedulerSettings;
  /** Its pipeline's default number of steps: 1000 for `DDPMPipeline`, 50 for `DDIMPipeline`. */
  readonly numInferenceSteps: number;
  readonly #sessions: ImageSessions<BatchedSession>;
  readonly #conditions: JoinedConditions;

  /** Made by {@linkcode openUnet2D}. */
  constructor({ config, scheduler, numInferenceSteps, sessions }: Unet2DParts) {
    this.config = config;
    this.scheduler = scheduler;
    this.numInferenceSteps = numInferenceSteps;
    this.#sessions = sessions;
    this.#conditions = new JoinedConditions(
      new Map(config.classes ? [["classLabel", labelShape(config.classes)]] : []),
    );
    this.spec = {
      size: config.size,
      channels: config.inChannels,
      range: [-1, 1],
      predicts: scheduler.predictionType,
      // A network may have a variance that its scheduler does not use.
      learnsVariance: scheduler.variance.startsWith("learned"),
      schedule: scheduler.schedule,
    };
  }

  /** Where it runs. */
  get device(): ImageSessions<BatchedSession>["device"] {
    return this.#sessions.device;
  }

  /** How long the runtime has computed so far, in milliseconds. */
  get runtimeMs(): number {
    return this.#sessions.runtimeMs;
  }

  /**
   * The class labels.
   *
   * @param conditions Classes, or null for none.
   * @returns A condition of batch 1 for each.
   * @throws {ArgumentError} if the network does not know a class, or knows some and there is none.
   */
  // deno-lint-ignore require-await -- what is wrong with an argument rejects, as everywhere in a Model
  async prepare(conditions: (number | Tensor | null)[]): Promise<Condition[]> {
    return conditions.map((label): Condition => {
      assertLabel(this.config.classes, label ?? undefined);
      return { inputs: label === null ? {} : { classLabel: joinLabels([label]) } };
    });
  }

  /**
   * Answers questions about images of one size, all in one batch, in parts where it is a large one.
   *
   * @throws {ArgumentError} if images have another shape, a timestep is none that the network knows, or a condition is not for all or
   * for each of the images.
   * @throws The signal's reason, once it is aborted.
   */
  async run(queries: Query[], options: RunOptions = {}): Promise<Prediction[]> {
    assertOptions(options, { signal: true, features: true });
    const { signal } = options;
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
    const { estimate, variance } = await this.#sessions.use(height, width, (session) => {
      return session.run(inputs, signal);
    });
    return predictionsOf(queries, { estimate, variance }, this.spec);
  }

  /** Frees the sessions' memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
  }

  /** `size` is that of the first question's images. */
  #assertQuery({ input: { x, lowRes }, t }: Query, size: readonly number[]): void {
    const { channels, schedule } = this.spec;
    const { sizeStep, time } = this.config;
    if (lowRes) {
      throw new ArgumentError("lowRes", lowRes, "none", { note: "of a network that does not enlarge" });
    }
    const expected = [channels, ...size];
    const fits = x.shape.length === 4 && x.shape[0] >= 1 && expected.every((n, i) => n === x.shape[i + 1]) &&
      size.every((n) => n >= sizeStep && n % sizeStep === 0);
    if (!fits) {
      throw new ArgumentError(
        "x",
        { shape: x.shape },
        `[N,${channels},H,W], H and W multiples of ${sizeStep},`,
      );
    }
    const last = (time.kind === "learned" ? Math.min(time.count, schedule.length) : schedule.length) - 1;
    if (time.kind === "learned" && !(Number.isInteger(t) && t >= 0 && t <= last)) {
      throw new ArgumentError("t", t, `a whole number from 0 to ${last}`, {
        note: "of a network with a table of timesteps",
      });
    }
    // The logarithm of 0 is none.
    if (time.kind === "fourier" ? !(t > 0 && t <= last) : !(t >= 0 && t <= last)) {
      throw new ArgumentError(
        "t",
        t,
        `a number ${time.kind === "fourier" ? "above 0" : "from 0"}, to ${last}`,
      );
    }
  }
}

/**
 * Opens the network of a `DDPMPipeline` or a `DDIMPipeline` of diffusers: `unet/` and `scheduler/` of its folder, or, as in the oldest
 * ones (`google/ddpm-cifar10-32`), the same files in the folder itself.
 *
 * The weights stay in their files. With `prepack` (the default) the runtime copies them into the layout that is fastest.
 *
 * @param folder The pipeline's folder: its path, its URL, or its files.
 * @param options The device, the threads, the variant of the weights.
 * @throws {CheckpointError} if it is not such a pipeline, a configuration asks for what is not supported, or the weights are those of
 * another network: the message names the key or the tensor, what it is and what is expected.
 * @throws {SafetensorsError} if the weights cannot be read, or are not whole.
 * @throws {ArgumentError} if an option is out of range.
 * @throws {SessionError} if the device does not work.
 *
 * @example
 * ```ts
 * import { encodePng, sampleToEnd } from "@denoise/denoise";
 * import { sampleUnconditional } from "@denoise/denoise/pipelines";
 *
 * export async function church(folder: string): Promise<Uint8Array> {
 *   await using model = await openUnet2D(folder); // google/ddpm-church-256, pulled
 *   return encodePng(await sampleToEnd(sampleUnconditional(model, { seed: 0, numInferenceSteps: 50, sampler: "ddim" })));
 * }
 * ```
 */
export async function openUnet2D(folder: Folder, options: Unet2DOptions = {}): Promise<Unet2DModel> {
  assertOptions(options, unet2DOptionNames);
  const { device, threads, onFallback, prepack, variant, batch } = options;
  if (batch !== undefined && !(Number.isInteger(batch) && batch >= 1)) {
    throw new ArgumentError("batch", batch, "a whole number of at least 1");
  }
  const { unet, config, scheduler, numInferenceSteps } = await readDdpmFolder(await filesOfModel(folder));
  const source = new OldNamesSource(await openWeights(unet, "diffusion_pytorch_model", { variant }));
  const { size } = config;
  unet2DGraph(config, source, { height: size, width: size });
  source.assertAllUsed();
  const common = { device, threads, onFallback, folder: source.folder, prepack, memoryPattern: false };
  const sessions = await ImageSessions.open(
    async (height, width) => {
      return new BatchedSession(
        await openSession(unet2DGraph(config, source, { height, width }), common),
        batch ?? Math.max(2, Math.floor(PIXELS / (height * width))),
      );
    },
    size,
    size,
  );
  return new Unet2DModel({ config, scheduler, numInferenceSteps, sessions });
}
