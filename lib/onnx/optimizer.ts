import type { Value } from "./graph.ts";
import { checkOptions, checkShape } from "./shapes.ts";
import { clip } from "./clip.ts";
import { add, cast, div, mul, sqrt, square, sub } from "./ops/elementwise.ts";
import { sum } from "./ops/reduce.ts";
import { adamOptionNames } from "./adam_option_names.ts";

/** The numbers of Adam; the defaults are PyTorch's. */
export interface AdamOptions {
  /** The decay of the mean of gradients; defaults to 0.9. */
  readonly beta1?: number;
  /** The decay of the mean of squared gradients; defaults to 0.999. */
  readonly beta2?: number;
  /** What is added to the root in the denominator; defaults to 1e-8. */
  readonly epsilon?: number;
  /** How strongly weights are drawn to zero; defaults to 0. */
  readonly weightDecay?: number;
  /** Whether the decay acts on the weights themselves (AdamW, the default) rather than through the gradient. */
  readonly decoupled?: boolean;
  /** The norm that the gradient is scaled down to where it is larger; defaults to no clipping. */
  readonly clipNorm?: number;
}

/** What Adam keeps of each parameter. All are shaped as the parameters; `step` and `learningRate` are scalars. */
export interface AdamState {
  /** The parameters, of any one shape; a whole network's as one vector. */
  readonly parameters: Value;
  /** The mean of gradients. */
  readonly m: Value;
  /** The mean of squared gradients. */
  readonly v: Value;
  /** Which update this is, counted from 1. */
  readonly step: Value;
  /** How far to go. */
  readonly learningRate: Value;
  /** The norm of the gradient, a scalar, where it is of more than these parameters; computed by default. */
  readonly gradientNorm?: Value;
}

/** The state after one update. */
export interface AdamUpdate {
  /** The new parameters. */
  readonly parameters: Value;
  /** The new mean of gradients. */
  readonly m: Value;
  /** The new mean of squared gradients. */
  readonly v: Value;
  /** The norm of the gradient, before clipping; a scalar. */
  readonly gradientNorm: Value;
}

/**
 * One update of Adam (Kingma and Ba 2015, algorithm 1) or AdamW (Loshchilov and Hutter 2019, algorithm 2), as nodes of
 * the training graph. Agrees with PyTorch's.
 *
 * @throws {GraphError} if a shape is not that of the parameters, or a scalar is none.
 */
export function adam(gradient: Value, state: AdamState, options: AdamOptions = {}): AdamUpdate {
  checkOptions(state.parameters, options, adamOptionNames, "Adam");
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decoupled = true, clipNorm } = options;
  const { parameters, step, learningRate } = state;
  for (const [name, value] of Object.entries({ gradient, m: state.m, v: state.v })) {
    checkShape(value, parameters.shape, "Adam", name);
  }
  for (const [name, value] of Object.entries({ step, learningRate, gradientNorm: state.gradientNorm })) {
    if (value) checkShape(value, [], "Adam", name);
  }
  return parameters.graph.scope("adam", () => {
    const gradientNorm = state.gradientNorm ?? sqrt(sum(square(gradient)));
    let g = clipNorm === undefined ? gradient : clip(gradient, gradientNorm, clipNorm);
    let kept = parameters;
    if (weightDecay && !decoupled) g = add(g, mul(parameters, weightDecay));
    if (weightDecay && decoupled) kept = mul(parameters, sub(1, mul(learningRate, weightDecay)));
    const m = add(mul(state.m, beta1), mul(g, 1 - beta1));
    const v = add(mul(state.v, beta2), mul(square(g), 1 - beta2));
    const size = div(learningRate, cast(biasCorrection(beta1, step), parameters.dtype));
    const root = sqrt(cast(biasCorrection(beta2, step), parameters.dtype));
    const update = div(mul(m, size), add(div(sqrt(v), root), epsilon));
    return { parameters: sub(kept, update), m, v, gradientNorm };
  });
}

/** 1 - βᵗ, in double precision: for small t it is the difference of two close numbers. */
function biasCorrection(beta: number, step: Value): Value {
  const graph = step.graph;
  const power = graph.node({
    op: "Pow",
    inputs: [graph.constant(beta, "float64"), cast(step, "float64")],
    outputs: [{ dtype: "float64", shape: step.shape }],
  })[0];
  return sub(1, power);
}

/**
 * One update of an exponential moving average: decay · average + (1 - decay) · value.
 *
 * @param decay A scalar, in 0..1.
 */
export function movingAverage(average: Value, value: Value, decay: Value): Value {
  return add(value, mul(sub(average, value), decay));
}
