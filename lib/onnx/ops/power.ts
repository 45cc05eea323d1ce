/** Powers. */
import type { Value } from "../graph.ts";
import { binary, equal, greater, log, mul, type Operand, sub, where } from "./elementwise.ts";

/**
 * a to the b, with broadcasting. At least one operand is a value. Negative bases have whole powers alone.
 *
 * Its gradients are b a^(b - 1) and a^b log a; the one by the exponent is that of positive bases, and 0 for others.
 */
export function pow(a: Operand, b: Operand): Value {
  return binary("Pow", a, b, (dy, base, exponent, out) => [
    () => {
      const slope = mul(exponent, pow(base, sub(exponent, 1)));
      // 0 to the -1 would be infinite.
      const zero = dy.graph.constant(0, dy.dtype);
      return mul(dy, b === 0 ? zero : typeof b === "number" ? slope : where(equal(exponent, 0), zero, slope));
    },
    () => {
      const one = dy.graph.constant(1, dy.dtype);
      return mul(dy, mul(out, log(where(greater(base, 0), base, one))));
    },
  ]);
}
