/** Normalisation layers. */
import type { Value } from "../graph.ts";
import { checkRank, checkShape, staticDim } from "../shapes.ts";
import { add, mul, neg, reciprocal, sqrt, square, sub } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { mean } from "./mean.ts";
import { broadcastTo, sum } from "./reduce.ts";
import { reshape, stopGradient } from "./shape.ts";

/** A channel's numbers, shaped to broadcast over `[N, C, H, W]`. */
function perChannel(x: Value): Value {
  return reshape(x, [1, x.shape[0], 1, 1]);
}

/** What {@linkcode batchNormTraining} makes. */
export interface BatchNormResult {
  /** The normalised images. */
  readonly y: Value;
  /** The mean of each channel over the batch, `[C]`. */
  readonly mean: Value;
  /** The variance of each channel over the batch, biased (divided by N H W), `[C]`. */
  readonly variance: Value;
}

/**
 * Batch normalisation by the statistics of the batch (Ioffe and Szegedy 2015, algorithm 1): training mode.
 *
 * The mean is taken off first. What the runtime's kernel computes, x w/σ + (bias - μ w/σ), and the products of the gradient lose
 * as many digits as the mean is larger than the deviation; of centred images they lose none (Chan, Golub and LeVeque 1983,
 * "Algorithms for computing the sample variance").
 *
 * @param x `[N, C, H, W]`
 * @param weight `[C]`
 * @param bias `[C]`
 * @param epsilon What is added to the variance; defaults to 1e-5.
 * @throws {GraphError} if the shapes do not fit.
 */
export function batchNormTraining(x: Value, weight: Value, bias: Value, epsilon = 1e-5): BatchNormResult {
  checkRank(x, 4, "BatchNormalization", "x");
  checkShape(weight, [x.shape[1]], "BatchNormalization", "weight");
  checkShape(bias, [x.shape[1]], "BatchNormalization", "bias");
  // Any number near the mean serves, so no gradient goes through it.
  const shift = stopGradient(mean(x, { axes: [0, 2, 3] }));
  const centred = shifted(x, shift);
  // The running statistics that go in are not used (momentum 0), but the runtime writes over buffers that two nodes
  // share: each node gets temporaries of its own, made with numbers of its own so that they are not merged.
  const unused = [1, 2].map((n) => add(weight, 2 * x.graph.nodes.length + n));
  const [y, centredMean, variance] = x.graph.node({
    op: "BatchNormalization",
    inputs: [centred, weight, bias, ...unused],
    attributes: { epsilon: { float: epsilon }, momentum: { float: 0 }, training_mode: { int: 1 } },
    writesAllOutputs: true,
    outputs: [
      { dtype: x.dtype, shape: x.shape },
      { dtype: x.dtype, shape: weight.shape },
      { dtype: x.dtype, shape: weight.shape },
    ],
    gradient: ([dy, dMean, dVariance], [, centredMean, variance]) => {
      const through = dy ? batchNormGradient(dy, centred, weight, centredMean, variance, epsilon) : [];
      return [addStatistics(through[0], centred, centredMean, dMean, dVariance), through[1], through[2]];
    },
  });
  return { y, mean: add(centredMean, shift), variance };
}

/** x - shift for each channel, in one pass as in {@linkcode affine}; to the last bit where they are near each other. */
function shifted(x: Value, shift: Value): Value {
  const [one, zero] = [1, 0].map((value) => channelConstant(shift, value));
  return x.graph.node({
    op: "BatchNormalization",
    inputs: [x, one, neg(shift), zero, one],
    attributes: { epsilon: { float: 0 } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => [dy],
  })[0];
}

/** A constant for each channel of a `[C]`. */
function channelConstant(like: Value, value: number): Value {
  const channels = staticDim(like, 0, "BatchNormalization");
  return like.graph.constant(Array<number>(channels).fill(value), like.dtype);
}

/**
 * dx = w/σ (dy - Σdy/m - x̂ Σ(dy x̂)/m), which is linear in dy and x with three numbers for each channel:
 * dx = a (dy + b x + c). The factor comes last, where a convolution before it can take it into its weights.
 */
function batchNormGradient(
  dy: Value,
  x: Value,
  weight: Value,
  batchMean: Value,
  variance: Value,
  epsilon: number,
): Value[] {
  const axes = [0, 2, 3];
  const m = axes.reduce((product, axis) => product * staticDim(x, axis, "BatchNormalization"), 1);
  const scale = reciprocal(sqrt(add(variance, epsilon)));
  const dBias = sum(dy, { axes });
  const dWeight = mul(scale, sub(dot(dy, x), mul(batchMean, dBias)));
  const a = mul(weight, scale);
  const b = mul(mul(scale, dWeight), -1 / m);
  const c = sub(mul(dBias, -1 / m), mul(b, batchMean));
  return [mul(add(dy, affine(x, b, c)), perChannel(a)), dWeight, dBias];
}

/** Images from this size on are multiplied and summed as products of vectors, without a pass that stores the products. */
const LARGE = 512;

/** The sum of x y over each channel, `[C]`. */
function dot(x: Value, y: Value): Value {
  const [n, c, h, w] = x.staticShape;
  if (h * w < LARGE) return sum(mul(x, y), { axes: [0, 2, 3] });
  const rows = (value: Value) => reshape(value, [n * c, 1, h * w]);
  return sum(reshape(matmul(rows(x), rows(y), { transposeB: true }), [n, c]), { axes: [0] });
}

/** Adds to dx what flows in through the mean, dμ/m, and through the variance, 2 (x - μ) dσ²/m. */
function addStatistics(dx: Value | undefined, x: Value, batchMean: Value, dMean?: Value, dVariance?: Value) {
  const m = [0, 2, 3].reduce((product, axis) => product * staticDim(x, axis, "BatchNormalization"), 1);
  const terms = [
    dx,
    dMean && broadcastTo(perChannel(mul(dMean, 1 / m)), x.shape),
    dVariance && mul(sub(x, perChannel(batchMean)), perChannel(mul(dVariance, 2 / m))),
  ].filter((term) => term !== undefined);
  return terms.length ? terms.reduce(add) : undefined;
}

/**
 * weight x + bias for each channel, in one pass: batch normalisation by a mean of 0 and a variance of 1.
 *
 * @param x `[N, C, H, W]`
 * @param weight `[C]`
 * @param bias `[C]`
 * @throws {GraphError} if the shapes do not fit.
 */
export function affine(x: Value, weight: Value, bias: Value): Value {
  return batchNorm(x, weight, bias, channelConstant(weight, 0), channelConstant(weight, 1), 0);
}

/**
 * Batch normalisation by given statistics: evaluation mode.
 *
 * @param x `[N, C, H, W]`
 * @param weight `[C]`
 * @param bias `[C]`
 * @param runningMean `[C]`
 * @param runningVariance `[C]`
 * @throws {GraphError} if the shapes do not fit.
 */
export function batchNorm(
  x: Value,
  weight: Value,
  bias: Value,
  runningMean: Value,
  runningVariance: Value,
  epsilon = 1e-5,
): Value {
  checkRank(x, 4, "BatchNormalization", "x");
  const parameters = { weight, bias, runningMean, runningVariance };
  for (const [name, value] of Object.entries(parameters)) {
    checkShape(value, [x.shape[1]], "BatchNormalization", name);
  }
  return x.graph.node({
    op: "BatchNormalization",
    inputs: [x, weight, bias, runningMean, runningVariance],
    attributes: { epsilon: { float: epsilon } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => {
      if (!dy) return [];
      const axes = [0, 2, 3];
      const scale = reciprocal(sqrt(add(runningVariance, epsilon)));
      const dBias = sum(dy, { axes });
      // Of centred images, or their sum and the mean's would take each other's digits away.
      const dWeight = mul(scale, sum(mul(dy, sub(x, perChannel(runningMean))), { axes }));
      const slope = mul(weight, scale);
      const dMean = neg(mul(slope, dBias));
      const dVariance = mul(mul(mul(slope, scale), dWeight), -0.5);
      return [mul(dy, perChannel(slope)), dWeight, dBias, dMean, dVariance];
    },
  })[0];
}

/**
 * Normalises over the last axis: (x - mean) / √(variance + ε), without parameters. The core of layer norm. The mean is taken off
 * first: the kernel has the variance from the mean of the squares, which loses digits where the mean is large.
 *
 * dx = 1/σ (dy - mean(dy) - y mean(dy y)).
 */
function standardize(x: Value, epsilon: number): Value {
  const size = staticDim(x, x.rank - 1, "LayerNormalization");
  const centred = sub(x, mean(x, { axes: [-1], keepDims: true }));
  return x.graph.node({
    op: "LayerNormalization",
    inputs: [centred, x.graph.constant(Array<number>(size).fill(1), x.dtype)],
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy], [y]) => [dy && standardizeGradient(dy, centred, y, epsilon)],
  })[0];
}

/** As {@linkcode standardize}, of `[N, groups, L]`: this kernel takes no constant that is as long as the rows. */
function standardizeRows(x: Value, epsilon: number): Value {
  const groups = staticDim(x, 1, "InstanceNormalization");
  const constant = (value: number) => x.graph.constant(Array<number>(groups).fill(value), x.dtype);
  return x.graph.node({
    op: "InstanceNormalization",
    inputs: [x, constant(1), constant(0)],
    attributes: { epsilon: { float: epsilon } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy], [y]) => [dy && standardizeGradient(dy, x, y, epsilon)],
  })[0];
}

function standardizeGradient(dy: Value, x: Value, y: Value, epsilon: number): Value {
  const over = { axes: [-1], keepDims: true };
  const variance = mean(square(sub(x, mean(x, over))), over);
  const scale = reciprocal(sqrt(add(variance, epsilon)));
  const centred = sub(dy, add(mean(dy, over), mul(y, mean(mul(dy, y), over))));
  return mul(centred, scale);
}

/**
 * Layer normalisation over the last axis (Ba, Kiros and Hinton 2016).
 *
 * @param x `[..., C]`
 * @param weight `[C]`
 * @param bias `[C]`
 * @throws {GraphError} if the shapes do not fit.
 */
export function layerNorm(x: Value, weight: Value, bias: Value, epsilon = 1e-5): Value {
  checkShape(weight, x.shape.slice(-1), "LayerNormalization", "weight");
  checkShape(bias, x.shape.slice(-1), "LayerNormalization", "bias");
  return add(mul(standardize(x, epsilon), weight), bias);
}

/**
 * Group normalisation (Wu and He 2018): the channels of an image in groups, each normalised by itself.
 *
 * @param x `[N, C, ...]`
 * @param groups How many groups; divides C.
 * @param weight `[C]`, or `[N, C]` where each image has its own (a condition's scale)
 * @param bias `[C]`, or `[N, C]`
 * @throws {GraphError} if the shapes do not fit.
 */
export function groupNorm(x: Value, groups: number, weight: Value, bias: Value, epsilon = 1e-5): Value {
  const op = "GroupNormalization";
  const channels = staticDim(x, 1, op);
  if (channels % groups !== 0) x.graph.fail(op, `groups: ${groups} does not divide ${channels} channels`);
  const shaped = (value: Value, name: string) => {
    const batch = value.rank === 2 ? [x.shape[0]] : [];
    checkShape(value, [...batch, channels], op, name);
    return reshape(value, [...batch, channels, ...x.shape.slice(2).map(() => 1)]);
  };
  const [factor, shift] = [shaped(weight, "weight"), shaped(bias, "bias")];
  const y = reshape(standardizeRows(reshape(x, [x.shape[0], groups, -1]), epsilon), x.shape);
  return add(mul(y, factor), shift);
}

/**
 * Root mean square normalisation over the last axis (Zhang and Sennrich 2019), as T5 uses it: no mean, no bias.
 *
 * @param x `[..., C]`
 * @param weight `[C]`
 * @throws {GraphError} if the shapes do not fit.
 */
export function rmsNorm(x: Value, weight: Value, epsilon = 1e-6): Value {
  checkShape(weight, x.shape.slice(-1), "RMSNormalization", "weight");
  const scale = reciprocal(sqrt(add(mean(square(x), { axes: [-1], keepDims: true }), epsilon)));
  return mul(mul(x, scale), weight);
}
