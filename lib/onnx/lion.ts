import type { Value } from "./graph.ts";
import { clip } from "./clip.ts";
import { add, mul, sign, sqrt, square, sub } from "./ops/elementwise.ts";
import { sum } from "./ops/reduce.ts";
import { checkOptions, checkShape } from "./shapes.ts";

/** The numbers of Lion; the defaults are the paper's. */
export interface LionOptions {
  /** How much of the momentum there is in the direction of a step; defaults to 0.9. */
  readonly beta1?: number;
  /** The decay of the momentum; defaults to 0.99. */
  readonly beta2?: number;
  /** How strongly weights are drawn to zero, decoupled as in AdamW; defaults to 0. */
  readonly weightDecay?: number;
  /** The norm that the gradient is scaled down to where it is larger; defaults to no clipping. */
  readonly clipNorm?: number;
}

/** The names of {@linkcode LionOptions}. */
export const lionOptionNames = {
  beta1: true,
  beta2: true,
  weightDecay: true,
  clipNorm: true,
} as const;

/** What Lion keeps of each parameter. `learningRate` and `gradientNorm` are scalars. */
export interface LionState {
  /** The parameters, of any one shape; a whole network's as one vector. */
  readonly parameters: Value;
  /** The momentum, of the same shape: zeros before the first step. */
  readonly m: Value;
  /** How far to go: a third to a tenth of a rate for Adam suits, since every number moves by all of it. */
  readonly learningRate: Value;
  /** The norm of the gradient, where it is of more than these parameters; computed by default. */
  readonly gradientNorm?: Value;
}

/** The state after one update. */
export interface LionUpdate {
  /** The new parameters. */
  readonly parameters: Value;
  /** The new momentum. */
  readonly m: Value;
}

/**
 * One update of Lion: the sign of a mean of momentum and gradient, `p <- p - rate (sign(beta1 m + (1 - beta1) g) + decay p)`, then
 * `m <- beta2 m + (1 - beta2) g` (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2).
 *
 * @param gradient The gradient, shaped as the parameters.
 * @throws {GraphError} if a shape is not that of the parameters, or a scalar is none.
 */
export function lion(gradient: Value, state: LionState, options: LionOptions = {}): LionUpdate {
  checkOptions(state.parameters, options, lionOptionNames, "Lion");
  const { beta1 = 0.9, beta2 = 0.99, weightDecay = 0, clipNorm } = options;
  const { parameters, learningRate } = state;
  checkShape(gradient, parameters.shape, "Lion", "gradient");
  checkShape(state.m, parameters.shape, "Lion", "m");
  for (const [name, value] of Object.entries({ learningRate, gradientNorm: state.gradientNorm })) {
    if (value) checkShape(value, [], "Lion", name);
  }
  return parameters.graph.scope("lion", () => {
    const norm = state.gradientNorm ?? sqrt(sum(square(gradient)));
    const g = clipNorm === undefined ? gradient : clip(gradient, norm, clipNorm);
    const direction = sign(add(mul(state.m, beta1), mul(g, 1 - beta1)));
    const kept = weightDecay ? mul(parameters, sub(1, mul(learningRate, weightDecay))) : parameters;
    return {
      parameters: sub(kept, mul(direction, learningRate)),
      m: add(mul(state.m, beta2), mul(g, 1 - beta2)),
    };
  });
}
