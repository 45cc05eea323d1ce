/**
 * The gradient of a convolution's weights, as matrix products: the runtime has no operator for it.
 *
 * dW[o, c, ky, kx] = Σ over pictures and positions of dy[o, y, x] · x[c, y s + ky - p, x s + kx - p].
 */
import type { Value } from "../graph.ts";
import { add } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { sum } from "./reduce.ts";
import { concat, pad, reshape, slice, transpose } from "./shape.ts";

interface Geometry {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/** Pictures that are unfolded at a time: enough for fast products, few enough that the copies stay small. */
const CHUNK = 16;

/**
 * @param x The convolution's input, `[N, C, H, W]`
 * @param dy The gradient of its output, `[N, O, H', W']`
 * @returns `[O, C, kH, kW]`
 */
export function convWeightGradient(x: Value, dy: Value, geometry: Geometry): Value {
  const [n, channels] = x.staticShape;
  const outputs = dy.staticShape[1];
  const [kh, kw] = geometry.kernel;
  if (disjoint(x, dy, geometry)) return reshape(tiled(x, dy, geometry), [outputs, channels, kh, kw]);
  let total: Value | undefined;
  for (let start = 0; start < n; start += CHUNK) {
    const range = { start, end: Math.min(n, start + CHUNK) };
    const part = choose(geometry, channels, outputs)(slice(x, 0, range), slice(dy, 0, range), geometry);
    total = total ? add(total, part) : part;
  }
  return reshape(total!, [outputs, channels, kh, kw]);
}

function choose({ kernel, stride, padding }: Geometry, channels: number, outputs: number): typeof unfolded {
  const is = (pair: readonly number[], n: number) => pair[0] === n && pair[1] === n;
  if (is(kernel, 3) && is(stride, 1) && is(padding, 1) && channels >= 16 && outputs >= 16) return shifted;
  return unfolded;
}

/** Whether the kernel's positions tile the picture. */
function disjoint(x: Value, dy: Value, { kernel, stride, padding }: Geometry): boolean {
  return [0, 1].every((i) => {
    return kernel[i] === stride[i] && padding[i] === 0 &&
      x.shape[i + 2] === dy.staticShape[i + 2] * kernel[i];
  });
}

/** Tiles: every pixel belongs to one position, so that one product sums over all pictures and positions at once. */
function tiled(x: Value, dy: Value, { kernel: [kh, kw] }: Geometry): Value {
  const [n, c] = x.staticShape;
  const [, o, oh, ow] = dy.staticShape;
  const tiles = transpose(reshape(x, [n, c, oh, kh, ow, kw]), [0, 2, 4, 1, 3, 5]);
  const rows = reshape(transpose(dy, [0, 2, 3, 1]), [n * oh * ow, o]);
  return matmul(rows, reshape(tiles, [n * oh * ow, c * kh * kw]), { transposeA: true });
}

/**
 * Any geometry: the picture is cut into the s × s phases of its stride, so that every tap of the kernel is a plain
 * rectangle of one phase; the taps are stacked and multiplied with dy, picture by picture.
 */
function unfolded(x: Value, dy: Value, { kernel, stride, padding }: Geometry): Value {
  const [n, c, h, w] = x.staticShape;
  const [, o, oh, ow] = dy.staticShape;
  const [sh, sw] = stride;
  // Padded so that every tap of every position exists and the size is a multiple of the stride.
  const size = (out: number, s: number, k: number) => (out - 1 + Math.ceil(k / s)) * s;
  const [ph, pw] = [size(oh, sh, kernel[0]), size(ow, sw, kernel[1])];
  const grown = fit(fit(x, 2, padding[0], ph - h - padding[0]), 3, padding[1], pw - w - padding[1]);
  const phases = sh === 1 && sw === 1
    ? reshape(grown, [1, 1, n, c, ph, pw])
    : transpose(reshape(grown, [n, c, ph / sh, sh, pw / sw, sw]), [3, 5, 0, 1, 2, 4]);
  const taps: Value[] = [];
  for (let ky = 0; ky < kernel[0]; ky++) {
    for (let kx = 0; kx < kernel[1]; kx++) {
      const row = slice(phases, 0, { start: ky % sh, end: ky % sh + 1 });
      const phase = slice(row, 1, { start: kx % sw, end: kx % sw + 1 });
      const [top, left] = [Math.floor(ky / sh), Math.floor(kx / sw)];
      const tap = slice(slice(phase, 4, { start: top, end: top + oh }), 5, { start: left, end: left + ow });
      taps.push(reshape(tap, [n, c, 1, oh * ow]));
    }
  }
  const columns = reshape(concat(taps, 2), [n, c * kernel[0] * kernel[1], oh * ow]);
  return sum(matmul(reshape(dy, [n, o, oh * ow]), columns, { transposeB: true }), { axes: [0] });
}

/** Pads an axis, or cuts it where the amount is negative. */
function fit(x: Value, axis: number, before: number, after: number): Value {
  const size = x.staticShape[axis];
  const cut = after < 0 ? slice(x, axis, { start: 0, end: size + after }) : x;
  return pad(cut, x.shape.map((_, i) => i === axis ? [before, Math.max(0, after)] : [0, 0]));
}

/**
 * 3 × 3, stride 1, padding 1: three copies of x shifted sideways against three copies of dy shifted up and down give
 * all nine taps in one product, with a third of the copying of {@linkcode unfolded}.
 */
function shifted(x: Value, dy: Value): Value {
  const [n, c, h, w] = x.staticShape;
  const o = dy.staticShape[1];
  const wide = pad(x, [[0, 0], [0, 0], [0, 0], [1, 1]]);
  const tall = pad(reshape(dy, [n, o, h * w]), [[0, 0], [0, 0], [w, w]]);
  const sideways = [0, 1, 2].map((kx) => reshape(slice(wide, 3, { start: kx, end: kx + w }), [n, c, h * w]));
  const upright = [0, 1, 2].map((ky) => slice(tall, 2, { start: (2 - ky) * w, end: (2 - ky) * w + h * w }));
  const products = matmul(concat(upright, 1), concat(sideways, 1), { transposeB: true });
  // [3 (ky), O, 3 (kx), C] to [O, C, ky, kx]
  return transpose(reshape(sum(products, { axes: [0] }), [3, o, 3, c]), [1, 3, 0, 2]);
}
