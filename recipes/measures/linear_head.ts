/** Softmax regression on features: a classifier that is trained in seconds. */
import { ArgumentError } from "../../lib/errors.ts";
import {
  adam,
  gradients,
  Graph,
  linear,
  logSoftmax,
  mean,
  mul,
  neg,
  openSession,
  sum,
} from "../../lib/onnx/mod.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { assertFeatures } from "./squared_distances.ts";

/** A trained head. */
export interface LinearHead {
  /** What is subtracted from each feature. */
  readonly mean: Float32Array;
  /** By what each feature is multiplied then. */
  readonly scale: Float32Array;
  /** `[classes, features]` */
  readonly weight: Tensor;
  /** `[classes]` */
  readonly bias: Tensor;
}

/** How a head is trained. */
export interface LinearHeadOptions {
  /** Times through the features; defaults to 30. */
  readonly epochs?: number;
  /** Rows in a step; defaults to 128, or all if there are fewer. */
  readonly batch?: number;
  /** Adam's learning rate, which falls to zero along half a cosine; defaults to 0.003. */
  readonly learningRate?: number;
  /** The weight decay (AdamW); defaults to 0.3. */
  readonly weightDecay?: number;
  /** The seed of the order of rows; defaults to 0. */
  readonly seed?: number;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a head by cross-entropy. Features are brought to mean 0 and deviation 1 first.
 *
 * @param features `[N, D]`
 * @param targets `[N, C]`, each row the probabilities that are wanted: 1 for the class, or a distribution over several.
 * @throws {ArgumentError} if the shapes do not fit.
 */
export async function trainLinearHead(
  features: Tensor,
  targets: Tensor,
  options: LinearHeadOptions = {},
): Promise<LinearHead> {
  assertFeatures("features", features);
  const [rows, width] = features.shape;
  const [, classes] = targets.shape;
  if (targets.shape.length !== 2 || targets.shape[0] !== rows) {
    throw new ArgumentError("targets", targets, `[${rows}, classes]`);
  }
  const { epochs = 30, learningRate = 3e-3, weightDecay = 0.3, seed = 0, threads, signal } = options;
  const batch = Math.min(options.batch ?? 128, rows);
  const { mean, scale } = momentsOf(features);
  const standardised = standardise(features, mean, scale);
  await using session = await openSession(stepGraph(batch, width, classes, weightDecay), { threads });
  const zeros = (shape: readonly number[]): Tensor => {
    return { data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape };
  };
  let state: Record<string, Tensor> = Object.fromEntries(
    ["parameters", "m", "v"].flatMap((kind) => [
      [`weight.${kind}`, zeros([classes, width])],
      [`bias.${kind}`, zeros([classes])],
    ]),
  );
  const generator = new Generator(seed);
  const perEpoch = Math.floor(rows / batch);
  for (let epoch = 0, done = 0; epoch < epochs; epoch++) {
    const order = generator.permutation(rows);
    for (let step = 0; step < perEpoch; step++, done++) {
      const chosen = Array.from({ length: batch }, (_, n) => Number(order[step * batch + n]));
      const rate = learningRate * (1 + Math.cos(Math.PI * done / (epochs * perEpoch))) / 2;
      const found = await session.run({
        ...state,
        x: rowsOf(standardised, chosen),
        targets: rowsOf(targets, chosen),
        step: scalar(done + 1),
        learningRate: scalar(rate),
      }, { signal });
      state = Object.fromEntries(Object.keys(state).map((key) => [key, found[`next.${key}`]]));
    }
  }
  return { mean, scale, weight: state["weight.parameters"], bias: state["bias.parameters"] };
}

/**
 * The probabilities of the classes.
 *
 * @param features `[N, D]`
 * @returns `[N, C]`
 * @throws {ArgumentError} if the features are of another length.
 */
export function readLinearHead({ mean, scale, weight, bias }: LinearHead, features: Tensor): Tensor {
  const [classes, width] = weight.shape;
  assertFeatures("features", features, width);
  const { data, shape: [rows] } = standardise(features, mean, scale);
  const probabilities = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const logits = Float64Array.from(bias.data, (value, c) => {
      let total = value;
      for (let k = 0; k < width; k++) total += data[row * width + k] * weight.data[c * width + k];
      return total;
    });
    const largest = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - largest));
    const all = powers.reduce((a, b) => a + b, 0);
    probabilities.set(powers.map((power) => power / all), row * classes);
  }
  return { data: probabilities, shape: [rows, classes] };
}

/** One step of training: the loss, its gradients, AdamW on weight and bias. */
function stepGraph(batch: number, width: number, classes: number, weightDecay: number): Graph {
  const graph = new Graph("linear_head");
  const x = graph.input("x", "float32", [batch, width]);
  const targets = graph.input("targets", "float32", [batch, classes]);
  const [step, learningRate] = ["step", "learningRate"].map((name) => graph.input(name, "float32", []));
  const shapes = { weight: [classes, width], bias: [classes] };
  const [weight, bias] = Object.entries(shapes).map(([name, shape]) => {
    const [parameters, m, v] = ["parameters", "m", "v"].map((kind) =>
      graph.input(`${name}.${kind}`, "float32", shape)
    );
    return { name, parameters, m, v, step, learningRate };
  });
  const likely = logSoftmax(linear(x, weight.parameters, bias.parameters));
  const loss = neg(mean(sum(mul(targets, likely), { axes: [1] })));
  const slopes = gradients(loss, [weight.parameters, bias.parameters]);
  for (const [i, { name, ...state }] of [weight, bias].entries()) {
    const { parameters, m, v } = adam(slopes[i], state, { weightDecay: i === 0 ? weightDecay : 0 });
    for (const [kind, value] of Object.entries({ parameters, m, v })) {
      graph.output(`next.${name}.${kind}`, value);
    }
  }
  return graph;
}

function momentsOf({ data, shape: [rows, width] }: Tensor): Pick<LinearHead, "mean" | "scale"> {
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < data.length; i++) {
    sums[i % width] += data[i];
    squares[i % width] += data[i] ** 2;
  }
  const mean = Float32Array.from(sums, (sum) => sum / rows);
  const scale = Float32Array.from(squares, (square, k) => {
    const variance = square / rows - mean[k] ** 2;
    return variance > 1e-8 ? 1 / Math.sqrt(variance) : 0;
  });
  return { mean, scale };
}

function standardise({ data, shape }: Tensor, mean: Float32Array, scale: Float32Array): Tensor {
  const [, width] = shape;
  return { data: data.map((value, i) => (value - mean[i % width]) * scale[i % width]), shape };
}

function rowsOf({ data, shape: [, width] }: Tensor, chosen: readonly number[]): Tensor {
  const out = new Float32Array(chosen.length * width);
  chosen.forEach((row, n) => out.set(data.subarray(row * width, (row + 1) * width), n * width));
  return { data: out, shape: [chosen.length, width] };
}

function scalar(value: number): Tensor {
  return { data: Float32Array.of(value), shape: [] };
}
