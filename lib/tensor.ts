/**
 * Arrays with a shape: the data that flows between networks, samplers and images.
 *
 * A {@linkcode Tensor} is plain data (it survives `structuredClone` and `postMessage`); everything one does with
 * it is a function. Values are in row-major order. Images are `[N, C, H, W]` in `[-1, 1]` unless said otherwise.
 *
 * Functions here compute at once; those of the same name in `@denoise/denoise/onnx` append nodes to a graph.
 *
 * @example
 * ```ts
 * import { add, concat, full, scale } from "@denoise/denoise/tensors";
 *
 * const gray = full([1, 1, 8, 8], 0.5);
 * const both = concat([gray, add(gray, scale(gray, 0.5))]); // [2, 1, 8, 8]
 * ```
 *
 * @module
 */
import { ArgumentError } from "./argument_error.ts";
import { described } from "./show_value.ts";

/** The element arrays that a tensor may hold. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | Int8Array
  | Uint8Array
  | Uint16Array;

/** An array of numbers with a shape, in row-major order. */
export interface Tensor<Data extends TensorData = Float32Array> {
  /** The elements, as many as the product of the shape. */
  readonly data: Data;
  /** The size of each axis, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
}

/** The number of elements of a shape: the product of its sizes, 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/**
 * Joins data and a shape to a tensor, without copying.
 *
 * @throws {ArgumentError} if the shape has a size that is not a whole number, or does not fit the number of elements.
 */
export function tensor<Data extends TensorData>(data: Data, shape: readonly number[]): Tensor<Data> {
  const size = sizeOf(shape);
  if (!Number.isInteger(size) || shape.some((n) => n < 0) || size !== data.length) {
    throw new ArgumentError("shape", shape, `one of ${data.length} elements`);
  }
  return { data, shape };
}

/** A float tensor of zeros. */
export function zeros(shape: readonly number[]): Tensor {
  return tensor(new Float32Array(sizeOf(shape)), shape);
}

/** A float tensor with one value everywhere. */
export function full(shape: readonly number[], value: number): Tensor {
  return tensor(new Float32Array(sizeOf(shape)).fill(value), shape);
}

/** Applies a function to every element. */
export function map(x: Tensor, f: (value: number, index: number) => number): Tensor {
  const data = new Float32Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(x.data[i], i);
  return { data, shape: x.shape };
}

/** Throws unless two tensors have the same shape; `name` is the argument to blame. */
export function assertSameShape(a: Tensor<TensorData>, b: Tensor<TensorData>, name = "b"): void {
  if (a.shape.length !== b.shape.length || a.shape.some((n, i) => n !== b.shape[i])) {
    throw new ArgumentError(name, b, `[${a.shape}]`);
  }
}

/** `a x + b y`, element by element, computed in double precision and rounded once. */
export function combine(a: number, x: Tensor, b: number, y: Tensor): Tensor {
  assertSameShape(x, y, "y");
  const out = new Float32Array(x.data.length);
  for (let i = 0; i < out.length; i++) out[i] = a * x.data[i] + b * y.data[i];
  return { data: out, shape: x.shape };
}

/** `x + y`, element by element. */
export function add(x: Tensor, y: Tensor): Tensor {
  return combine(1, x, 1, y);
}

/** `x` times a number. */
export function scale(x: Tensor, factor: number): Tensor {
  return map(x, (v) => v * factor);
}

/** Joins tensors along an axis; all other sizes must agree. */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = tensors[0];
  if (!first) throw new ArgumentError("tensors", described("empty list"), "at least one tensor");
  for (const t of tensors) {
    const fits = t.shape.length === first.shape.length &&
      t.shape.every((n, i) => i === axis || n === first.shape[i]);
    if (!fits) {
      throw new ArgumentError("tensors", t, `[${first.shape}] but for axis ${axis}`);
    }
  }
  const shape = first.shape.map((n, i) =>
    i === axis ? tensors.reduce((sum, t) => sum + t.shape[axis], 0) : n
  );
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const out = new Float32Array(sizeOf(shape));
  let offset = 0;
  for (let o = 0; o < outer; o++) {
    for (const t of tensors) {
      const length = t.shape[axis] * inner;
      out.set(t.data.subarray(o * length, (o + 1) * length), offset);
      offset += length;
    }
  }
  return { data: out, shape };
}

/** The part `[start, end)` of an axis, copied. */
export function slice(x: Tensor, start: number, end: number, axis = 0): Tensor {
  const size = x.shape[axis];
  if (!(start >= 0 && start <= end && end <= size)) {
    throw new ArgumentError("start, end", described(`${start}, ${end}`), `a range within 0..${size}`);
  }
  const shape = x.shape.map((n, i) => i === axis ? end - start : n);
  const outer = sizeOf(x.shape.slice(0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const length = (end - start) * inner;
  const out = new Float32Array(sizeOf(shape));
  for (let o = 0; o < outer; o++) {
    const from = (o * size + start) * inner;
    out.set(x.data.subarray(from, from + length), o * length);
  }
  return { data: out, shape };
}

/** Repeats a tensor `count` times along its first axis: `[1, ...]` becomes `[count, ...]`. */
export function repeat(x: Tensor, count: number): Tensor {
  return concat(Array<Tensor>(count).fill(x), 0);
}

/** The same elements under another shape of the same size. */
export function reshape<Data extends TensorData>(x: Tensor<Data>, shape: readonly number[]): Tensor<Data> {
  return tensor(x.data, shape);
}
