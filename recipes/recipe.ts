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
  /** How the rate goes over the run; as the recipe says unless given. */
  readonly learningRateSchedule?: LearningRateSchedule;
  /** Steps over which the rate rises to its height; as the schedule says unless given. */
  readonly warmupSteps?: number;
  /**
   * What updates the weights: Adam, Muon with Adam for what is no matrix, gradient descent with momentum, or Lion; Adam unless
   * given.
   */
  readonly optimizer?: OptimizerName;
  /**
   * The number of microbatches that a step's batch is split into, whose gradients are averaged; divides the batch. They are
   * computed in parallel on the CPU. Batch norm sees one microbatch at a time.
   */
  readonly microbatches: number;
  /**
   * The relative widths of averages by a power of the step, of which snapshots are kept whenever the model is written: a
   * released model may then have weights averaged over another width. None unless given.
   */
  readonly powerAverages?: readonly number[];
  /** The hidden width of the network. */
  readonly width: number;
  /** Residual blocks of each level, where the recipe has a choice; 1 unless given. */
  readonly layers?: number;
  /** Height and width of the pictures, where the recipe has a choice. */
  readonly size?: number;
  /** The decay of the weights' moving average; the trainer's own unless given, and 0 is the weights as they are. */
  readonly averageDecay?: number;
  /** Of a LoRA: its rank. */
  readonly rank?: number;
  /** Of a LoRA: what its product is multiplied by, over the rank; the rank unless given. */
  readonly alpha?: number;
  /** Of a LoRA: the layers, by the ends of their paths, with commas. */
  readonly targets?: string;
  /** Of further training: the start of the hash of the weights that it begins from. */
  readonly base?: string;
  /** Of further training: what one's own pictures show. */
  readonly prompt?: string;
  /** Of further training: what the pictures of the prior show. */
  readonly priorPrompt?: string;
  /** Of further training: how much the prior counts. */
  readonly priorWeight?: number;
  /** Of a learned token: the word that it is called by. */
  readonly token?: string;
  /** Of a learned token: the word or the words that it begins as. */
  readonly initializer?: string;
  /** Of a learned token: how many vectors it stands for. */
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
  /** How the weights are stored: as fp16 unless given. */
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
  /** The folder of weights that the objective refers to in place, where it has such: they are not trained. */
  readonly frozen?: string;
  /** First weights, where they are not drawn. */
  start?(): Promise<Record<string, Tensor>>;
  /** The files of the model's folder. */
  readonly files: ModelFiles;
}

/** Which data a recipe loads. */
export interface LoadOptions {
  /** A folder of one's own in place of the data that the recipe is for. */
  readonly folder?: string;
  /** Height and width of the network's pictures, where the recipe has a choice. */
  readonly size?: number;
  /** Of data with names, those to take; all unless given. */
  readonly names?: readonly string[];
  /** The model whose text encoder is listened to, where the recipe trains none. */
  readonly encoder?: string;
  /** Told of files and folders that are passed over, each with the reason: `cats/notes.txt: ...`. */
  readonly onSkipped?: (what: string) => void;
}

/** One network and the way to train it, on data of a kind. */
export interface Recipe<Data extends PictureSet = PictureSet> {
  /** What one types: `mnist-class`. */
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  /** The settings that made the weights that ship. */
  readonly defaults: RecipeSettings;
  /** Whether the pictures must have classes. */
  readonly needsLabels: boolean;
  /** Epochs from one writing of the model's files to the next; 1 unless given. */
  readonly writeEvery?: number;
  /** How the learning rate goes over a run; half a cosine to zero unless given. */
  readonly schedule?: LearningRateSchedule;
  /** The optimiser's numbers; Adam's defaults unless given. */
  readonly optimizer?: AdamOptions;
  /** Muon's numbers where that is chosen, and which parameters are its: hidden layers' matrices. Without it Muon cannot be chosen. */
  readonly muon?: MuonOptions & { readonly parameters: MuonRule };
  /**
   * Loads what it is trained on.
   *
   * @throws {Error} if it is not there, or not what it should be.
   */
  load(options: LoadOptions): Promise<Data>;
  /**
   * Loads pictures of that kind which it is not trained on, for previews to show what it makes of them. Undefined where
   * there are none; previews then show pictures that it is trained on.
   */
  loadTest?(options: LoadOptions): Promise<PictureSet | undefined>;
  /** What is done with a data set. */
  plan(settings: RecipeSettings, data: Data): Plan;
  /**
   * First weights that compute what a narrower network of this kind does, or one of another vocabulary. Without it a run starts
   * from networks of its own shape alone.
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
