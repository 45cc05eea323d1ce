import type { Value } from "./graph.ts";
import { add, div, max, mul } from "./ops/elementwise.ts";

/** Scales by limit / norm where the norm is larger (as PyTorch's clip_grad_norm_, with its 1e-6). */
export function clip(gradient: Value, norm: Value, limit: number): Value {
  return mul(gradient, div(limit, max(add(norm, 1e-6), limit)));
}
