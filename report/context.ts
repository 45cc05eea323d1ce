/**
 * The context that a section runs in: models, pictures, a signal. The caller decides where they come from.
 *
 * @module
 */
import type { SchedulerSettings } from "../lib/diffusion/mod.ts";
import type { FileReference, ResolvedModel } from "../lib/generation/mod.ts";
import type { MnistDenoiser, MnistModel, SamplingDefaults, TextAttention } from "../lib/models/mod.ts";
import type { StageModel } from "../lib/pipelines/mod.ts";
import type { Tensor } from "../lib/tensor.ts";
import type { Token } from "../lib/text/mod.ts";
import type { LabelledPictureSet } from "../recipes/data/dataset.ts";
import type { LossLine } from "../recipes/loss_log.ts";

/** The inputs of a section besides its parameters. */
export interface Context {
  /** Models by name, each opened once. */
  readonly models: ModelShelf;
  /** Pictures by name: those that come with the report, and the user's own. */
  readonly images: ImageShelf;
  /** Aborts the section. */
  readonly signal: AbortSignal;
  /** Whether to make previews. Defaults to true. */
  readonly previews?: boolean;
  /** The surroundings of a training: the user's own digits, and a place for checkpoints. Defaults to neither. */
  readonly training?: TrainingPlace;
}

/** The checkpoint of a training at one of its steps. */
export interface TrainingCheckpoint {
  /** The step. */
  readonly step: number;
  /** The full state to resume from, as the bytes of a safetensors file: weights, the optimiser's moments, noise, the place in the data. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The losses so far. */
  readonly losses: readonly LossLine[];
}

/** The surroundings of a training. */
export interface TrainingPlace {
  /** Digits drawn by the user. */
  readonly drawn?: LabelledPictureSet;
  /** The checkpoint to resume from. */
  readonly resume?: TrainingCheckpoint;
  /** The interval between checkpoints, in milliseconds. */
  readonly every: number;
  /** Saves a checkpoint over the last one. A failure does not stop the training, so it must not throw. */
  keep(checkpoint: TrainingCheckpoint): Promise<void>;
}

/** The kinds of models that sections use. */
export type ModelKind =
  | "text-to-image"
  | "super-resolution"
  | "mnist-time"
  | "mnist-class"
  | "mnist-denoiser";

/**
 * Opens models by name, once each, and keeps them open. A name is that of a model that ships, a folder, or `ORG/NAME` of one
 * that was pulled.
 *
 * Each method throws `UnknownModelError` if there is no such model, and `CheckpointError` if it is of another kind.
 */
export interface ModelShelf {
  /**
   * A first stage: a text-to-image network, with its text encoder.
   *
   * @param name Its name.
   * @param added Weights added to its own. Only one such model is kept open: the last requested.
   * @throws {ArgumentError} if a file of these is not there.
   */
  textToImage(name: string, added?: AddedWeights): Promise<TextModel>;
  /**
   * A second stage, which enlarges the first one's images.
   *
   * @param name Its name; `none`; or `auto` for the one that belongs to the first stage, if it is here.
   * @param first The name of the first stage.
   * @param added Weights added to its own, as for a first stage.
   * @throws {ArgumentError} if a file of these is not there.
   */
  superResolution(
    name: string,
    first: string,
    added?: Pick<AddedWeights, "loras">,
  ): Promise<SecondModel | undefined>;
  /** The attention of a first stage's network to its text. */
  textAttention(name: string): Promise<Pick<TextAttention, "at">>;
  /** A network that draws digits, with or without classes. */
  digits(name: string): Promise<MnistModel>;
  /** A network that denoises digits in one step. */
  digitDenoiser(name: string): Promise<MnistDenoiser>;
  /** A model's folder, which options of generations are resolved from. */
  described(name: string): Promise<ResolvedModel>;
  /** The folder of a model, with the records of its training. */
  folder(name: string): Promise<string>;
}

/** Files with weights that a model is drawn with beside its own, by the ids that their sender was given. */
export interface AddedWeights {
  /** LoRAs of its network, and what they are multiplied by. */
  readonly loras: readonly { readonly id: string; readonly scale: number }[];
  /** Words of prompts that stand for vectors of their own. */
  readonly learnedTokens: readonly string[];
}

/** A second stage. */
export interface SecondModel {
  /** Its name. */
  readonly name: string;
  /** The height and width of its pictures, in pixels. */
  readonly size: number;
  /** The network, opened on first use, so that the first stage's results are shown before. */
  network(): Promise<StageModel>;
  /** Its recommended sampling defaults, if its folder has any. */
  readonly defaults: Pick<
    SamplingDefaults,
    "guidanceScale" | "guidanceInterval" | "cacheInterval" | "noiseLevel"
  >;
}

/** A first stage. */
export interface TextModel {
  /** Whether it generates photographs; then the test pictures are photographs too, if available. */
  readonly photographic: boolean;
  /** The scheduler's configuration. */
  readonly scheduler: SchedulerSettings;
  /** The height and width of its pictures, in pixels. */
  readonly size: number;
  /**
   * Encodes prompts, with a cache.
   *
   * @returns `[N, L, D]`
   */
  encode(prompts: readonly string[]): Promise<Tensor>;
  /** The tokens of a prompt, including the end token, without padding. */
  tokenize(prompt: string): Promise<Token[]>;
  /** The network. Encode first: encoder and network may not fit in memory together. */
  network(): Promise<StageModel>;
}

/** Pictures and masks by name. */
export interface ImageShelf {
  /**
   * A picture.
   *
   * @param id `campanile`, `cat`, `latte`, `photo-cat`, ..., or the id of an upload.
   * @returns `[3, H, W]` in [-1, 1], of any size.
   * @throws {ArgumentError} if there is none.
   * @throws {ImageError} if it is not a picture, or too large.
   */
  picture(id: string): Promise<Tensor>;
  /**
   * A mask: white where to repaint.
   *
   * @returns `[1, H, W]` in [-1, 1].
   * @throws {ArgumentError} if there is none.
   * @throws {ImageError} if it is not a picture, or too large.
   */
  mask(id: string): Promise<Tensor>;
  /**
   * The file of a picture or a mask, by which `deno task sample` finds it again.
   *
   * @throws {ArgumentError} if there is none.
   */
  file(id: string): Promise<FileReference>;
}
