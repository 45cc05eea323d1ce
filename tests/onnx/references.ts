/** Operators written out as plain loops, in double precision: what the graph's are held against. */
import { sizeOf, type Tensor } from "../../lib/tensor.ts";

/** Positions in a tensor: the index of each axis. */
type Index = readonly number[];

/** The offset of an index in row-major order. */
function offset(shape: readonly number[], index: Index): number {
  return shape.reduce((at, size, axis) => at * size + index[axis], 0);
}

/** The element at an index; 0 outside. */
function at(x: Tensor, index: Index): number {
  return index.every((i, axis) => i >= 0 && i < x.shape[axis]) ? x.data[offset(x.shape, index)] : 0;
}

/** Every index of a shape, in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (list, size) => list.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

/** A tensor from a function of the index. */
export function generate(shape: readonly number[], f: (index: number[]) => number): Tensor {
  return { data: Float32Array.from(indices(shape), f), shape };
}

/** Element by element, with broadcasting. */
export function broadcast(f: (...values: number[]) => number, ...operands: Tensor[]): Tensor {
  const rank = Math.max(...operands.map(({ shape }) => shape.length));
  const padded = operands.map(({ data, shape }) => {
    return { data, shape: [...Array<number>(rank - shape.length).fill(1), ...shape] };
  });
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(...padded.map((x) => x.shape[axis])));
  return generate(shape, (index) => {
    return f(...padded.map((x) => at(x, index.map((i, axis) => x.shape[axis] === 1 ? 0 : i))));
  });
}

/** The matrix product of the last two axes of equal batches. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.shape.length - 1];
  return generate([...a.shape.slice(0, -2), m, n], (index) => {
    const [batch, row, column] = [index.slice(0, -2), index[index.length - 2], index[index.length - 1]];
    let total = 0;
    for (let i = 0; i < k; i++) total += at(a, [...batch, row, i]) * at(b, [...batch, i, column]);
    return total;
  });
}

type Pair = readonly [number, number];

/** x `[N, C, H, W]`, weight `[O, C, kH, kW]`, bias `[O]`. */
export function conv2d(x: Tensor, weight: Tensor, bias: Tensor, stride: Pair, padding: Pair): Tensor {
  const [n, channels, h, w] = x.shape;
  const [outputs, , kh, kw] = weight.shape;
  const height = Math.floor((h + 2 * padding[0] - kh) / stride[0]) + 1;
  const width = Math.floor((w + 2 * padding[1] - kw) / stride[1]) + 1;
  return generate([n, outputs, height, width], ([i, o, y, z]) => {
    let total = bias.data[o];
    for (const [c, ky, kx] of indices([channels, kh, kw])) {
      const pixel = [i, c, y * stride[0] + ky - padding[0], z * stride[1] + kx - padding[1]];
      total += at(x, pixel) * at(weight, [o, c, ky, kx]);
    }
    return total;
  });
}

/** x `[N, C, H, W]`, weight `[C, O, kH, kW]`, bias `[O]`: every pixel paints its kernel into the output. */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  stride: Pair,
  padding: Pair,
  outputPadding: Pair,
): Tensor {
  const [n, , h, w] = x.shape;
  const [, outputs, kh, kw] = weight.shape;
  const height = (h - 1) * stride[0] - 2 * padding[0] + kh + outputPadding[0];
  const width = (w - 1) * stride[1] - 2 * padding[1] + kw + outputPadding[1];
  const shape = [n, outputs, height, width];
  const sums = new Float64Array(sizeOf(shape));
  for (const [i, c, y, z] of indices(x.shape)) {
    for (const [o, ky, kx] of indices([outputs, kh, kw])) {
      const [row, column] = [y * stride[0] + ky - padding[0], z * stride[1] + kx - padding[1]];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      sums[offset(shape, [i, o, row, column])] += at(x, [i, c, y, z]) * at(weight, [c, o, ky, kx]);
    }
  }
  return generate(shape, (index) => sums[offset(shape, index)] + bias.data[index[1]]);
}

/** Combines each `size` x `size` square to one number. */
export function pool2d(x: Tensor, size: number, combine: (values: number[]) => number): Tensor {
  const [n, c, h, w] = x.shape;
  return generate([n, c, h / size, w / size], ([i, j, y, z]) => {
    return combine(indices([size, size]).map(([dy, dx]) => at(x, [i, j, y * size + dy, z * size + dx])));
  });
}

/** Combines the values along some axes, which go. */
export function reduce(x: Tensor, axes: readonly number[], combine: (values: number[]) => number): Tensor {
  const groups = new Map<string, number[]>();
  for (const index of indices(x.shape)) {
    const key = index.filter((_, axis) => !axes.includes(axis)).join();
    groups.set(key, [...groups.get(key) ?? [], at(x, index)]);
  }
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  return generate(shape, (index) => combine(groups.get(index.join())!));
}

/** The arithmetic mean. */
export function average(values: readonly number[]): number {
  return values.reduce((total, v) => total + v, 0) / values.length;
}

/** The biased variance: the mean of squared distances from the mean. */
export function variance(values: readonly number[]): number {
  const centre = average(values);
  return average(values.map((v) => (v - centre) ** 2));
}

/** (x - mean) / √(variance + ε) over all elements that have the same key. */
export function standardize(x: Tensor, key: (index: number[]) => string, epsilon: number): Tensor {
  const groups = new Map<string, number[]>();
  for (const index of indices(x.shape)) {
    groups.set(key(index), [...groups.get(key(index)) ?? [], at(x, index)]);
  }
  return generate(x.shape, (index) => {
    const values = groups.get(key(index))!;
    return (at(x, index) - average(values)) / Math.sqrt(variance(values) + epsilon);
  });
}

/** x times a number of each channel (axis 1 unless given), plus another. */
export function affine(x: Tensor, weight: Tensor, bias: Tensor, axis = 1): Tensor {
  return generate(x.shape, (index) => at(x, index) * weight.data[index[axis]] + bias.data[index[axis]]);
}

/** e^x over its sum along an axis. */
export function softmax(x: Tensor, axis: number): Tensor {
  return generate(x.shape, (index) => {
    const along = Array.from({ length: x.shape[axis] }, (_, i) => {
      return at(x, index.map((k, other) => other === axis ? i : k));
    });
    const most = Math.max(...along);
    return Math.exp(at(x, index) - most) / along.reduce((total, v) => total + Math.exp(v - most), 0);
  });
}

/** Bilinear interpolation: between the four nearest pixels, those beyond the edge being the edge's. */
export function resizeBilinear(x: Tensor, height: number, width: number, alignCorners: boolean): Tensor {
  const [n, c, h, w] = x.shape;
  const source = (i: number, from: number, to: number) => {
    if (alignCorners) return to === 1 ? 0 : i * (from - 1) / (to - 1);
    return Math.min(Math.max((i + 0.5) * from / to - 0.5, 0), from - 1);
  };
  return generate([n, c, height, width], ([i, j, y, z]) => {
    const [row, column] = [source(y, h, height), source(z, w, width)];
    let total = 0;
    for (const [dy, dx] of indices([2, 2])) {
      const [py, px] = [Math.floor(row) + dy, Math.floor(column) + dx];
      const share = (1 - Math.abs(row - py)) * (1 - Math.abs(column - px));
      total += share * at(x, [i, j, Math.min(py, h - 1), Math.min(px, w - 1)]);
    }
    return total;
  });
}

/** The error function, by its Maclaurin series: exact to 1e-9 for |x| up to 4. */
export function erf(x: number): number {
  let [term, total] = [x, x];
  for (let n = 1; n < 120; n++) {
    term *= -x * x / n;
    total += term / (2 * n + 1);
  }
  return 2 / Math.sqrt(Math.PI) * total;
}

/** How {@linkcode convolve} moves, each number for all axes. */
export interface Geometry {
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
}

/** x `[N, C, ...]`, weight `[O, C / groups, ...]`, bias `[O]`, over any number of axes. */
export function convolve(x: Tensor, weight: Tensor, bias: Tensor, g: Geometry): Tensor {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = g;
  const [n, , ...sizes] = x.shape;
  const [outputs, each, ...kernel] = weight.shape;
  const shape = sizes.map((size, i) =>
    Math.floor((size + 2 * padding - dilation * (kernel[i] - 1) - 1) / stride) + 1
  );
  return generate([n, outputs, ...shape], ([i, o, ...place]) => {
    const first = Math.floor(o / (outputs / groups)) * each;
    let total = bias.data[o];
    for (const [c, ...tap] of indices([each, ...kernel])) {
      const pixel = place.map((y, axis) => y * stride + tap[axis] * dilation - padding);
      total += at(x, [i, first + c, ...pixel]) * at(weight, [o, c, ...tap]);
    }
    return total;
  });
}

/** x `[N, C, ...]`, weight `[C, O / groups, ...]`, bias `[O]`: every pixel paints its kernel into the output. */
export function convolveTransposed(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  g: Geometry & { readonly outputPadding?: number },
): Tensor {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, outputPadding = 0 } = g;
  const [n, channels, ...sizes] = x.shape;
  const [, each, ...kernel] = weight.shape;
  const ends = sizes.map((size, i) =>
    (size - 1) * stride - 2 * padding + dilation * (kernel[i] - 1) + 1 + outputPadding
  );
  const shape = [n, each * groups, ...ends];
  const sums = new Float64Array(sizeOf(shape));
  for (const [i, c, ...place] of indices(x.shape)) {
    const first = Math.floor(c / (channels / groups)) * each;
    for (const [o, ...tap] of indices([each, ...kernel])) {
      const pixel = place.map((y, axis) => y * stride + tap[axis] * dilation - padding);
      if (pixel.some((p, axis) => p < 0 || p >= ends[axis])) continue;
      sums[offset(shape, [i, first + o, ...pixel])] += at(x, [i, c, ...place]) * at(weight, [c, o, ...tap]);
    }
  }
  return generate(shape, (index) => sums[offset(shape, index)] + bias.data[index[1]]);
}
