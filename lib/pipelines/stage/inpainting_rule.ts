/**
 * The rules of inpainting by name.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import type { NoiseSchedule } from "../../diffusion/schedule.ts";
import type { Constraint } from "../../diffusion/types.ts";
import { assertMask } from "../../effects/composite.ts";
import { keepOriginal } from "../../effects/keep_original.ts";
import { renoiseOriginal } from "../../effects/renoise_original.ts";
import type { Tensor } from "../../tensor.ts";
import type { Stage } from "./stage.ts";

/**
 * How inpainting holds what the mask spares to the original.
 *
 * - `keep-original`: it stays clean at all steps: DeepFloyd IF's rule, `keepOriginal`;
 * - `renoise-original`: it is noised anew to the level of each step: RePaint's without its resampling, `renoiseOriginal`.
 */
export type InpaintingRule = "keep-original" | "renoise-original";

const rules: Record<
  InpaintingRule,
  (original: Tensor, mask: Tensor, schedule: NoiseSchedule) => Constraint
> = { "keep-original": keepOriginal, "renoise-original": renoiseOriginal };

/**
 * Throws unless a rule is known.
 *
 * @param rule The rule.
 * @throws {ArgumentError} if it is not.
 */
export function assertInpaintingRule(rule: InpaintingRule): void {
  if (Object.hasOwn(rules, rule)) return;
  throw new ArgumentError("rule", rule, Object.keys(rules).join(" or "));
}

/**
 * The constraint of a rule, for several images of each text.
 *
 * @param stage The stage.
 * @param rule The rule.
 * @param image An image for each text, `[N, C, H, W]`.
 * @param mask 1 where to repaint, `[1, 1, H, W]` or `[N, 1, H, W]`.
 * @throws {ArgumentError} if the rule is unknown, the mask does not fit, or one of its values is not in [0, 1].
 */
export function inpainting(
  { repeatPerImage, schedule }: Pick<Stage, "repeatPerImage" | "schedule">,
  rule: InpaintingRule,
  image: Tensor,
  mask: Tensor,
): Constraint {
  assertInpaintingRule(rule);
  assertMask(mask, image.shape, "image");
  return rules[rule](repeatPerImage(image), mask.shape[0] === 1 ? mask : repeatPerImage(mask), schedule);
}
