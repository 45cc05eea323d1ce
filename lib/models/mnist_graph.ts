/** The inference graphs of the networks for 28 x 28 digits, for batches of any size. */
import { ArgumentError } from "../argument_error.ts";
import { mnistClassifier } from "../nn/mnist_classifier.ts";
import { mnistUnet } from "../nn/mnist_unet.ts";
import { type ParameterSource, Scope } from "../nn/scope.ts";
import { Graph } from "../onnx/mod.ts";
import { MNIST_SIZE, type MnistClassifierConfig, type MnistUnetConfig } from "./mnist_config.ts";

/** The symbolic size of the first axis. */
const BATCH = "batch";

/**
 * The graph of a UNet: `x [batch, 1, 28, 28]`, where conditioned `time [batch, 1]` (the timestep divided by their number)
 * and `label [batch, classes]` (one-hot, or zeros), to `y [batch, 1, 28, 28]`.
 *
 * @param config The network's configuration.
 * @param source Where the weights come from.
 */
export function mnistUnetGraph(config: MnistUnetConfig, source: ParameterSource): Graph {
  const graph = new Graph("mnist_unet");
  const x = graph.input("x", "float32", [BATCH, 1, MNIST_SIZE, MNIST_SIZE]);
  const time = config.timeConditioned ? graph.input("time", "float32", [BATCH, 1]) : undefined;
  const label = config.classes ? graph.input("label", "float32", [BATCH, config.classes]) : undefined;
  graph.output("y", mnistUnet(new Scope(graph, source, false), x, config.width, { time, label }));
  return graph;
}

/**
 * The graph of a classifier: `x [batch, 1, 28, 28]` to `logits [batch, classes]`.
 *
 * @param config The network's configuration.
 * @param source Where the weights come from.
 */
export function mnistClassifierGraph(config: MnistClassifierConfig, source: ParameterSource): Graph {
  const graph = new Graph("mnist_classifier");
  const x = graph.input("x", "float32", [BATCH, 1, MNIST_SIZE, MNIST_SIZE]);
  const scope = new Scope(graph, source, false);
  graph.output("logits", mnistClassifier(scope, x, config.width, config.classes));
  return graph;
}

/**
 * Throws unless a tensor holds images that these networks take, `[N, 1, 28, 28]` with at least one.
 *
 * @throws {ArgumentError} if it does not; the message names `x`.
 */
export function assertDigits(shape: readonly number[]): void {
  const [count, ...rest] = shape;
  if (
    !(count >= 1) || rest.length !== 3 || rest[0] !== 1 || rest[1] !== MNIST_SIZE || rest[2] !== MNIST_SIZE
  ) {
    throw new ArgumentError("x", { shape }, `[N, 1, ${MNIST_SIZE}, ${MNIST_SIZE}]`);
  }
}
