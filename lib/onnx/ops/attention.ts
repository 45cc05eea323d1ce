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
  // The kernel has the heads beside one another, `[N, L, heads E]`.
  const joined = (x: Value, width: number) =>
    reshape(transpose(x, [0, 2, 1, 3]), [x.shape[0], x.shape[2], heads * width]);
  const parted = (x: Value, width: number) =>
    transpose(reshape(x, [x.shape[0], x.shape[1], heads, width]), [0, 2, 1, 3]);
  const added = bias && kernelBias(bias, [n, heads, length, positions]);
  const [attended] = query.graph.node({
    op,
    domain: "com.microsoft",
    inputs: [
      joined(query, width),
      joined(key, width),
      joined(value, outWidth),
      undefined,
      undefined,
      ...added ? [added] : [],
    ],
    attributes: { num_heads: { int: heads }, scale: { float: scale } },
    outputs: [{ dtype: query.dtype, shape: [n, length, heads * outWidth] }],
    gradient: ([dy], _outputs, wanted) => {
      if (!dy) return [];
      const dOut = parted(dy, outWidth);
      const scores = matmul(query, key, { transposeB: true, scale });
      const weights = softmax(added ? add(scores, added) : scores);
      const dWeights = matmul(dOut, value, { transposeB: true });
      const mean = sum(mul(dWeights, weights), { axes: [3], keepDims: true });
      const dScores = mul(weights, sub(dWeights, mean));
      const gradients = [
        () => joined(matmul(dScores, key, { scale }), width),
        () => joined(matmul(dScores, query, { transposeA: true, scale }), width),
        () => joined(matmul(weights, dOut, { transposeA: true }), outWidth),
        undefined,
        undefined,
        () => sumTo(dScores, added!.shape),
      ];
      return gradients.map((gradient, i) => wanted[i] ? gradient?.() : undefined);
    },
  });
  return parted(attended, outWidth);
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
