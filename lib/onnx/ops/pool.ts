/** Pooling over images, and the repetition of pixels that undoes it. */
import type { OptionNames } from "../../options.ts";
import { sizeOf } from "../../tensor.ts";
import type { Dim, Value } from "../graph.ts";
import { checkOptions, checkRank, staticDim } from "../shapes.ts";
import { convTranspose2d } from "./conv.ts";
import { perAxis } from "./conv_geometry.ts";
import { mul } from "./elementwise.ts";
import { separable } from "./separable.ts";
import { reshape, zerosLike } from "./shape.ts";

/** How a pool moves over the image; one number means the same for both axes. */
export interface PoolOptions {
  /**
   * The distance between neighbouring pools. Defaults to their size, which must then divide the padded image's; where a stride is
   * given, what is left over at the end is not pooled, as in PyTorch.
   */
  readonly stride?: number | readonly number[];
  /** How far pools reach beyond the image, on both sides of an axis, at most half their size; defaults to 0. */
  readonly padding?: number | readonly number[];
}

const poolOptionNames: OptionNames<PoolOptions> = {
  stride: true,
  padding: true,
};

/** Options of {@linkcode averagePool2d}. */
export interface AveragePoolOptions extends PoolOptions {
  /** Whether zeros beyond the image count as pixels; they do unless this is false, as in PyTorch. */
  readonly countPadding?: boolean;
}

const averagePoolOptionNames: OptionNames<AveragePoolOptions> = {
  ...poolOptionNames,
  countPadding: true,
};

/** How pools lie on an image. */
interface PoolGeometry {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  /** Of what comes out. */
  readonly shape: readonly Dim[];
  /** Whether every pixel is in one pool at most. */
  readonly apart: boolean;
}

function poolGeometry(
  x: Value,
  size: number | readonly number[],
  options: PoolOptions,
  op: string,
): PoolGeometry {
  checkRank(x, 4, op, "x");
  const [h, w] = [staticDim(x, 2, op), staticDim(x, 3, op)];
  const kernel = typeof size === "number" ? [size, size] : [...size];
  const padding = perAxis(x, options.padding, { name: "padding", axes: 2, least: 0, op });
  const whole = kernel.length === 2 && kernel.every((n) => Number.isInteger(n) && n >= 1);
  const divides = options.stride !== undefined ||
    [h, w].every((n, i) => (n + 2 * padding[i]) % kernel[i] === 0);
  if (!whole || !divides) {
    const sizes = [h + 2 * padding[0], w + 2 * padding[1]].join(" x ");
    const expected = options.stride === undefined
      ? `a divisor of ${sizes} is`
      : "one or two whole numbers from 1 are";
    x.graph.fail(op, `size: ${size} where ${expected} expected`);
  }
  const stride = options.stride === undefined
    ? kernel
    : perAxis(x, options.stride, { name: "stride", axes: 2, least: 1, op });
  if (padding.some((p, i) => p > kernel[i] / 2)) {
    x.graph.fail(op, `padding: ${padding} where at most half the size, ${kernel}, is expected`);
  }
  const shape = [h, w].map((n, i) => {
    const out = Math.floor((n + 2 * padding[i] - kernel[i]) / stride[i]) + 1;
    if (out < 1) x.graph.fail(op, `x: shape [${x.shape}] is smaller than the size ${kernel}`);
    return out;
  });
  const apart = kernel.every((k, i) => k <= stride[i]);
  return { kernel, stride, padding, shape: [x.shape[0], x.shape[1], ...shape], apart };
}

function attributes({ kernel, stride, padding }: PoolGeometry) {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    ...(padding.some((p) => p > 0) && { pads: { ints: [...padding, ...padding] } }),
  };
}

/**
 * The mean of each `size` x `size` square.
 *
 * @param x `[N, C, H, W]`
 * @param size The squares' size, or height and width of rectangles.
 * @returns `[N, C, ⌊(H + 2 padding - size) / stride⌋ + 1, ⌊(W + 2 padding - size) / stride⌋ + 1]`
 * @throws {GraphError} if the size does not divide the image's and no stride is given, or an option is out of its range.
 */
export function averagePool2d(
  x: Value,
  size: number | readonly number[],
  options: AveragePoolOptions = {},
): Value {
  const op = "AveragePool";
  checkOptions(x, options, averagePoolOptionNames, op);
  const g = poolGeometry(x, size, options, op);
  const { kernel, stride, padding } = g;
  const { countPadding = true } = options;
  const padded = padding.some((p) => p > 0);
  const tiles = !padded && kernel[0] === kernel[1] &&
    kernel.every((k, i) => k === stride[i] && staticDim(x, i + 2, op) % k === 0);
  return x.graph.node({
    op,
    inputs: [x],
    attributes: { ...attributes(g), ...(padded && countPadding && { count_include_pad: { int: 1 } }) },
    outputs: [{ dtype: x.dtype, shape: g.shape }],
    gradient: ([dy]) => {
      if (!dy) return [];
      if (tiles) return [mul(upsampleNearest2d(dy, kernel[0]), 1 / kernel[0] ** 2)];
      return [spread(mul(dy, padded && !countPadding ? meanWeights(x, g) : 1 / sizeOf(kernel)), x, g)];
    },
  })[0];
}

/** What a pixel counts in each pool, by how many there are in it: `[1, 1, H', W']`. */
function meanWeights(x: Value, { kernel, stride, padding, shape }: PoolGeometry): Value {
  const [height, width] = shape.slice(2) as number[];
  const pixels = (axis: number, i: number) => {
    const start = i * stride[axis] - padding[axis];
    return Math.min(start + kernel[axis], staticDim(x, axis + 2, "AveragePool")) - Math.max(start, 0);
  };
  const list = Array.from({ length: height * width }, (_, i) => {
    return 1 / (pixels(0, Math.floor(i / width)) * pixels(1, i % width));
  });
  return x.graph.constant(list, x.dtype, [1, 1, height, width]);
}

/** Adds what each pool has to all its pixels: a transposed convolution of each channel by itself with ones. */
function spread(dy: Value, x: Value, { kernel, stride, padding }: PoolGeometry): Value {
  const [h, w] = x.shape.slice(2) as number[];
  const [height, width] = dy.shape.slice(2) as number[];
  const ones = dy.graph.constant(Array<number>(sizeOf(kernel)).fill(1), dy.dtype, [1, 1, ...kernel]);
  const outputPadding = [[h, height], [w, width]].map(([size, out], i) => {
    return size - ((out - 1) * stride[i] + kernel[i] - 2 * padding[i]);
  });
  const planes = reshape(dy, [-1, 1, height, width]);
  const image = convTranspose2d(planes, ones, undefined, { stride, padding, outputPadding });
  return reshape(image, x.shape);
}

/**
 * Repeats every pixel in a `factor` x `factor` square: enlarging by nearest neighbour.
 *
 * @param x `[N, C, H, W]`
 * @returns `[N, C, H factor, W factor]`
 * @throws {GraphError} if the factor is not a whole number from 1.
 */
export function upsampleNearest2d(x: Value, factor: number): Value {
  checkRank(x, 4, "Resize", "x");
  if (!Number.isInteger(factor) || factor < 1) {
    x.graph.fail("Resize", `factor: ${factor} where a whole number from 1 is expected`);
  }
  const [n, c, h, w] = x.shape;
  const [height, width] = [h, w].map((dim) => typeof dim === "number" ? dim * factor : `${dim}*${factor}`);
  return x.graph.node({
    op: "Resize",
    inputs: [x, undefined, x.graph.constant([1, 1, factor, factor])],
    attributes: {
      mode: { string: "nearest" },
      coordinate_transformation_mode: { string: "asymmetric" },
      nearest_mode: { string: "floor" },
    },
    outputs: [{ dtype: x.dtype, shape: [n, c, height, width] }],
    gradient: ([dy]) => [dy && mul(averagePool2d(dy, factor), factor ** 2)],
  })[0];
}

/**
 * The largest value of each `size` x `size` square; the gradient goes to where it stood.
 *
 * @param x `[N, C, H, W]`
 * @param size The squares' size, or height and width of rectangles.
 * @returns `[N, C, ⌊(H + 2 padding - size) / stride⌋ + 1, ⌊(W + 2 padding - size) / stride⌋ + 1]`; what lies beyond the image is
 * never the largest.
 * @throws {GraphError} if the size does not divide the image's and no stride is given, or an option is out of its range.
 */
export function maxPool2d(x: Value, size: number | readonly number[], options: PoolOptions = {}): Value {
  checkOptions(x, options, poolOptionNames, "MaxPool");
  const g = poolGeometry(x, size, options, "MaxPool");
  return x.graph.node({
    op: "MaxPool",
    inputs: [x],
    attributes: attributes(g),
    outputs: [{ dtype: x.dtype, shape: g.shape }, { dtype: "int64", shape: g.shape }],
    gradient: ([dy], [, indices]) => {
      if (!dy) return [];
      const flat = x.graph.node({
        op: "ScatterElements",
        inputs: [reshape(zerosLike(x), [-1]), reshape(indices, [-1]), reshape(dy, [-1])],
        // A pixel that is the largest of several pools gets the gradients of all.
        attributes: { axis: { int: 0 }, ...(!g.apart && { reduction: { string: "add" } }) },
        outputs: [{ dtype: x.dtype, shape: [sizeOf(x.staticShape)] }],
      })[0];
      return [reshape(flat, x.shape)];
    },
  })[0];
}

/**
 * The mean of each of `height` x `width` parts of the image, from `⌊i H / height⌋` up to `⌈(i + 1) H / height⌉`: parts overlap where
 * the size does not divide the image's. Agrees with PyTorch's.
 *
 * @param x `[N, C, H, W]`
 * @returns `[N, C, height, width]`
 * @throws {GraphError} if x has no four axes of known height and width, or a size is not a whole number from 1.
 */
export function adaptiveAveragePool2d(x: Value, height: number, width: number): Value {
  return separable(x, height, width, partWeights, "AveragePool");
}

/** The weights of the means of `to` parts of `from` samples, row by row. */
function partWeights(from: number, to: number): number[] {
  const weights = Array<number>(from * to).fill(0);
  for (let i = 0; i < to; i++) {
    const [start, end] = [Math.floor(i * from / to), Math.ceil((i + 1) * from / to)];
    weights.fill(1 / (end - start), i * from + start, i * from + end);
  }
  return weights;
}
