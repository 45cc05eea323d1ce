/** Activations, each a node that the runtime fuses, with the gradient written in few passes. */
import type { Value } from "../graph.ts";
import { normalizeAxis } from "../shapes.ts";
import {
  abs,
  add,
  div,
  erf,
  exp,
  greater,
  log,
  min,
  mul,
  neg,
  sigmoid,
  square,
  sub,
  tanh,
  where,
} from "./elementwise.ts";
import { sum } from "./reduce.ts";

/** x where it is positive, else 0. */
export function relu(x: Value): Value {
  return x.graph.node({
    op: "Relu",
    inputs: [x],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => [dy && where(greater(x, 0), dy, dy.graph.constant(0, dy.dtype))],
  })[0];
}

/** x where it is positive, else `slope` times x (Maas et al. 2013); the slope defaults to 0.01. */
export function leakyRelu(x: Value, slope = 0.01): Value {
  return x.graph.node({
    op: "LeakyRelu",
    inputs: [x],
    attributes: { alpha: { float: slope } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => [dy && where(greater(x, 0), dy, mul(dy, slope))],
  })[0];
}

/**
 * log(1 + e^x), a smooth {@linkcode relu} (Dugas et al. 2001): max(x, 0) - log σ(|x|), which does not overflow and takes a third of the
 * time of the runtime's own node. Its derivative is σ(x).
 */
export function softplus(x: Value): Value {
  const graph = x.graph;
  const outputs = [{ dtype: x.dtype, shape: x.shape }];
  const rest = log(sigmoid(abs(x)));
  // All of the gradient goes by way of this node, without the kinks that the two parts have at 0.
  const [positive] = graph.node({
    op: "Relu",
    inputs: [x],
    outputs,
    gradient: ([dy]) => [dy && mul(dy, sigmoid(x))],
  });
  return graph.node({ op: "Sub", inputs: [positive, rest], outputs, gradient: ([dy]) => [dy, undefined] })[0];
}

/** The largest x for which {@linkcode mish} differs from x in float32, and some more. */
const MISH_IS_X = 20;

/**
 * x tanh(log(1 + e^x)) (Misra 2019, "Mish: A Self Regularized Non-Monotonic Activation Function", eq. 1), as x n / (n + 2) with
 * n = e^x (e^x + 2), which takes no logarithm. Its derivative is t + x σ(x) (1 - t²) with t = n / (n + 2).
 */
export function mish(x: Value): Value {
  const power = exp(min(x, MISH_IS_X));
  const n = mul(power, add(power, 2));
  const t = div(n, add(n, 2));
  return x.graph.node({
    op: "Mul",
    inputs: [x, t],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => {
      if (!dy) return [];
      return [mul(dy, add(t, mul(mul(x, sigmoid(x)), sub(1, square(t))))), undefined];
    },
  })[0];
}

/**
 * The Gaussian error linear unit x Φ(x), exact (Hendrycks and Gimpel 2016).
 *
 * Its derivative is Φ(x) + x φ(x) = ½ (1 + erf a) + a e^(-a²) / √π with a = x / √2.
 */
export function gelu(x: Value): Value {
  return x.graph.node({
    op: "Gelu",
    inputs: [x],
    attributes: { approximate: { string: "none" } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => {
      if (!dy) return [];
      const a = mul(x, Math.SQRT1_2);
      const bell = mul(mul(a, 1 / Math.sqrt(Math.PI)), exp(neg(square(a))));
      return [mul(dy, add(halfAndHalf(erf(a)), bell))];
    },
  })[0];
}

/**
 * The Gaussian error linear unit in the approximation ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), which T5 calls "gelu_new"
 * (Hendrycks and Gimpel 2016).
 *
 * Its derivative is ½ (1 + tanh u) + ½ x (1 - tanh² u) u' with u' = √(2/π) (1 + 3 · 0.044715 x²).
 */
export function geluTanh(x: Value): Value {
  return x.graph.node({
    op: "Gelu",
    inputs: [x],
    attributes: { approximate: { string: "tanh" } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => {
      if (!dy) return [];
      const [slope, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
      const squared = square(x);
      const inner = tanh(mul(x, add(mul(squared, slope * cubic), slope)));
      const steepness = add(mul(squared, 1.5 * slope * cubic), 0.5 * slope);
      return [mul(dy, add(halfAndHalf(inner), mul(mul(x, steepness), sub(1, square(inner)))))];
    },
  })[0];
}

/** ½ (1 + x) for x in -1..1, in one pass: a hard sigmoid, within its bounds. */
function halfAndHalf(x: Value): Value {
  return x.graph.node({
    op: "HardSigmoid",
    inputs: [x],
    attributes: { alpha: { float: 0.5 }, beta: { float: 0.5 } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy]) => [dy && mul(dy, 0.5)],
  })[0];
}

/** The sigmoid linear unit x σ(x), also called swish; its derivative is σ(x) + y (1 - σ(x)) with y the output. */
export function silu(x: Value): Value {
  return x.graph.node({
    op: "QuickGelu",
    domain: "com.microsoft",
    inputs: [x],
    attributes: { alpha: { float: 1 } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy], [y]) => {
      if (!dy) return [];
      const s = sigmoid(x);
      return [mul(dy, add(s, mul(y, sub(1, s))))];
    },
  })[0];
}

/** e^x along an axis, divided by its sum: adds up to 1. */
export function softmax(x: Value, axis = -1): Value {
  const at = normalizeAxis(x, axis, "Softmax");
  return x.graph.node({
    op: "Softmax",
    inputs: [x],
    attributes: { axis: { int: at } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy], [y]) => {
      if (!dy) return [];
      return [mul(y, sub(dy, sum(mul(dy, y), { axes: [at], keepDims: true })))];
    },
  })[0];
}

/** The logarithm of {@linkcode softmax}, computed without overflow. */
export function logSoftmax(x: Value, axis = -1): Value {
  const at = normalizeAxis(x, axis, "LogSoftmax");
  return x.graph.node({
    op: "LogSoftmax",
    inputs: [x],
    attributes: { axis: { int: at } },
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy], [y]) => {
      if (!dy) return [];
      return [sub(dy, mul(exp(y), sum(dy, { axes: [at], keepDims: true })))];
    },
  })[0];
}
