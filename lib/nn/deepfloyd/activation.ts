import { gelu, relu, silu, type Value } from "../../onnx/mod.ts";
import type { DeepFloydActivation } from "./config.ts";

const functions: Readonly<Record<DeepFloydActivation, (x: Value) => Value>> = { gelu, silu, relu };

/** Applies the activation that a configuration names; `gelu` is the exact one. */
export function activate(x: Value, name: DeepFloydActivation): Value {
  return functions[name](x);
}
