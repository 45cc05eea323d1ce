/**
 * What a section is given to work with: models, pictures, a signal. Whoever runs sections decides where they come from.
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

/** What a section is given beside its parameters. */
export interface Context {
  /** Models by name, each opened once. */
  readonly models: ModelShelf;
  /** Pictures by name: those that come with the report, and the user's own. */
  readonly images: ImageShelf;
  /** Aborts the section. */
  readonly signal: AbortSignal;
  /** Whether previews are wanted; without a spectator they are not made. Defaults to true. */
  readonly previews?: boolean;
  /** What a run that trains has beside: the reader's own digits, and a place for checkpoints. Defaults to neither. */
  readonly training?: TrainingPlace;
}

/** A run that trains, at one of its steps. */
export interface TrainingCheckpoint {
  /** The step. */
  readonly step: number;
  /** All that it goes on from, as the bytes of a safetensors file: weights, the optimiser's moments, noise, the place in the data. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The losses so far. */
  readonly losses: readonly LossLine[];
}

/** What a run that trains has of its surroundings. */
export interface TrainingPlace {
  /** Digits that the reader has drawn. */
  readonly drawn?: LabelledPictureSet;
  /** The checkpoint that it goes on from. */
  readonly resume?: TrainingCheckpoint;
  /** The time from one checkpoint to the next, in milliseconds. */
  readonly every: number;
  /** Keeps a checkpoint in the place of the last one. A training goes on where this cannot be, so it does not throw. */
  keep(checkpoint: TrainingCheckpoint): Promise<void>;
}

/** The kinds of models that sections ask for. */
export type ModelKind =
  | "text-to-image"
  | "super-resolution"
  | "mnist-time"
  | "mnist-class"
  | "mnist-denoiser";

/**
 * Opens models by name, once, and keeps them open. A name is that of a model that ships, a folder, or `ORG/NAME` of one
 * that was pulled.
 *
 * Each method throws `UnknownModelError` if there is no such model, and `CheckpointError` if it is of another kind.
 */
export interface ModelShelf {
  /**
   * A first stage: a network that draws texts, with its text encoder.
   *
   * @param name Its name.
   * @param added What it draws with beside its own weights. Of such models one alone is kept open: the last that was asked for.
   * @throws {ArgumentError} if a file of these is not there.
   */
  textToImage(name: string, added?: AddedWeights): Promise<TextModel>;
  /**
   * A second stage, that enlarges what the first has drawn.
   *
   * @param name Its name; `none`; or `auto` for the one that belongs to the first stage, if it is here.
   * @param first The name of the first stage.
   * @param added What it draws with beside its own weights, as of a first stage.
   * @throws {ArgumentError} if a file of these is not there.
   */
  superResolution(
    name: string,
    first: string,
    added?: Pick<AddedWeights, "loras">,
  ): Promise<SecondModel | undefined>;
  /** Where the network of a first stage looks in its text. */
  textAttention(name: string): Promise<Pick<TextAttention, "at">>;
  /** A network that draws digits, with or without classes. */
  digits(name: string): Promise<MnistModel>;
  /** A network that takes noise off digits in one step. */
  digitDenoiser(name: string): Promise<MnistDenoiser>;
  /** What a model's folder says, by which the options of generations are resolved. */
  described(name: string): Promise<ResolvedModel>;
  /** The folder of a model, where the records of its training are. */
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
  /** The network, opened when it is first asked for: what the first stage draws is seen before. */
  network(): Promise<StageModel>;
  /** How its pictures are best drawn, where its folder says so. */
  readonly defaults: Pick<
    SamplingDefaults,
    "guidanceScale" | "guidanceInterval" | "cacheInterval" | "noiseLevel"
  >;
}

/** A first stage. */
export interface TextModel {
  /** Whether it draws photographs: then the test pictures are photographs too, where there are some. */
  readonly photographic: boolean;
  /** What the scheduler's configuration says. */
  readonly scheduler: SchedulerSettings;
  /** The height and width of its pictures, in pixels. */
  readonly size: number;
  /**
   * Encodes prompts; what was encoded once is remembered.
   *
   * @returns `[N, L, D]`
   */
  encode(prompts: readonly string[]): Promise<Tensor>;
  /** The tokens of a prompt, the one that ends it included; what follows is padding. */
  tokenize(prompt: string): Promise<Token[]>;
  /** The network. Encode first: the encoder may be larger than what fits beside it. */
  network(): Promise<StageModel>;
}

/** Pictures and masks by name. */
export interface ImageShelf {
  /**
   * A picture.
   *
   * @param id `campanile`, `cat`, `latte`, `photo-cat`, ..., or what the user's own was given.
   * @returns `[3, H, W]` in [-1, 1], of any size.
   * @throws {ArgumentError} if there is none.
   * @throws {ImageError} if it is no picture, or too large.
   */
  picture(id: string): Promise<Tensor>;
  /**
   * A mask: white where to repaint.
   *
   * @returns `[1, H, W]` in [-1, 1].
   * @throws {ArgumentError} if there is none.
   * @throws {ImageError} if it is no picture, or too large.
   */
  mask(id: string): Promise<Tensor>;
  /**
   * Which file a picture or a mask is of: by what `deno task sample` finds it again.
   *
   * @throws {ArgumentError} if there is none.
   */
  file(id: string): Promise<FileReference>;
}
