/** Attention in one kernel. */
import type { OptionNames } from "../../options.ts";
import type { Shape, Value } from "../graph.ts";
import { checkDtype, checkOptions, checkRank, checkShape, staticDim } from "../shapes.ts";
import { softmax } from "./activation.ts";
import { add, mul, sub } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { broadcastTo, sum, sumTo } from "./reduce.ts";
import { reshape, transpose } from "./shape.ts";

/** How {@linkcode scaledDotProductAttention} looks. */
export interface AttentionOptions {
  /** What is added to the scores before the softmax, such as large negative numbers where nothing is to be looked at: it broadcasts to `[N, heads, L, S]`. */
  readonly bias?: Value;
  /** What the scores are multiplied by; defaults to 1/√E. */
  readonly scale?: number;
}

const attentionOptionNames: OptionNames<AttentionOptions> = {
  bias: true,
  scale: true,
};

/**
 * Attention (Vaswani et al. 2017, eq. 1): `softmax(scale Q Kᵀ + bias) V` for each head, by the runtime's fused kernel, which stores
 * none of the scores where it can (Dao et al. 2022, "FlashAttention"). Its gradient computes them again.
 *
 * @param query float32 `[N, heads, L, E]`
 * @param key `[N, heads, S, E]`
 * @param value `[N, heads, S, V]`
 * @returns `[N, heads, L, V]`
 * @throws {GraphError} if a type or a shape does not fit, or heads, E or V are symbolic.
 */
export function scaledDotProductAttention(
  query: Value,
  key: Value,
  value: Value,
  options: AttentionOptions = {},
): Value {
  const op = "MultiHeadAttention";
  checkOptions(query, options, attentionOptionNames, op);
  checkRank(query, 4, op, "query");
  const [n, , length] = query.shape;
  const [heads, width] = [staticDim(query, 1, op), staticDim(query, 3, op)];
  const { bias, scale = width ** -0.5 } = options;
  if (query.dtype !== "float32") query.graph.fail(op, `query: ${query.dtype} where float32 is expected`);
  if (!Number.isFinite(scale)) query.graph.fail(op, `scale: ${scale} where a finite number is expected`);
  const positions = key.shape[2];
  checkDtype(key, query, op, "key");
  checkDtype(value, query, op, "value");
  checkShape(key, [n, heads, positions, width], op, "key");
  checkShape(value, [n, heads, positions, value.shape[3]], op, "value");
  if (bias) checkDtype(bias, query, op, "bias");
  const outWidth = staticDim(value, 3, op);
  const joined = (x: Value, width: number) =>
    reshape(transpose(x, [0, 2, 1, 3]), [x.shape[0], x.shape[2], heads * width]);
  const sides = [joined(query, width), joined(key, width), joined(value, outWidth)] as const;
  const y = joinedAttention(...sides, heads, scale, bias && kernelBias(bias, [n, heads, length, positions]));
  return parted(y, heads);
}

/** `[N, L, heads E]` as `[N, heads, L, E]`. */
function parted(x: Value, heads: number): Value {
  const [n, length, width] = x.shape;
  return transpose(reshape(x, [n, length, heads, width as number / heads]), [0, 2, 1, 3]);
}

/**
 * {@linkcode scaledDotProductAttention} in the kernel's own layout, with the heads beside one another; nothing is checked.
 *
 * @param query `[N, L, heads E]`
 * @param key `[N, S, heads E]`
 * @param value `[N, S, heads V]`
 * @param bias `[N or 1, heads or 1, L, S]`
 * @returns `[N, L, heads V]`
 */
export function joinedAttention(
  query: Value,
  key: Value,
  value: Value,
  heads: number,
  scale: number,
  bias?: Value,
): Value {
  const [n, length] = query.shape;
  return query.graph.node({
    op: "MultiHeadAttention",
    domain: "com.microsoft",
    inputs: [query, key, value, ...bias ? [undefined, undefined, bias] : []],
    attributes: { num_heads: { int: heads }, scale: { float: scale } },
    outputs: [{ dtype: query.dtype, shape: [n, length, value.shape[2]] }],
    gradient: ([dy], _outputs, wanted) => {
      if (!dy) return [];
      const [q, k, v, dOut] = [query, key, value, dy].map((x) => parted(x, heads));
      const scores = matmul(q, k, { transposeB: true, scale });
      const weights = softmax(bias ? add(scores, bias) : scores);
      const dWeights = matmul(dOut, v, { transposeB: true });
      const mean = sum(mul(dWeights, weights), { axes: [3], keepDims: true });
      const dScores = mul(weights, sub(dWeights, mean));
      const joined = (x: Value, like: Value) => reshape(transpose(x, [0, 2, 1, 3]), like.shape);
      const gradients = [
        () => joined(matmul(dScores, k, { scale }), query),
        () => joined(matmul(dScores, q, { transposeA: true, scale }), key),
        () => joined(matmul(weights, dOut, { transposeA: true }), value),
        undefined,
        undefined,
        () => sumTo(dScores, bias!.shape),
      ];
      return gradients.map((gradient, i) => wanted[i] ? gradient?.() : undefined);
    },
  })[0];
}

/** What is added to the scores as the kernel takes it: of any batch and head or of all of them, of every pair of positions. */
function kernelBias(bias: Value, scores: Shape): Value {
  const shape = [...Array<number>(Math.max(0, scores.length - bias.rank)).fill(1), ...bias.shape];
  if (shape.length > scores.length || shape.some((dim, i) => dim !== 1 && dim !== scores[i])) {
    bias.graph.fail(
      "MultiHeadAttention",
      `bias: shape [${bias.shape}] where one that broadcasts to [${scores}] is expected`,
    );
  }
  return broadcastTo(reshape(bias, shape), [shape[0], shape[1], scores[2], scores[3]]);
}
