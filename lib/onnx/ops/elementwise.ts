/** Operators that work element by element, with broadcasting. */
import { type DType, dtypeCodes, isFloat } from "../dtype.ts";
import type { GradientRule, Value } from "../graph.ts";
import { broadcastShapes } from "../shapes.ts";
import { sumTo } from "./reduce.ts";

/** A value, or a number that stands for a constant of the other operand's type. */
export type Operand = Value | number;

/**
 * A node of two operands that broadcast. `gradient` gives the gradients of both, as functions that are called where they are wanted;
 * `result` is the type of what comes out, where it is another.
 */
export function binary(
  op: string,
  x: Operand,
  y: Operand,
  gradient: ((dy: Value, a: Value, b: Value, out: Value) => [() => Value, () => Value]) | undefined,
  result?: DType,
): Value {
  const typed = typeof x === "number" ? y as Value : x;
  const a = typeof x === "number" ? typed.graph.constant(x, typed.dtype) : x;
  const b = typeof y === "number" ? typed.graph.constant(y, typed.dtype) : y;
  if (a.dtype !== b.dtype) typed.graph.fail(op, `types ${a.dtype} and ${b.dtype} differ`);
  const rule: GradientRule | undefined = gradient && (([dy], [out], wanted) => {
    if (!dy) return [];
    const [da, db] = gradient(dy, a, b, out);
    return [wanted[0] ? sumTo(da(), a.shape) : undefined, wanted[1] ? sumTo(db(), b.shape) : undefined];
  });
  return typed.graph.node({
    op,
    inputs: [a, b],
    outputs: [{ dtype: result ?? a.dtype, shape: broadcastShapes(a, b, op) }],
    gradient: rule,
  })[0];
}

/** a + b. At least one operand is a value. */
export function add(a: Operand, b: Operand): Value {
  return binary("Add", a, b, (dy) => [() => dy, () => dy]);
}

/** a - b. At least one operand is a value. */
export function sub(a: Operand, b: Operand): Value {
  return binary("Sub", a, b, (dy) => [() => dy, () => neg(dy)]);
}

/** a · b. At least one operand is a value. */
export function mul(a: Operand, b: Operand): Value {
  return binary("Mul", a, b, (dy, a, b) => [() => mul(dy, b), () => mul(dy, a)]);
}

/** a / b. At least one operand is a value. */
export function div(a: Operand, b: Operand): Value {
  return binary("Div", a, b, (dy, _a, b, out) => [() => div(dy, b), () => neg(div(mul(dy, out), b))]);
}

/** The larger of two; where they are equal, each gets the gradient of half. */
export function max(a: Operand, b: Operand): Value {
  return binary("Max", a, b, (dy, a, b) => extremum(dy, greater(a, b), greater(b, a)));
}

/** The smaller of two; where they are equal, each gets the gradient of half. */
export function min(a: Operand, b: Operand): Value {
  return binary("Min", a, b, (dy, a, b) => extremum(dy, greater(b, a), greater(a, b)));
}

function extremum(dy: Value, first: Value, second: Value): [() => Value, () => Value] {
  const half = mul(dy, 0.5);
  const share = (mine: Value, other: Value) => where(mine, dy, where(other, mul(dy, 0), half));
  return [() => share(first, second), () => share(second, first)];
}

/** Whether a > b, as bool; has no gradient. */
export function greater(a: Operand, b: Operand): Value {
  return binary("Greater", a, b, undefined, "bool");
}

/** Whether a = b, as bool; has no gradient. */
export function equal(a: Operand, b: Operand): Value {
  return binary("Equal", a, b, undefined, "bool");
}

/** Takes from `a` where the condition holds, else from `b`; the three broadcast. */
export function where(condition: Value, a: Value, b: Value): Value {
  if (condition.dtype !== "bool" || a.dtype !== b.dtype) {
    a.graph.fail(
      "Where",
      `types ${condition.dtype}, ${a.dtype}, ${b.dtype} where bool and twice the same are expected`,
    );
  }
  const zero = a.graph.constant(0, a.dtype);
  const branches = a.graph.node({
    op: "Where",
    inputs: [condition, a, b],
    outputs: [{ dtype: a.dtype, shape: broadcastThree(condition, a, b) }],
    gradient: ([dy], _outputs, wanted) =>
      dy
        ? [
          undefined,
          wanted[1] ? sumTo(where(condition, dy, zero), a.shape) : undefined,
          wanted[2] ? sumTo(where(condition, zero, dy), b.shape) : undefined,
        ]
        : [],
  });
  return branches[0];
}

function broadcastThree(a: Value, b: Value, c: Value) {
  const both = {
    graph: a.graph,
    shape: broadcastShapes(a, b, "Where"),
    get rank() {
      return this.shape.length;
    },
  };
  return broadcastShapes(both as Value, c, "Where");
}

function unary(op: string, x: Value, gradient: (dy: Value, out: Value) => Value): Value {
  return x.graph.node({
    op,
    inputs: [x],
    outputs: [{ dtype: x.dtype, shape: x.shape }],
    gradient: ([dy], [out]) => [dy && gradient(dy, out)],
  })[0];
}

/** -x. */
export function neg(x: Value): Value {
  return unary("Neg", x, (dy) => neg(dy));
}

/** e to the x. */
export function exp(x: Value): Value {
  return unary("Exp", x, (dy, out) => mul(dy, out));
}

/** The natural logarithm. */
export function log(x: Value): Value {
  return unary("Log", x, (dy) => div(dy, x));
}

/** The square root. */
export function sqrt(x: Value): Value {
  return unary("Sqrt", x, (dy, out) => div(mul(dy, 0.5), out));
}

/** 1 / x. */
export function reciprocal(x: Value): Value {
  return unary("Reciprocal", x, (dy, out) => neg(mul(dy, square(out))));
}

/** x². */
export function square(x: Value): Value {
  return mul(x, x);
}

/** The error function, 2/√π ∫₀ˣ e^(-t²) dt. */
export function erf(x: Value): Value {
  return unary("Erf", x, (dy) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))));
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: Value): Value {
  return unary("Sigmoid", x, (dy, out) => mul(dy, mul(out, sub(1, out))));
}

/** The hyperbolic tangent. */
export function tanh(x: Value): Value {
  return unary("Tanh", x, (dy, out) => mul(dy, sub(1, square(out))));
}

/** The cosine, of radians. */
export function cos(x: Value): Value {
  return unary("Cos", x, (dy) => neg(mul(dy, sin(x))));
}

/** The sine, of radians. */
export function sin(x: Value): Value {
  return unary("Sin", x, (dy) => mul(dy, cos(x)));
}

/** The absolute value; its gradient at 0 is 0. */
export function abs(x: Value): Value {
  return unary("Abs", x, (dy) => mul(dy, sign(x)));
}

/** -1, 0 or 1; its gradient is 0. */
export function sign(x: Value): Value {
  return unary("Sign", x, (dy) => mul(dy, 0));
}

/** The same values as another type; gradients flow between float types. */
export function cast(x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x;
  return x.graph.node({
    op: "Cast",
    inputs: [x],
    attributes: { to: { int: dtypeCodes[dtype] } },
    outputs: [{ dtype, shape: x.shape }],
    gradient: ([dy]) => [dy && isFloat(x.dtype) ? cast(dy, x.dtype) : undefined],
  })[0];
}
