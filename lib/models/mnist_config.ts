/** What the configurations of the networks for 28 x 28 digits say. */
import type { Config } from "../checkpoints/config.ts";

/** The classes that the configurations name. */
export const mnistClasses = {
  pipeline: "MnistPipeline",
  unet: "MnistUNet",
  classifier: "MnistClassifier",
} as const;

/** The widest network, the most classes, the longest noise schedule and the largest values that a configuration may name. */
const MAX_WIDTH = 2 ** 14;
const MAX_CLASSES = 2 ** 16;
const LONGEST = 100_000;
const LARGEST = 1e6;

/** Height and width of the images: the networks' poolings are made for it. */
export const MNIST_SIZE = 28;

/** The configuration of a UNet. */
export interface MnistUnetConfig {
  /** The hidden width D. */
  readonly width: number;
  /** Whether it knows the timestep; the single-step denoiser does not. */
  readonly timeConditioned: boolean;
  /** How many classes it can be conditioned on; 0 where it cannot. */
  readonly classes: number;
  /** The number of timesteps by which it divides the timestep; 0 where it knows none. */
  readonly timesteps: number;
  /** The values that black and white have in its clean images. */
  readonly range: readonly [black: number, white: number];
  /** The standard deviation of the noise that a single-step denoiser was trained on. */
  readonly sigma?: number;
}

/** The configuration of a classifier. */
export interface MnistClassifierConfig {
  /** The channels at full size. */
  readonly width: number;
  /** The number of classes. */
  readonly classes: number;
}

/**
 * Reads a UNet's configuration.
 *
 * @throws {CheckpointError} if it is that of another network, or a value is out of its range.
 */
export function readUnetConfig(config: Config): MnistUnetConfig {
  checkImages(config, mnistClasses.unet);
  config.choice("out_channels", [1]);
  const timeConditioned = config.boolean("time_conditioned");
  const range = config.has("sample_range")
    ? config.numbers("sample_range", { min: -LARGEST, max: LARGEST })
    : [0, 1];
  if (range.length !== 2 || range[0] === range[1]) config.fail("sample_range", "black's and white's value");
  return {
    width: config.whole("hidden_width", { min: 1, max: MAX_WIDTH }),
    timeConditioned,
    classes: config.has("num_class_embeds")
      ? config.whole("num_class_embeds", { min: 1, max: MAX_CLASSES })
      : 0,
    timesteps: timeConditioned ? config.whole("num_train_timesteps", { min: 1, max: LONGEST }) : 0,
    range: [range[0], range[1]],
    sigma: config.has("sigma") ? config.number("sigma", { min: 0, max: LARGEST }) : undefined,
  };
}

/**
 * Reads a classifier's configuration.
 *
 * @throws {CheckpointError} if it is that of another network, or a value is out of its range.
 */
export function readClassifierConfig(config: Config): MnistClassifierConfig {
  checkImages(config, mnistClasses.classifier);
  return {
    width: config.whole("hidden_width", { min: 1, max: MAX_WIDTH }),
    classes: config.whole("num_classes", { min: 2, max: MAX_CLASSES }),
  };
}

function checkImages(config: Config, className: string): void {
  config.choice("_class_name", [className]);
  config.choice("sample_size", [MNIST_SIZE]);
  config.choice("in_channels", [1]);
}
