/** Convolutions and transposed convolutions over sequences, images and volumes. */
import type { Dim, GradientRule, Value } from "../graph.ts";
import { checkDtype, checkOptions, checkRank, checkShape, sameShape, staticDim } from "../shapes.ts";
import {
  convAttributes,
  type ConvGeometry,
  convGeometry,
  convOptionNames,
  type ConvOptions,
  convShape,
  convTransposeOptionNames,
  type ConvTransposeOptions,
  convTransposeShape,
  extent,
  perAxis,
} from "./conv_geometry.ts";
import { convWeightGradient } from "./conv_weight_gradient.ts";
import { sum } from "./reduce.ts";
import { matmul } from "./matmul.ts";
import { concat, reshape, split, transpose } from "./shape.ts";
import { mul } from "./elementwise.ts";
import { sizeOf } from "../../tensor.ts";

export {
  convAttributes,
  convGeometry,
  convOptionNames,
  type ConvOptions,
  convShape,
  convTransposeOptionNames,
  type ConvTransposeOptions,
};

/**
 * The convolution (cross-correlation, as everywhere in the field) of sequences with kernels.
 *
 * @param x `[N, C, L]`
 * @param weight `[O, C / groups, k]`
 * @param bias `[O]`
 * @returns `[N, O, ⌊(L + 2p - d (k - 1) - 1) / s⌋ + 1]`, with padding p, dilation d and stride s
 * @throws {GraphError} if the shapes do not fit, or there is an option of another name.
 */
export function conv1d(x: Value, weight: Value, bias?: Value, options: ConvOptions = {}): Value {
  return convolution(1, x, weight, bias, options);
}

/**
 * The convolution (cross-correlation, as everywhere in the field) of images with kernels.
 *
 * @param x `[N, C, H, W]`
 * @param weight `[O, C / groups, kH, kW]`
 * @param bias `[O]`
 * @returns `[N, O, ⌊(H + 2p - d (kH - 1) - 1) / s⌋ + 1, ⌊(W + 2p - d (kW - 1) - 1) / s⌋ + 1]`, with padding p, dilation d and stride s
 * @throws {GraphError} if the shapes do not fit, or there is an option of another name.
 */
export function conv2d(x: Value, weight: Value, bias?: Value, options: ConvOptions = {}): Value {
  return convolution(2, x, weight, bias, options);
}

/**
 * The convolution (cross-correlation, as everywhere in the field) of volumes, or videos, with kernels.
 *
 * @param x `[N, C, D, H, W]`
 * @param weight `[O, C / groups, kD, kH, kW]`
 * @param bias `[O]`
 * @returns `[N, O, D', H', W']`, each of the sizes as {@linkcode conv1d} has it
 * @throws {GraphError} if the shapes do not fit, or there is an option of another name.
 */
export function conv3d(x: Value, weight: Value, bias?: Value, options: ConvOptions = {}): Value {
  return convolution(3, x, weight, bias, options);
}

/** A convolution over so many axes. */
function convolution(
  axes: number,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  options: ConvOptions,
): Value {
  checkOptions(x, options, convOptionNames, "Conv");
  checkRank(x, axes + 2, "Conv", "x");
  const g = convGeometry(weight, options, "Conv", axes);
  const shape = convShape(x, weight, g, "Conv");
  checkOperands("Conv", x, weight, weight.shape[0], bias);
  return x.graph.node({
    op: "Conv",
    inputs: bias ? [x, weight, bias] : [x, weight],
    attributes: convAttributes(g),
    outputs: [{ dtype: x.dtype, shape }],
    gradient: convGradient(weight, 0, (dy, scaled) => convInputGradient(dy, x, scaled, g), (dy) => {
      return convWeightGradient(x, dy, g);
    }),
  })[0];
}

/** What is left to check of the operands that both convolutions take. */
function checkOperands(op: string, x: Value, weight: Value, outputs: Dim, bias?: Value): void {
  checkDtype(weight, x, op, "weight");
  if (!bias) return;
  checkShape(bias, [outputs], op, "bias");
  checkDtype(bias, x, op, "bias");
}

/**
 * The rule of both convolutions: `outputAxis` is where the weights have the output channels, if they have all of them there,
 * `inputs` and `weights` give the gradients of x and of the weights.
 */
function convGradient(
  weight: Value,
  outputAxis: 0 | 1 | undefined,
  inputs: (dy: Value, weight: Value) => Value,
  weights: (dy: Value) => Value,
): GradientRule {
  return ([incoming], _outputs, wanted) => {
    if (!incoming) return [];
    const { dy, factor }: ChannelFactor = outputAxis === undefined
      ? { dy: incoming }
      : channelFactor(incoming);
    const times = (value: Value) => {
      if (!factor) return value;
      return mul(value, reshape(factor, value.shape.map((_, axis) => axis === outputAxis ? -1 : 1)));
    };
    const bias = () => {
      const total = sum(dy, { axes: dy.shape.map((_, axis) => axis).filter((axis) => axis !== 1) });
      return factor ? mul(total, reshape(factor, [-1])) : total;
    };
    return [
      wanted[0] ? inputs(dy, times(weight)) : undefined,
      wanted[1] ? times(weights(dy)) : undefined,
      wanted[2] ? bias() : undefined,
    ];
  };
}

/** A gradient, and a factor of each channel that it is still to be multiplied by. */
interface ChannelFactor {
  readonly dy: Value;
  readonly factor?: Value;
}

/**
 * Takes a factor for each channel off a gradient that was just multiplied by it (as a batch norm's is): multiplying the
 * weights instead saves a pass over all images.
 */
function channelFactor(incoming: Value): ChannelFactor {
  const [dy, factor] = incoming.node?.op === "Mul" ? incoming.node.inputs : [];
  const fits = dy && factor && sameShape(dy.shape, incoming.shape) &&
    sameShape(factor.shape, incoming.shape.map((dim, axis) => axis === 1 ? dim : 1));
  return fits ? { dy, factor } : { dy: incoming };
}

/** The channels of each of the images that were just joined to x; all its channels if none were. */
function joinedSizes(x: Value): number[] {
  const { node } = x;
  const joined = node?.op === "Concat" && "int" in node.attributes!.axis && node.attributes!.axis.int === 1;
  return (joined ? node.inputs : [x]).map((part) => staticDim(part!, 1, "Conv"));
}

/**
 * Weights `[O, C / groups, ...]` as `[C, O / groups, ...]`, each kernel turned by half a turn: its last number becomes its first. As
 * a product with a permutation that is exact, and several times faster than a slice of negative steps.
 */
function turnedRound(weight: Value, groups: number): Value {
  const [o, c, ...kernel] = weight.staticShape;
  const size = sizeOf(kernel);
  const swapped = groups === 1
    ? transpose(reshape(weight, [o, c, size]), [1, 0, 2])
    : transpose(reshape(weight, [groups, o / groups, c, size]), [0, 2, 1, 3]);
  const shape = [groups * c, o / groups, ...kernel];
  if (size === 1) return reshape(swapped, shape);
  const reversal = Array.from(
    { length: size * size },
    (_, i) => i % size + Math.floor(i / size) === size - 1 ? 1 : 0,
  );
  const matrix = weight.graph.constant(reversal, weight.dtype, [size, size]);
  return reshape(matmul(reshape(swapped, [c * o, size]), matrix), shape);
}

/** Stride 1: a convolution with the kernels turned round, faster than the transposed one that it equals. */
function convInputGradient(dy: Value, x: Value, weight: Value, g: ConvGeometry): Value {
  const { stride, padding, dilation, groups, kernel } = g;
  const axes = kernel.length;
  const reach = kernel.map((_, i) => extent(g, i) - 1 - padding[i]);
  if (stride.every((s) => s === 1) && reach.every((p) => p >= 0)) {
    const turned = turnedRound(weight, groups);
    const options = { padding: reach, dilation, groups };
    if (groups > 1) return convolution(axes, dy, turned, undefined, options);
    // Of joined images the parts get their gradients one by one, and nothing has to be cut.
    const sizes = joinedSizes(x);
    const parts = split(turned, sizes, 0).map((part) => convolution(axes, dy, part, undefined, options));
    return concat(parts, 1);
  }
  const outputPadding = kernel.map((_, i) => {
    const covered = (staticDim(dy, i + 2, "Conv") - 1) * stride[i] + extent(g, i) - 2 * padding[i];
    return staticDim(x, i + 2, "Conv") - covered;
  });
  const options = { stride, padding, dilation, groups, outputPadding };
  return transposedConvolution(axes, dy, weight, undefined, options);
}

/**
 * The transposed convolution of sequences: what {@linkcode conv1d} of the same options does to gradients, as a layer of its own.
 *
 * @param x `[N, C, L]`
 * @param weight `[C, O / groups, k]`
 * @param bias `[O]`
 * @returns `[N, O, (L - 1) s - 2p + d (k - 1) + 1 + outputPadding]`, with padding p, dilation d and stride s
 * @throws {GraphError} if the shapes do not fit.
 */
export function convTranspose1d(
  x: Value,
  weight: Value,
  bias?: Value,
  options: ConvTransposeOptions = {},
): Value {
  return transposedConvolution(1, x, weight, bias, options);
}

/**
 * The transposed convolution: what {@linkcode conv2d} of the same options does to gradients, as a layer of its own.
 *
 * @param x `[N, C, H, W]`
 * @param weight `[C, O / groups, kH, kW]`
 * @param bias `[O]`
 * @returns `[N, O, (H - 1) s - 2p + d (kH - 1) + 1 + outputPadding, ...]`, with padding p, dilation d and stride s; the width likewise
 * @throws {GraphError} if the shapes do not fit.
 */
export function convTranspose2d(
  x: Value,
  weight: Value,
  bias?: Value,
  options: ConvTransposeOptions = {},
): Value {
  return transposedConvolution(2, x, weight, bias, options);
}

/**
 * The transposed convolution of volumes: what {@linkcode conv3d} of the same options does to gradients, as a layer of its own.
 *
 * @param x `[N, C, D, H, W]`
 * @param weight `[C, O / groups, kD, kH, kW]`
 * @param bias `[O]`
 * @returns `[N, O, D', H', W']`, each of the sizes as {@linkcode convTranspose1d} has it
 * @throws {GraphError} if the shapes do not fit.
 */
export function convTranspose3d(
  x: Value,
  weight: Value,
  bias?: Value,
  options: ConvTransposeOptions = {},
): Value {
  return transposedConvolution(3, x, weight, bias, options);
}

/** A transposed convolution over so many axes. */
function transposedConvolution(
  axes: number,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  options: ConvTransposeOptions,
): Value {
  const op = "ConvTranspose";
  checkOptions(x, options, convTransposeOptionNames, op);
  checkRank(x, axes + 2, op, "x");
  const g = convGeometry(weight, options, op, axes);
  const extra = perAxis(x, options.outputPadding, { name: "outputPadding", axes, least: 0, op });
  const shape = convTransposeShape(x, weight, g, extra, op);
  checkOperands(op, x, weight, shape[1], bias);
  const { stride, padding, dilation, groups } = g;
  return x.graph.node({
    op,
    inputs: bias ? [x, weight, bias] : [x, weight],
    attributes: { ...convAttributes(g), output_padding: { ints: extra } },
    outputs: [{ dtype: x.dtype, shape }],
    gradient: convGradient(
      weight,
      groups === 1 ? 1 : undefined,
      (dy, scaled) => convolution(axes, dy, scaled, undefined, { stride, padding, dilation, groups }),
      (dy) => convWeightGradient(dy, x, g),
    ),
  })[0];
}
