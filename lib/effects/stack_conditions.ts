/**
 * Conditions of several images as one.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import type { Condition } from "../diffusion/types.ts";
import { described } from "../show_value.ts";
import { concat } from "../tensor.ts";

/**
 * Joins the conditions of single images to the condition of their batch: image n is under the n-th.
 *
 * @param conditions One condition for each image, all of one model; each of batch 1.
 * @throws {ArgumentError} if there are none, or they are of different models.
 *
 * @example
 * ```ts
 * import { openMnistModel } from "@denoise/denoise";
 *
 * await using model = await openMnistModel("models/mnist-class");
 * const digits = stackConditions(await model.prepare([2, 0, 2, 4]));
 * ```
 */
export function stackConditions(conditions: readonly Condition[]): Condition {
  const [first] = conditions;
  if (!first) throw new ArgumentError("conditions", described("empty list"), "at least one condition");
  const names = Object.keys(first.inputs);
  for (const { inputs } of conditions) {
    const others = Object.keys(inputs);
    if (others.length !== names.length || names.some((name) => !inputs[name])) {
      throw new ArgumentError("conditions", described(`inputs ${others.join(", ")}`), names.join(", "), {
        plural: true,
      });
    }
  }
  const join = (name: string) => concat(conditions.map(({ inputs }) => inputs[name]));
  return { inputs: Object.fromEntries(names.map((name) => [name, join(name)])) };
}
