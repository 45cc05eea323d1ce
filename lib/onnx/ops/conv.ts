/** Convolutions and transposed convolutions over images. */
import type { Dim, GradientRule, Value } from "../graph.ts";
import { checkDtype, checkOptions, checkRank, checkShape, sameShape, staticDim } from "../shapes.ts";
import { convWeightGradient } from "./conv_weight_gradient.ts";
import { sum } from "./reduce.ts";
import { matmul } from "./matmul.ts";
import { concat, reshape, split, transpose } from "./shape.ts";
import { mul } from "./elementwise.ts";
import type { OptionNames } from "../../options.ts";

/** How a convolution moves over the image; one number means the same for both axes. */
export interface ConvOptions {
  /** The distance between neighbouring positions of the kernel; defaults to 1. */
  readonly stride?: number | readonly [number, number];
  /** Zeros around the image, on both sides of an axis; defaults to 0. */
  readonly padding?: number | readonly [number, number];
}

/** The names of {@linkcode ConvOptions}. */
export const convOptionNames: OptionNames<ConvOptions> = {
  stride: true,
  padding: true,
};

/** Options of a transposed convolution. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added at the end, which a strided convolution would not have reached; defaults to 0. */
  readonly outputPadding?: number | readonly [number, number];
}

/** The names of {@linkcode ConvTransposeOptions}. */
export const convTransposeOptionNames: OptionNames<ConvTransposeOptions> = {
  stride: true,
  padding: true,
  outputPadding: true,
};

/** Stride and padding, for both axes. */
export interface ConvGeometry {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

function both(
  n: number | readonly [number, number] | undefined,
  otherwise: number,
): readonly [number, number] {
  return n === undefined ? [otherwise, otherwise] : typeof n === "number" ? [n, n] : [n[0], n[1]];
}

/**
 * How a convolution with these weights moves over the image.
 *
 * @param op The node to blame.
 * @throws {GraphError} if the weights have not four axes, or an option is no whole number or too small.
 */
export function convGeometry(weight: Value, options: ConvOptions, op: string): ConvGeometry {
  checkRank(weight, 4, op, "weight");
  const result: ConvGeometry = {
    kernel: [staticDim(weight, 2, op), staticDim(weight, 3, op)],
    stride: both(options.stride, 1),
    padding: both(options.padding, 0),
  };
  const whole = (list: readonly number[], least: number) =>
    list.every((n) => Number.isInteger(n) && n >= least);
  if (!whole(result.stride, 1)) {
    weight.graph.fail(op, `stride: ${result.stride} where whole numbers from 1 are expected`);
  }
  if (!whole(result.padding, 0)) {
    weight.graph.fail(op, `padding: ${result.padding} where whole numbers from 0 are expected`);
  }
  return result;
}

/** A geometry as the attributes of a node. */
export function convAttributes({ kernel, stride, padding }: ConvGeometry) {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    pads: { ints: [...padding, ...padding] },
  };
}

/**
 * The shape of a convolution's images.
 *
 * @param op The node to blame.
 * @throws {GraphError} if images and weights do not fit.
 */
export function convShape(x: Value, weight: Value, g: ConvGeometry, op: string): Dim[] {
  const [n, channels] = x.shape;
  if (weight.shape[1] !== channels) {
    x.graph.fail(
      op,
      `weight: shape [${weight.shape}] where [out, ${channels}, height, width] is expected`,
    );
  }
  const size = [0, 1].map((axis) => {
    const dim = x.shape[axis + 2];
    if (typeof dim === "string") return symbolicSize(dim, g, axis);
    const out = Math.floor((dim + 2 * g.padding[axis] - g.kernel[axis]) / g.stride[axis]) + 1;
    if (out < 1) x.graph.fail(op, `x: shape [${x.shape}] is smaller than the kernel ${g.kernel}`);
    return out;
  });
  return [n, weight.shape[0], ...size];
}

/**
 * The convolution (cross-correlation, as everywhere in the field) of images with kernels.
 *
 * @param x `[N, C, H, W]`
 * @param weight `[O, C, kH, kW]`
 * @param bias `[O]`
 * @returns `[N, O, ⌊(H + 2p - kH) / s⌋ + 1, ⌊(W + 2p - kW) / s⌋ + 1]`
 * @throws {GraphError} if the shapes do not fit, or there is an option of another name.
 */
export function conv2d(x: Value, weight: Value, bias?: Value, options: ConvOptions = {}): Value {
  checkOptions(x, options, convOptionNames, "Conv");
  checkRank(x, 4, "Conv", "x");
  const g = convGeometry(weight, options, "Conv");
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

/** A name for the size that comes of a symbolic one: the same for the same geometry alone. */
function symbolicSize(dim: string, { kernel, stride, padding }: ConvGeometry, axis: number): string {
  const shrink = kernel[axis] - 2 * padding[axis] - 1;
  if (stride[axis] === 1 && shrink === 0) return dim;
  return `conv(${dim} ${shrink} ${stride[axis]})`;
}

/**
 * The rule of both convolutions: `outputAxis` is where the weights have the output channels, `inputs` and `weights` give
 * the gradients of x and of the weights.
 */
function convGradient(
  weight: Value,
  outputAxis: 0 | 1,
  inputs: (dy: Value, weight: Value) => Value,
  weights: (dy: Value) => Value,
): GradientRule {
  return ([incoming], _outputs, wanted) => {
    if (!incoming) return [];
    const { dy, factor } = channelFactor(incoming);
    const times = (value: Value) => {
      if (!factor) return value;
      return mul(value, reshape(factor, value.shape.map((_, axis) => axis === outputAxis ? -1 : 1)));
    };
    const bias = () => {
      const total = sum(dy, { axes: [0, 2, 3] });
      return factor ? mul(total, reshape(factor, [-1])) : total;
    };
    return [
      wanted[0] ? inputs(dy, times(weight)) : undefined,
      wanted[1] ? times(weights(dy)) : undefined,
      wanted[2] ? bias() : undefined,
    ];
  };
}

/**
 * Takes a factor for each channel off a gradient that was just multiplied by it (as a batch norm's is): multiplying the
 * weights instead saves a pass over all images.
 */
function channelFactor(incoming: Value): { dy: Value; factor?: Value } {
  const [dy, factor] = incoming.node?.op === "Mul" ? incoming.node.inputs : [];
  const fits = dy && factor && sameShape(dy.shape, incoming.shape) &&
    sameShape(factor.shape, [1, incoming.shape[1], 1, 1]);
  return fits ? { dy, factor } : { dy: incoming };
}

/** The channels of each of the images that were just joined to x; all its channels if none were. */
function joinedSizes(x: Value): number[] {
  const { node } = x;
  const joined = node?.op === "Concat" && "int" in node.attributes!.axis && node.attributes!.axis.int === 1;
  return (joined ? node.inputs : [x]).map((part) => staticDim(part!, 1, "Conv"));
}

/**
 * Weights `[O, C, kH, kW]` as `[C, O, kH, kW]`, each kernel turned by half a turn: its last number becomes its first. As a
 * product with a permutation that is exact, and several times faster than a slice of negative steps.
 */
function turnedRound(weight: Value): Value {
  const [o, c, kh, kw] = weight.staticShape;
  const size = kh * kw;
  const swapped = transpose(reshape(weight, [o, c, size]), [1, 0, 2]);
  if (size === 1) return reshape(swapped, [c, o, 1, 1]);
  const reversal = Array.from(
    { length: size * size },
    (_, i) => i % size + Math.floor(i / size) === size - 1 ? 1 : 0,
  );
  const matrix = weight.graph.constant(reversal, weight.dtype, [size, size]);
  return reshape(matmul(reshape(swapped, [c * o, size]), matrix), [c, o, kh, kw]);
}

/** Stride 1: a convolution with the kernels turned round, faster than the transposed one that it equals. */
function convInputGradient(dy: Value, x: Value, weight: Value, g: ConvGeometry): Value {
  const reach = g.kernel.map((k, i) => k - 1 - g.padding[i]);
  if (g.stride.every((s) => s === 1) && reach.every((p) => p >= 0)) {
    const turned = turnedRound(weight);
    const padding = reach as [number, number];
    // Of joined images the parts get their gradients one by one, and nothing has to be cut.
    const sizes = joinedSizes(x);
    const parts = split(turned, sizes, 0).map((part) => conv2d(dy, part, undefined, { padding }));
    return concat(parts, 1);
  }
  const outputPadding = [0, 1].map((i) => {
    const covered = (staticDim(dy, i + 2, "Conv") - 1) * g.stride[i] + g.kernel[i] - 2 * g.padding[i];
    return staticDim(x, i + 2, "Conv") - covered;
  });
  return convTranspose2d(dy, weight, undefined, {
    stride: g.stride,
    padding: g.padding,
    outputPadding: outputPadding as [number, number],
  });
}

/**
 * The transposed convolution: what {@linkcode conv2d} of the same options does to gradients, as a layer of its own.
 *
 * @param x `[N, C, H, W]`
 * @param weight `[C, O, kH, kW]`
 * @param bias `[O]`
 * @returns `[N, O, (H - 1) s - 2p + kH + outputPadding, (W - 1) s - 2p + kW + outputPadding]`
 * @throws {GraphError} if the shapes do not fit.
 */
export function convTranspose2d(
  x: Value,
  weight: Value,
  bias?: Value,
  options: ConvTransposeOptions = {},
): Value {
  const op = "ConvTranspose";
  checkOptions(x, options, convTransposeOptionNames, op);
  checkRank(x, 4, op, "x");
  const g = convGeometry(weight, options, op);
  const extra = both(options.outputPadding, 0);
  const [n, channels] = x.shape;
  const outputs = weight.shape[1];
  if (weight.shape[0] !== channels) {
    x.graph.fail(op, `weight: shape [${weight.shape}] where [${channels}, out, height, width] is expected`);
  }
  checkOperands(op, x, weight, outputs, bias);
  if (extra.some((n, i) => !(Number.isInteger(n) && n >= 0 && n < g.stride[i]))) {
    x.graph.fail(op, `outputPadding: ${extra} where less than the stride, ${g.stride}, is expected`);
  }
  const size = [0, 1].map((i) => {
    const out = (staticDim(x, i + 2, op) - 1) * g.stride[i] - 2 * g.padding[i] + g.kernel[i] + extra[i];
    if (out < 1) x.graph.fail(op, `padding: ${g.padding} leaves nothing of x [${x.shape}]`);
    return out;
  });
  return x.graph.node({
    op,
    inputs: bias ? [x, weight, bias] : [x, weight],
    attributes: { ...convAttributes(g), output_padding: { ints: extra } },
    outputs: [{ dtype: x.dtype, shape: [n, outputs, ...size] }],
    gradient: convGradient(
      weight,
      1,
      (dy, scaled) => conv2d(dy, scaled, undefined, { stride: g.stride, padding: g.padding }),
      (dy) => {
        return convWeightGradient(dy, x, g);
      },
    ),
  })[0];
}
