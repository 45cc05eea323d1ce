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
 * How inpainting holds the unmasked area to the original.
 *
 * - `keep-original`: it stays clean at all steps: DeepFloyd IF's rule, `keepOriginal`;
 * - `renoise-original`: it is noised anew to the level of each step: RePaint's without its resampling, `renoiseOriginal`;
 * - `repaint`: the same, and each step is taken several times, so that hole and surroundings come to agree: RePaint's, `repaint`.
 */
export type InpaintingRule = "keep-original" | "renoise-original" | "repaint";

/** The names of the rules. */
export const inpaintingRules = [
  "keep-original",
  "renoise-original",
  "repaint",
] as const satisfies InpaintingRule[];

/** How often `repaint` repeats a step by default: as often as in the paper's experiments. */
export const defaultJumps = 10;

/** The options of an inpainting rule. */
export interface InpaintingRuleOptions {
  /** The rule; defaults to `keep-original`. */
  readonly rule?: InpaintingRule;
  /** For the rule `repaint` only: how often each step is taken, a whole number from 1; defaults to 10. */
  readonly jumps?: number;
}

const rules: Record<
  InpaintingRule,
  (original: Tensor, mask: Tensor, schedule: NoiseSchedule) => Constraint
> = { "keep-original": keepOriginal, "renoise-original": renoiseOriginal, repaint: renoiseOriginal };

/**
 * Throws unless a rule is known, and supports jumps if there are any.
 *
 * @param options The rule, and its jumps.
 * @throws {ArgumentError} if it is not.
 */
export function assertInpaintingRule({ rule = inpaintingRules[0], jumps }: InpaintingRuleOptions): void {
  if (!Object.hasOwn(rules, rule)) {
    throw new ArgumentError("rule", rule, `one of ${inpaintingRules.join(", ")}`);
  }
  if (jumps === undefined) return;
  if (rule !== "repaint") throw new ArgumentError("jumps", jumps, "none", { note: `with the rule ${rule}` });
  if (!(Number.isInteger(jumps) && jumps >= 1)) {
    throw new ArgumentError("jumps", jumps, "a whole number from 1");
  }
}

/**
 * A rule's constraint for several images of each text, and how often each step is taken if more
 * than once.
 *
 * @param stage The stage.
 * @param options The rule, and its jumps.
 * @param image An image for each text, `[N, C, H, W]`.
 * @param mask 1 where to repaint, `[1, 1, H, W]` or `[N, 1, H, W]`.
 * @throws {ArgumentError} if the rule is unknown, the jumps are not its own, the mask does not fit, or one of its values is not in [0, 1].
 */
export function inpainting(
  { repeatPerImage, schedule }: Pick<Stage, "repeatPerImage" | "schedule">,
  options: InpaintingRuleOptions,
  image: Tensor,
  mask: Tensor,
): { readonly constrain: Constraint; readonly jumps?: number } {
  assertInpaintingRule(options);
  assertMask(mask, image.shape, "image");
  const { rule = inpaintingRules[0], jumps = defaultJumps } = options;
  const masks = mask.shape[0] === 1 ? mask : repeatPerImage(mask);
  const constrain = rules[rule](repeatPerImage(image), masks, schedule);
  return rule === "repaint" ? { constrain, jumps } : { constrain };
}
