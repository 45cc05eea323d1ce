/** What it takes to train one of the networks that ship. */
import type { Generator } from "../lib/random.ts";
import type { Tensor, TensorData } from "../lib/tensor.ts";
import type { Objective } from "../lib/training/gradient_graph.ts";
import type { Batch } from "./data/batches.ts";

/** The numbers that a user may set. */
export interface RecipeSettings {
  /** Times through the data. */
  readonly epochs: number;
  /** Pictures in a step. */
  readonly batch: number;
  /** The learning rate at the start; it follows a cosine down to zero. */
  readonly learningRate: number;
  /**
   * The parts that a step's batch is cut into, whose gradients are averaged; divides the batch. They are computed side by
   * side on the CPU. Batch norm sees one part at a time.
   */
  readonly shares: number;
  /** The hidden width of the network. */
  readonly width: number;
}

/** The files of a model's folder, by path: objects are written as JSON. The weights go to `weights`. */
export interface ModelFiles {
  /** Configs and the like. */
  readonly configs: Readonly<Record<string, unknown>>;
  /** The path of the safetensors file. */
  readonly weights: string;
}

/** One network and the way to train it. */
export interface Recipe {
  /** What one types: `mnist-class`. */
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  /** The settings that made the weights that ship. */
  readonly defaults: RecipeSettings;
  /** Whether the pictures must have classes. */
  readonly needsLabels: boolean;
  /** The loss as a function of the network's inputs, for a batch of a fixed size. */
  objective(settings: RecipeSettings, classes: number): Objective;
  /** The inputs of one step: draws noise, timesteps and whatever else is random. */
  feeds(batch: Batch, classes: number, generator: Generator): Record<string, Tensor<TensorData>>;
  /** The files of the model's folder. */
  files(settings: RecipeSettings, classes: number): ModelFiles;
}
