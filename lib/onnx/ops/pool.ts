/** Pooling over images, and the repetition of pixels that undoes it. */
import type { Value } from "../graph.ts";
import { checkRank, staticDim } from "../shapes.ts";
import { mul } from "./elementwise.ts";
import { reshape, zerosLike } from "./shape.ts";

function pooledShape(x: Value, size: number, op: string) {
  checkRank(x, 4, op, "x");
  const [h, w] = [staticDim(x, 2, op), staticDim(x, 3, op)];
  if (!Number.isInteger(size) || size < 1 || h % size !== 0 || w % size !== 0) {
    x.graph.fail(op, `size: ${size} where a divisor of ${h} x ${w} is expected`);
  }
  return [x.shape[0], x.shape[1], h / size, w / size];
}

function attributes(size: number) {
  return { kernel_shape: { ints: [size, size] }, strides: { ints: [size, size] } };
}

/**
 * The mean of each `size` x `size` square.
 *
 * @param x `[N, C, H, W]`, H and W multiples of `size`
 * @returns `[N, C, H / size, W / size]`
 * @throws {GraphError} if the size does not divide the image's.
 */
export function averagePool2d(x: Value, size: number): Value {
  const shape = pooledShape(x, size, "AveragePool");
  return x.graph.node({
    op: "AveragePool",
    inputs: [x],
    attributes: attributes(size),
    outputs: [{ dtype: x.dtype, shape }],
    gradient: ([dy]) => [dy && mul(upsampleNearest2d(dy, size), 1 / size ** 2)],
  })[0];
}

/**
 * Repeats every pixel in a `factor` x `factor` square: enlarging by nearest neighbour.
 *
 * @param x `[N, C, H, W]`
 * @returns `[N, C, H factor, W factor]`
 * @throws {GraphError} if the factor is no whole number from 1.
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
 * @param x `[N, C, H, W]`, H and W multiples of `size`
 * @returns `[N, C, H / size, W / size]`
 * @throws {GraphError} if the size does not divide the image's.
 */
export function maxPool2d(x: Value, size: number): Value {
  const shape = pooledShape(x, size, "MaxPool");
  return x.graph.node({
    op: "MaxPool",
    inputs: [x],
    attributes: attributes(size),
    outputs: [{ dtype: x.dtype, shape }, { dtype: "int64", shape }],
    gradient: ([dy], [, indices]) => {
      if (!dy) return [];
      const flat = x.graph.node({
        op: "ScatterElements",
        inputs: [reshape(zerosLike(x), [-1]), reshape(indices, [-1]), reshape(dy, [-1])],
        attributes: { axis: { int: 0 } },
        outputs: [{ dtype: x.dtype, shape: [x.staticShape.reduce((a, b) => a * b, 1)] }],
      })[0];
      return [reshape(flat, x.shape)];
    },
  })[0];
}
