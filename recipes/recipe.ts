/** What it takes to train one of the networks that ship. */
import type { Generator } from "../lib/random.ts";
import type { Tensor, TensorData } from "../lib/tensor.ts";
import type { LearningRateSchedule, MuonRule, Objective } from "../lib/training/mod.ts";
import type { AdamOptions, MuonOptions } from "../lib/onnx/mod.ts";
import type { WriteOptions } from "../lib/checkpoints/mod.ts";
import type { Batch } from "./data/batches.ts";
import type { PictureSet } from "./data/dataset.ts";

/** The optimisers that a run may have. */
export const optimizerNames = ["adam", "muon", "sgd", "lion"] as const;

/** The name of an optimiser. */
export type OptimizerName = typeof optimizerNames[number];

/** The numbers that a user may set. */
export interface RecipeSettings {
  /** Times through the data. */
  readonly epochs: number;
  /** Pictures in a step. */
  readonly batch: number;
  /** The highest learning rate. */
  readonly learningRate: number;
  /** The learning rate schedule; defaults to the recipe's. */
  readonly learningRateSchedule?: LearningRateSchedule;
  /** Warm-up steps; defaults to the schedule's. */
  readonly warmupSteps?: number;
  /**
   * The optimiser: Adam, Muon with Adam for parameters that are not matrices, gradient descent with momentum, or Lion; defaults to
   * Adam.
   */
  readonly optimizer?: OptimizerName;
  /**
   * The number of microbatches that a step's batch is split into, whose gradients are averaged; divides the batch. They are
   * computed in parallel on the CPU. Batch norm sees one microbatch at a time.
   */
  readonly microbatches: number;
  /**
   * The relative widths of averages by a power of the step, of which snapshots are kept whenever the model is written: a
   * released model may then have weights averaged over another width. Defaults to none.
   */
  readonly powerAverages?: readonly number[];
  /** The hidden width of the network. */
  readonly width: number;
  /** Residual blocks of each level, where the recipe has a choice; defaults to 1. */
  readonly layers?: number;
  /** Height and width of the pictures, where the recipe has a choice. */
  readonly size?: number;
  /** The decay of the weights' moving average; defaults to the trainer's own, and 0 disables averaging. */
  readonly averageDecay?: number;
  /** Of a LoRA: its rank. */
  readonly rank?: number;
  /** Of a LoRA: the product is scaled by alpha over the rank; defaults to the rank. */
  readonly alpha?: number;
  /** Of a LoRA: the layers, by the ends of their paths, with commas. */
  readonly targets?: string;
  /** Of fine-tuning: the start of the hash of the initial weights. */
  readonly base?: string;
  /** Of fine-tuning: the prompt of the user's pictures. */
  readonly prompt?: string;
  /** Of fine-tuning: the prompt of the prior's pictures. */
  readonly priorPrompt?: string;
  /** Of fine-tuning: the weight of the prior loss. */
  readonly priorWeight?: number;
  /** Of a learned token: its word. */
  readonly token?: string;
  /** Of a learned token: the word or words to initialise it from. */
  readonly initializer?: string;
  /** Of a learned token: its number of vectors. */
  readonly vectors?: number;
}

/** The files of a model's folder, by path. */
export interface ModelFiles {
  /** Configs and the like: bytes are written as they are, other values as JSON. */
  readonly configs: Readonly<Record<string, unknown>>;
  /**
   * The safetensors files, each with the start of the names of the tensors that go there; without it they are named in
   * the file. With one file for all it is empty.
   */
  readonly weights: Readonly<Record<string, string>>;
  /** The format of the weights; defaults to fp16. */
  readonly format?: Required<Pick<WriteOptions, "dtype" | "metadata">>;
}

/** The inputs of one step, by name. */
export type Feeds = Record<string, Tensor<TensorData>>;

/** A recipe applied to a data set. */
export interface Plan {
  /** The loss as a function of the network's inputs, for so many pictures. */
  objective(pictures: number): Objective;
  /** The inputs of one step: draws noise, timesteps and whatever else is random. */
  feeds(batch: Batch, generator: Generator): Feeds | Promise<Feeds>;
  /** The folder of frozen weights that the objective refers to in place, if any. */
  readonly frozen?: string;
  /** Initial weights, if not random. */
  start?(): Promise<Record<string, Tensor>>;
  /** The files of the model's folder. */
  readonly files: ModelFiles;
}

/** Which data a recipe loads. */
export interface LoadOptions {
  /** A folder of the user's own data in place of the recipe's. */
  readonly folder?: string;
  /** Height and width of the network's pictures, where the recipe has a choice. */
  readonly size?: number;
  /** Of data with names, those to take; defaults to all. */
  readonly names?: readonly string[];
  /** The model whose text encoder is used, if the recipe trains none. */
  readonly encoder?: string;
  /** Called with skipped files and folders, each with the reason: `cats/notes.txt: ...`. */
  readonly onSkipped?: (what: string) => void;
}

/** One network and the way to train it, on data of a kind. */
export interface Recipe<Data extends PictureSet = PictureSet> {
  /** Its name on the command line: `mnist-class`. */
  readonly name: string;
  /** Its title. */
  readonly title: string;
  /** The settings that made the weights that ship. */
  readonly defaults: RecipeSettings;
  /** Whether the pictures must have classes. */
  readonly needsLabels: boolean;
  /** Epochs from one writing of the model's files to the next; defaults to 1. */
  readonly writeEvery?: number;
  /** The learning rate schedule; defaults to half a cosine to zero. */
  readonly schedule?: LearningRateSchedule;
  /** The optimiser's options; defaults to Adam's. */
  readonly optimizer?: AdamOptions;
  /** Muon's settings, and the parameters it updates: hidden layers' matrices. Without it Muon is not available. */
  readonly muon?: MuonOptions & { readonly parameters: MuonRule };
  /**
   * Loads the training data.
   *
   * @throws {Error} if it is missing or invalid.
   */
  load(options: LoadOptions): Promise<Data>;
  /**
   * Loads held-out pictures of the same kind for previews. Undefined if
   * there are none; previews then use training pictures.
   */
  loadTest?(options: LoadOptions): Promise<PictureSet | undefined>;
  /** The recipe applied to a data set. */
  plan(settings: RecipeSettings, data: Data): Plan;
  /**
   * Initial weights equivalent to a narrower network of this kind, or one of another vocabulary. Without it a run starts
   * only from networks of the same shape.
   *
   * @param folder The narrower network's.
   * @param fresh First weights of the new one.
   * @throws {ArgumentError} if the folder's network is no narrower one of this kind.
   */
  grow?(
    folder: string,
    fresh: Readonly<Record<string, Tensor>>,
    settings: RecipeSettings,
    data: Data,
  ): Promise<Record<string, Tensor>>;
}
