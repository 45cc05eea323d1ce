/**
 * Layers: functions that take their parameters from a {@linkcode Scope}, under PyTorch's names and with PyTorch's
 * initialisation, and append their nodes to its graph.
 */
import {
  add,
  batchNorm,
  batchNormTraining,
  cast,
  concat,
  conv2d,
  type ConvOptions,
  convTranspose2d,
  type ConvTransposeOptions,
  gather,
  groupNorm,
  layerNorm,
  linear,
  matmul,
  mul,
  reshape,
  rmsNorm,
  stopGradient,
  type Value,
} from "../onnx/mod.ts";
import { convOptionNames, convTransposeOptionNames } from "../onnx/ops/conv.ts";
import { assertOptions, pickOptions } from "../options.ts";
import { filled, type Initializer, kaimingUniform, normal } from "./init.ts";
import type { Scope } from "./scope.ts";

/** What batch norm keeps of its running statistics at a training step: 1 - PyTorch's momentum. */
const KEEP = 0.9;

/** Options of a layer with bias. */
export interface BiasOptions {
  /**
   * Whether a batch norm follows, which takes the bias out again: its gradient is zero but for rounding, and is not
   * computed.
   */
  readonly idleBias?: boolean;
}

function biasOf(scope: Scope, out: number, init: Initializer, { idleBias = false }: BiasOptions): Value {
  const bias = scope.parameter("bias", [out], init);
  return idleBias ? stopGradient(bias) : bias;
}

function size(x: Value, axis: number): number {
  return x.shape[axis] as number;
}

/**
 * A convolution with bias: `weight [out, C / groups, kernel, kernel]`, `bias [out]`.
 *
 * @param x `[N, C, H, W]`
 * @throws {GraphError} if the groups divide C or `out` not.
 */
export function convLayer(
  scope: Scope,
  x: Value,
  out: number,
  kernel: number,
  options: ConvOptions & BiasOptions = {},
): Value {
  assertOptions(options, { ...convOptionNames, idleBias: true });
  const own = pickOptions(options, convOptionNames);
  const channels = Math.floor(size(x, 1) / (own.groups ?? 1));
  const init = kaimingUniform(channels * kernel * kernel);
  const weightShape = [out, channels, kernel, kernel];
  return scope.build(() => {
    return scope.convolve({ x, weightShape, bias: true, options: own }, () => {
      const weight = scope.parameter("weight", weightShape, init);
      return conv2d(x, weight, biasOf(scope, out, init, options), own);
    });
  });
}

/**
 * A transposed convolution with bias: `weight [C, out / groups, kernel, kernel]`, `bias [out]`. PyTorch counts as fan in what
 * stands on the weight's second axis, here the outputs.
 *
 * @param x `[N, C, H, W]`
 * @throws {GraphError} if the groups divide C or `out` not.
 */
export function convTransposeLayer(
  scope: Scope,
  x: Value,
  out: number,
  kernel: number,
  options: ConvTransposeOptions & BiasOptions = {},
): Value {
  assertOptions(options, { ...convTransposeOptionNames, idleBias: true });
  const own = pickOptions(options, convTransposeOptionNames);
  const perGroup = Math.floor(out / (own.groups ?? 1));
  const init = kaimingUniform(perGroup * kernel * kernel);
  return scope.build(() => {
    const weight = scope.parameter("weight", [x.shape[1], perGroup, kernel, kernel], init);
    return convTranspose2d(x, weight, biasOf(scope, out, init, options), own);
  });
}

/**
 * A linear layer with bias: `weight [out, in]`, `bias [out]`.
 *
 * @param x `[..., in]`
 */
export function linearLayer(scope: Scope, x: Value, out: number): Value {
  const inputs = size(x, x.rank - 1);
  const init = kaimingUniform(inputs);
  return scope.build(() => {
    const weight = scope.parameter("weight", [out, inputs], init);
    return linear(x, weight, scope.parameter("bias", [out], init));
  });
}

/**
 * A linear layer over the channels of sequences that have them first: `weight [out, C]` and, unless `bias` is false,
 * `bias [out]`. The weight is the product's left operand, which the runtime reads in place, block by block where it comes in
 * blocks.
 *
 * @param x `[N, C, L]`
 * @returns `[N, out, L]`
 */
export function channelLinearLayer(
  scope: Scope,
  x: Value,
  out: number,
  options: { bias?: boolean; init?: Initializer } = {},
): Value {
  assertOptions(options, { bias: true, init: true });
  const { bias = true, init = kaimingUniform(size(x, 1)) } = options;
  const weightShape = [out, size(x, 1)];
  return scope.build(() => {
    return scope.convolve({ x, weightShape, bias, options: {} }, () => {
      const blocks = scope.rows("weight", weightShape, init);
      const product = concat(blocks.map((rows) => matmul(rows, x)), 1);
      return bias ? add(product, reshape(scope.parameter("bias", [out], init), [out, 1])) : product;
    });
  });
}

/**
 * A table of vectors, one for each index: `weight [count, width]`. In a file of half precision the rows are picked before
 * they are cast, so that the table is not widened as a whole.
 *
 * @param indices int64 of any shape, each within 0..count - 1
 * @returns The shape of the indices, then `width`.
 */
export function embeddingLayer(
  scope: Scope,
  indices: Value,
  count: number,
  width: number,
  init: Initializer = normal(1),
): Value {
  return scope.build(() => {
    const table = scope.parameter("weight", [count, width], init);
    const stored = table.node?.op === "Cast" ? table.node.inputs[0]! : table;
    return cast(gather(stored, indices), table.dtype);
  });
}

/**
 * Group normalisation: `weight`, `bias`, each `[C]`.
 *
 * @param x `[N, C, ...]`
 * @param groups How many groups; divides C.
 */
export function groupNormLayer(scope: Scope, x: Value, groups: number, epsilon = 1e-5): Value {
  const shape = [x.shape[1]];
  return scope.build(() => {
    const weight = scope.parameter("weight", shape, filled(1));
    return groupNorm(x, groups, weight, scope.parameter("bias", shape, filled(0)), epsilon);
  });
}

/**
 * Layer normalisation over the last axis: `weight`, `bias`, each `[C]`.
 *
 * @param x `[..., C]`
 */
export function layerNormLayer(scope: Scope, x: Value, epsilon = 1e-5): Value {
  const shape = x.shape.slice(-1);
  return scope.build(() => {
    const weight = scope.parameter("weight", shape, filled(1));
    return layerNorm(x, weight, scope.parameter("bias", shape, filled(0)), epsilon);
  });
}

/**
 * Root mean square normalisation over the last axis: `weight [C]`.
 *
 * @param x `[..., C]`
 */
export function rmsNormLayer(scope: Scope, x: Value, epsilon = 1e-6): Value {
  return scope.build(() => rmsNorm(x, scope.parameter("weight", x.shape.slice(-1), filled(1)), epsilon));
}

/**
 * Batch normalisation: `weight`, `bias`, `running_mean`, `running_var`, each `[C]`. In training by the batch's
 * statistics, of which a tenth goes into the running ones (the variance unbiased); else by the running ones.
 *
 * @param x `[N, C, H, W]`
 */
export function batchNormLayer(scope: Scope, x: Value): Value {
  const shape = [x.shape[1]];
  return scope.build(() => {
    const weight = scope.parameter("weight", shape, filled(1));
    const bias = scope.parameter("bias", shape, filled(0));
    const mean = scope.buffer("running_mean", shape, 0);
    const variance = scope.buffer("running_var", shape, 1);
    if (!scope.training) return batchNorm(x, weight, bias, mean, variance);
    const batch = batchNormTraining(x, weight, bias);
    const count = size(x, 0) * size(x, 2) * size(x, 3);
    scope.update("running_mean", add(mul(mean, KEEP), mul(batch.mean, 1 - KEEP)));
    scope.update(
      "running_var",
      add(mul(variance, KEEP), mul(batch.variance, (1 - KEEP) * count / (count - 1))),
    );
    return batch.y;
  });
}
