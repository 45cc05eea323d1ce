import { gelu, relu, silu, type Value } from "../../onnx/mod.ts";

/** The name of an activation. */
export type UnetActivation = "gelu" | "silu" | "relu";

const functions: Readonly<Record<UnetActivation, (x: Value) => Value>> = { gelu, silu, relu };

/** The activations that a configuration may name. */
export const unetActivations: readonly UnetActivation[] = Object.keys(functions) as UnetActivation[];

/** Applies the activation that a configuration names; `gelu` is the exact one. */
export function activate(x: Value, name: UnetActivation): Value {
  return functions[name](x);
}
