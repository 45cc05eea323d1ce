import type { Value } from "./graph.ts";
import { clip } from "./clip.ts";
import { add, mul, sqrt, square, sub } from "./ops/elementwise.ts";
import { sum } from "./ops/reduce.ts";
import { checkOptions, checkShape } from "./shapes.ts";

/** The numbers of stochastic gradient descent; the meaning of each is PyTorch's. */
export interface SgdOptions {
  /** The decay of the momentum; defaults to 0.9, and 0 is plain gradient descent. */
  readonly momentum?: number;
  /** Whether the step looks ahead along the momentum (Nesterov 1983); defaults to false. */
  readonly nesterov?: boolean;
  /** How strongly weights are drawn to zero, through the gradient; defaults to 0. */
  readonly weightDecay?: number;
  /** The norm that the gradient is scaled down to where it is larger; defaults to no clipping. */
  readonly clipNorm?: number;
}

/** The names of {@linkcode SgdOptions}. */
export const sgdOptionNames = {
  momentum: true,
  nesterov: true,
  weightDecay: true,
  clipNorm: true,
} as const;

/** What gradient descent keeps of each parameter. `learningRate` and `gradientNorm` are scalars. */
export interface SgdState {
  /** The parameters, of any one shape; a whole network's as one vector. */
  readonly parameters: Value;
  /** The momentum, of the same shape: zeros before the first step. */
  readonly m: Value;
  /** How far to go. */
  readonly learningRate: Value;
  /** The norm of the gradient, where it is of more than these parameters; computed by default. */
  readonly gradientNorm?: Value;
}

/** The state after one update. */
export interface SgdUpdate {
  /** The new parameters. */
  readonly parameters: Value;
  /** The new momentum. */
  readonly m: Value;
}

/**
 * One update of stochastic gradient descent with momentum, `m <- momentum m + g`, `p <- p - rate m`, or with Nesterov's look
 * ahead, `p <- p - rate (g + momentum m)` (Sutskever et al. 2013, "On the importance of initialization and momentum in deep
 * learning", eq. 1 to 4). Agrees with PyTorch's.
 *
 * @param gradient The gradient, shaped as the parameters.
 * @throws {GraphError} if a shape is not that of the parameters, or a scalar is none.
 */
export function sgd(gradient: Value, state: SgdState, options: SgdOptions = {}): SgdUpdate {
  checkOptions(state.parameters, options, sgdOptionNames, "Sgd");
  const { momentum = 0.9, nesterov = false, weightDecay = 0, clipNorm } = options;
  const { parameters, learningRate } = state;
  checkShape(gradient, parameters.shape, "Sgd", "gradient");
  checkShape(state.m, parameters.shape, "Sgd", "m");
  for (const [name, value] of Object.entries({ learningRate, gradientNorm: state.gradientNorm })) {
    if (value) checkShape(value, [], "Sgd", name);
  }
  return parameters.graph.scope("sgd", () => {
    const norm = state.gradientNorm ?? sqrt(sum(square(gradient)));
    let g = clipNorm === undefined ? gradient : clip(gradient, norm, clipNorm);
    if (weightDecay) g = add(g, mul(parameters, weightDecay));
    const m = add(mul(state.m, momentum), g);
    const direction = nesterov ? add(g, mul(m, momentum)) : m;
    return { parameters: sub(parameters, mul(direction, learningRate)), m };
  });
}
