/** The gradient of the weights of a convolution of any geometry: of any number of axes, dilated, in groups. */
import { sizeOf } from "../../tensor.ts";
import type { Value } from "../graph.ts";
import { channelsFirst } from "./channels_first.ts";
import { type ConvGeometry, extent } from "./conv_geometry.ts";
import { add } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { concat, pad, reshape, slice, transpose } from "./shape.ts";

/** Positions, of all images of a chunk together, that are summed over at a time. */
const CHUNK = 6400;

/**
 * For each tap of the kernel, the part of the image that it is multiplied with: stacked, they make one product with dy for each
 * group, dW[o, c, k] = Σ over images and positions of dy[o, y] · x[c, y s + k d - p].
 *
 * @param x The convolution's input, `[N, C, ...]`
 * @param dy The gradient of its output, `[N, O, ...]`
 * @returns `[O, C / groups, ...kernel]`
 */
export function tapWeightGradient(x: Value, dy: Value, g: ConvGeometry): Value {
  const n = x.staticShape[0];
  const chunk = Math.max(1, Math.floor(CHUNK / sizeOf(dy.staticShape.slice(2))));
  let total: Value | undefined;
  for (let start = 0; start < n; start += chunk) {
    const end = Math.min(n, start + chunk);
    const part = ofChunk(channelsFirst(x, start, end), channelsFirst(dy, start, end), g);
    total = total ? add(total, part) : part;
  }
  return total!;
}

/** From x `[C, n, ...]` and dy `[O, n, ...]`. */
function ofChunk(x: Value, dy: Value, g: ConvGeometry): Value {
  const { kernel, groups } = g;
  const [c, o] = [x.staticShape[0] / groups, dy.staticShape[0] / groups];
  const size = sizeOf(dy.staticShape.slice(1));
  const outputs = dy.staticShape.slice(2);
  const stack = tapsOf(padded(x, outputs, g), outputs, g).map((tap) => reshape(tap, [groups, c, size]));
  // [groups, taps C, O] to [groups, O, C, taps]
  const product = matmul(concat(stack, 1), reshape(dy, [groups, o, size]), { transposeB: true });
  const sorted = transpose(reshape(product, [groups, stack.length, c, o]), [0, 3, 2, 1]);
  return reshape(sorted, [groups * o, c, ...kernel]);
}

/** Zeros around the images, so that every tap of every position exists. */
function padded(x: Value, outputs: readonly number[], g: ConvGeometry): Value {
  const amounts = outputs.map((out, i) => {
    const needed = (out - 1) * g.stride[i] + extent(g, i);
    return [g.padding[i], Math.max(0, needed - x.staticShape[i + 2] - g.padding[i])];
  });
  return pad(x, [[0, 0], [0, 0], ...amounts]);
}

/** The part of the images that each tap meets, in the order of the kernel's numbers. */
function tapsOf(x: Value, outputs: readonly number[], { kernel, stride, dilation }: ConvGeometry): Value[] {
  let parts = [x];
  kernel.forEach((count, i) => {
    parts = parts.flatMap((part) =>
      Array.from({ length: count }, (_, k) => {
        const start = k * dilation[i];
        const end = start + (outputs[i] - 1) * stride[i] + 1;
        return slice(part, i + 2, { start, end, step: stride[i] });
      })
    );
  });
  return parts;
}
