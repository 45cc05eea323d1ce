/** Comparisons and logic: they give bool, or combine it, and have no gradient. */
import type { Value } from "../graph.ts";
import { binary, equal, type Operand } from "./elementwise.ts";

/** Whether a < b, as bool; has no gradient. At least one operand is a value. */
export function less(a: Operand, b: Operand): Value {
  return binary("Less", a, b, undefined, "bool");
}

/** Whether a <= b, as bool; has no gradient. At least one operand is a value. */
export function lessOrEqual(a: Operand, b: Operand): Value {
  return binary("LessOrEqual", a, b, undefined, "bool");
}

/** Whether a >= b, as bool; has no gradient. At least one operand is a value. */
export function greaterOrEqual(a: Operand, b: Operand): Value {
  return binary("GreaterOrEqual", a, b, undefined, "bool");
}

/** Whether a ≠ b, as bool, so also where one is not a number; has no gradient. At least one operand is a value. */
export function notEqual(a: Operand, b: Operand): Value {
  return logicalNot(equal(a, b));
}

/** Whether both hold, with broadcasting. */
export function logicalAnd(a: Value, b: Value): Value {
  return logical("And", a, b);
}

/** Whether one or both hold, with broadcasting. */
export function logicalOr(a: Value, b: Value): Value {
  return logical("Or", a, b);
}

/** Whether exactly one holds, with broadcasting. */
export function logicalXor(a: Value, b: Value): Value {
  return logical("Xor", a, b);
}

/** Whether it does not hold. */
export function logicalNot(a: Value): Value {
  checkBool(a, "Not");
  return a.graph.node({ op: "Not", inputs: [a], outputs: [{ dtype: "bool", shape: a.shape }] })[0];
}

function logical(op: string, a: Value, b: Value): Value {
  checkBool(a, op);
  return binary(op, a, b, undefined);
}

function checkBool(a: Value, op: string): void {
  if (a.dtype !== "bool") a.graph.fail(op, `type ${a.dtype} where bool is expected`);
}
