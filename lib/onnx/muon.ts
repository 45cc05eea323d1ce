import type { Value } from "./graph.ts";
import { clip } from "./clip.ts";
import { add, div, mul, sqrt, square, sub } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { sum } from "./ops/reduce.ts";
import { transpose } from "./ops/shape.ts";
import { checkOptions, checkRank, checkShape, staticDim } from "./shapes.ts";

/** The numbers of Muon. */
export interface MuonOptions {
  /** The decay of the momentum; defaults to 0.95. */
  readonly momentum?: number;
  /** How strongly weights are drawn to zero, decoupled as in AdamW; defaults to 0. */
  readonly weightDecay?: number;
  /** The norm that the gradient is scaled down to where it is larger; defaults to no clipping. */
  readonly clipNorm?: number;
  /** Steps of the Newton-Schulz iteration; defaults to 5. */
  readonly iterations?: number;
  /**
   * The root mean square of an update, in learning rates; defaults to 0.2, the size that Adam's updates have late in a
   * training (Liu et al. 2025). Small networks learn faster with more: 0.8 was best of the two that were tried here.
   */
  readonly scale?: number;
}

/** The names of {@linkcode MuonOptions}. */
export const muonOptionNames = {
  momentum: true,
  weightDecay: true,
  clipNorm: true,
  iterations: true,
  scale: true,
} as const;

/** What Muon keeps of a matrix. `learningRate` and `gradientNorm` are scalars. */
export interface MuonState {
  /** The matrix, `[rows, columns]`. */
  readonly parameters: Value;
  /** The momentum of its gradient, of the same shape. */
  readonly m: Value;
  /** How far to go: a rate for Adam suits. */
  readonly learningRate: Value;
  /** The norm of the gradient of all parameters, which `clipNorm` bounds; defaults to the matrix's own. */
  readonly gradientNorm?: Value;
}

/** The state after one update. */
export interface MuonUpdate {
  /** The new matrix. */
  readonly parameters: Value;
  /** The new momentum. */
  readonly m: Value;
}

/** The quintic's coefficients: the steepest at zero that keep singular values near one (Jordan 2024). */
const [A, B, C] = [3.4445, -4.775, 2.0315];

/**
 * The nearest orthogonal matrix, roughly: `U V^T` of the singular value decomposition `U S V^T`, with singular values
 * between about 0.7 and 1.2 in place of ones, by Newton-Schulz iterations `X <- a X + (b A + c A^2) X`, `A = X X^T`
 * (Jordan 2024, "Muon: An optimizer for hidden layers in neural networks").
 *
 * @param x A matrix `[rows, columns]`.
 * @param iterations How many; 5 are enough.
 * @throws {GraphError} if it is no matrix.
 */
export function orthogonalize(x: Value, iterations = 5): Value {
  checkRank(x, 2, "orthogonalize", "x");
  const [rows, columns] = [staticDim(x, 0, "orthogonalize"), staticDim(x, 1, "orthogonalize")];
  // The smaller side is the inner one: its products are the cheaper ones.
  const tall = rows > columns;
  let wide = tall ? transpose(x) : x;
  wide = div(wide, add(sqrt(sum(square(wide))), 1e-7));
  for (let i = 0; i < iterations; i++) {
    const gram = matmul(wide, wide, { transposeB: true });
    const polynomial = add(mul(gram, B), mul(matmul(gram, gram), C));
    wide = add(mul(wide, A), matmul(polynomial, wide));
  }
  return tall ? transpose(wide) : wide;
}

/**
 * One update of Muon for a matrix (Jordan 2024): the momentum of the gradient, with Nesterov's look ahead, orthogonalized. The
 * update is scaled by `scale sqrt(max(rows, columns))`, which makes its root mean square the same for matrices of all shapes, so that one learning
 * rate and one weight decay do for them and for Adam (Liu et al. 2025, "Muon is Scalable for LLM Training", eq. 4).
 *
 * A convolution's weights are a matrix of the output channels by all else. Vectors, embeddings and the layers at the network's two
 * ends are for Adam.
 *
 * @param gradient The gradient, `[rows, columns]`.
 * @throws {GraphError} if a shape is not that of the parameters, or a scalar is none.
 */
export function muon(gradient: Value, state: MuonState, options: MuonOptions = {}): MuonUpdate {
  checkOptions(state.parameters, options, muonOptionNames, "Muon");
  const { momentum = 0.95, weightDecay = 0, clipNorm, iterations = 5, scale = 0.2 } = options;
  const { parameters, learningRate } = state;
  checkRank(parameters, 2, "Muon", "parameters");
  checkShape(gradient, parameters.shape, "Muon", "gradient");
  checkShape(state.m, parameters.shape, "Muon", "m");
  for (const [name, value] of Object.entries({ learningRate, gradientNorm: state.gradientNorm })) {
    if (value) checkShape(value, [], "Muon", name);
  }
  return parameters.graph.scope("muon", () => {
    const norm = state.gradientNorm ?? sqrt(sum(square(gradient)));
    const g = clipNorm === undefined ? gradient : clip(gradient, norm, clipNorm);
    const m = add(mul(state.m, momentum), mul(g, 1 - momentum));
    const ahead = add(mul(m, momentum), mul(g, 1 - momentum));
    const size = scale *
      Math.sqrt(Math.max(staticDim(parameters, 0, "Muon"), staticDim(parameters, 1, "Muon")));
    const kept = weightDecay ? mul(parameters, sub(1, mul(learningRate, weightDecay))) : parameters;
    return { parameters: sub(kept, mul(orthogonalize(ahead, iterations), mul(learningRate, size))), m };
  });
}
