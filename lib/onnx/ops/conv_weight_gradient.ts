/**
 * The gradient of a convolution's weights, as matrix products: the runtime has no operator for it.
 *
 * dW[o, c, ky, kx] = Σ over images and positions of dy[o, y, x] · x[c, y s + ky - p, x s + kx - p].
 *
 * Each formulation brings both sides into the layout [rows, positions of all images], so that one product sums over
 * everything; what it costs beside the product is copying. That is done for a chunk of images at a time, small enough
 * for the copies to stay in the cache.
 */
import type { Value } from "../graph.ts";
import { channelsFirst } from "./channels_first.ts";
import type { ConvGeometry } from "./conv_geometry.ts";
import { add, mul } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { concat, flip, pad, reshape, shift, slice, transpose } from "./shape.ts";
import { tapWeightGradient } from "./tap_weight_gradient.ts";

/** A formulation: `[O, C, kH, kW]` from x `[C, N, H, W]` and dy `[O, N, H', W']`. */
type Formulation = (x: Value, dy: Value, geometry: ConvGeometry) => Value;

/** Positions, of all images of a chunk together, that are summed over at a time. */
const CHUNK = 6400;

/** With fewer channels than this on one side, that side is the one to unfold, and there is little of it. */
const FEW = 16;

/**
 * @param x The convolution's input, `[N, C, ...]`
 * @param dy The gradient of its output, `[N, O, ...]`
 * @returns `[O, C / groups, ...kernel]`
 */
export function convWeightGradient(x: Value, dy: Value, geometry: ConvGeometry): Value {
  const { kernel, dilation, groups } = geometry;
  if (kernel.length !== 2 || groups !== 1 || dilation.some((d) => d !== 1)) {
    return tapWeightGradient(x, dy, geometry);
  }
  const n = x.staticShape[0];
  const [, , oh, ow] = dy.staticShape;
  const formulation = choose(x, dy, geometry);
  const chunk = formulation === tiled ? n : Math.max(1, Math.floor(CHUNK / (oh * ow)));
  let total: Value | undefined;
  for (let start = 0; start < n; start += chunk) {
    const end = Math.min(n, start + chunk);
    const part = formulation(channelsFirst(x, start, end), channelsFirst(dy, start, end), geometry);
    total = total ? add(total, part) : part;
  }
  return total!;
}

function choose(x: Value, dy: Value, { kernel, stride, padding }: ConvGeometry): Formulation {
  const channels = x.staticShape[1];
  const outputs = dy.staticShape[1];
  const is = (pair: readonly number[], n: number) => pair[0] === n && pair[1] === n;
  const tiles = [0, 1].every((i) => {
    return kernel[i] === stride[i] && padding[i] === 0 &&
      x.shape[i + 2] === dy.staticShape[i + 2] * kernel[i];
  });
  if (is(kernel, 1) && is(stride, 1) && is(padding, 0)) return pointwise;
  if (tiles) return tiled;
  if (!is(stride, 1)) return unfolded;
  if (outputs < FEW && outputs < channels && kernel.every((k, i) => padding[i] < k)) return unfoldedOutput;
  const large = x.staticShape[2] > 1 && x.staticShape[3] > 1;
  return is(kernel, 3) && is(padding, 1) && channels >= FEW && large ? shifted : unfolded;
}

/** A product over channels at each pixel: nothing has to be copied. */
function pointwise(x: Value, dy: Value): Value {
  const [c, n, h, w] = x.staticShape;
  const o = dy.staticShape[0];
  const product = matmul(reshape(dy, [o, n * h * w]), reshape(x, [c, n * h * w]), { transposeB: true });
  return reshape(product, [o, c, 1, 1]);
}

/** The kernel's positions tile the image: every pixel belongs to one of them. */
function tiled(x: Value, dy: Value, { kernel: [kh, kw] }: ConvGeometry): Value {
  const [c, n] = x.staticShape;
  const [o, , oh, ow] = dy.staticShape;
  const tiles = transpose(reshape(x, [c, n, oh, kh, ow, kw]), [1, 2, 4, 0, 3, 5]);
  const product = matmul(reshape(dy, [o, n * oh * ow]), reshape(tiles, [n * oh * ow, c * kh * kw]));
  return reshape(product, [o, c, kh, kw]);
}

/**
 * Any geometry: the image is cut into the s × s phases of its stride, so that every tap of the kernel is a plain
 * rectangle of one phase; the taps are stacked and multiplied with dy.
 */
function unfolded(x: Value, dy: Value, { kernel, stride, padding }: ConvGeometry): Value {
  const [c, n, h, w] = x.staticShape;
  const [o, , oh, ow] = dy.staticShape;
  const [sh, sw] = stride;
  // Padded so that every tap of every position exists and the size is a multiple of the stride.
  const size = (out: number, s: number, k: number) => (out - 1 + Math.ceil(k / s)) * s;
  const [ph, pw] = [size(oh, sh, kernel[0]), size(ow, sw, kernel[1])];
  const grown = fit(fit(x, 2, padding[0], ph - h - padding[0]), 3, padding[1], pw - w - padding[1]);
  const cells = reshape(grown, [c, n, ph / sh, sh, pw / sw, sw]);
  const part = (image: Value, axis: number, start: number, count: number) =>
    slice(image, axis, { start, end: start + count });
  const phase = (py: number, px: number) =>
    reshape(part(part(cells, 3, py, 1), 5, px, 1), [c, n, ph / sh, pw / sw]);
  const phases = Array.from({ length: sh }, (_, py) => Array.from({ length: sw }, (_, px) => phase(py, px)));
  const taps: Value[] = [];
  for (let ky = 0; ky < kernel[0]; ky++) {
    for (let kx = 0; kx < kernel[1]; kx++) {
      const [top, left] = [Math.floor(ky / sh), Math.floor(kx / sw)];
      const tap = part(part(phases[ky % sh][kx % sw], 2, top, oh), 3, left, ow);
      taps.push(reshape(tap, [c, n * oh * ow]));
    }
  }
  // [kH, kW, C, O] to [O, C, kH, kW]
  const product = matmul(concat(taps, 0), reshape(dy, [o, n * oh * ow]), { transposeB: true });
  return transpose(reshape(product, [kernel[0], kernel[1], c, o]), [3, 2, 0, 1]);
}

/** Pads an axis, or cuts it where the amount is negative. */
function fit(x: Value, axis: number, before: number, after: number): Value {
  const size = x.staticShape[axis];
  const cut = after < 0 ? slice(x, axis, { start: 0, end: size + after }) : x;
  return pad(cut, x.shape.map((_, i) => i === axis ? [before, Math.max(0, after)] : [0, 0]));
}

/**
 * Stride 1 and few outputs: dy is unfolded instead of x. Seen from the input, the kernel is turned round and the padding
 * is what is left of the kernel's reach.
 */
function unfoldedOutput(x: Value, dy: Value, geometry: ConvGeometry): Value {
  const { kernel, padding } = geometry;
  const reach = kernel.map((k, i) => k - 1 - padding[i]);
  const turned = unfolded(dy, x, { ...geometry, padding: reach });
  return flip(transpose(turned, [1, 0, 2, 3]), [2, 3]);
}

/**
 * 3 × 3, stride 1, padding 1: three copies of x shifted sideways against three copies of dy shifted up and down give
 * all nine taps in one product, with a third of the copying of {@linkcode unfolded}.
 */
function shifted(x: Value, dy: Value): Value {
  const [c, n, h, w] = x.staticShape;
  const o = dy.staticShape[0];
  const [input, output] = [reshape(x, [c, n, h * w]), reshape(dy, [o, n, h * w])];
  // A shift sideways moves the end of one row into the start of the next, where zero belongs.
  const inside = (column: number) => {
    const row = Array.from({ length: w }, (_, i) => i === column ? 0 : 1);
    return x.graph.constant(Array.from({ length: h }, () => row).flat(), x.dtype);
  };
  const sideways = [mul(shift(input, 2, 1), inside(0)), input, mul(shift(input, 2, -1), inside(w - 1))];
  const upright = [shift(output, 2, -w), output, shift(output, 2, w)];
  const product = matmul(
    reshape(concat(upright, 0), [3 * o, n * h * w]),
    reshape(concat(sideways, 0), [3 * c, n * h * w]),
    { transposeB: true },
  );
  // [3 (ky), O, 3 (kx) C] to [O, ky kx, C] to [O, C, ky, kx]: one axis at a time is faster.
  const byOutput = transpose(reshape(product, [3, o, 3 * c]), [1, 0, 2]);
  return reshape(transpose(reshape(byOutput, [o, 9, c]), [0, 2, 1]), [o, c, 3, 3]);
}
