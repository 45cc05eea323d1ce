/**
 * Effects: denoisers composed of denoisers, the views and splits they use, and a registry of them all.
 *
 * @example
 * ```ts
 * import { createView, findEffect } from "@denoise/denoise/effects";
 *
 * const { title } = findEffect("anagram"); // "Visual anagram"
 * const upsideDown = createView("flip");
 * ```
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import type { Effect } from "./effect.ts";
import * as registry from "./registry.ts";

export { compositeByMask } from "./composite.ts";
export * from "./conditioned.ts";
export * from "./guidance.ts";
export { assertGuidanceInterval, type GuidanceInterval, withinInterval } from "./guidance_interval.ts";
export * from "./guided.ts";
export * from "./keep_original.ts";
export * from "./parts/mod.ts";
export * from "./registry.ts";
export * from "./renoise_original.ts";
export * from "./repaint.ts";
export * from "./slerp.ts";
export * from "./stack_conditions.ts";
export * from "./views/mod.ts";
export type {
  ComposedEffect,
  Effect,
  EffectContext,
  EffectPart,
  EffectValues,
  Perspective,
} from "./effect.ts";

/** The registrations that the effects' files export. */
export type RegisteredEffect = Extract<
  (typeof registry)[keyof typeof registry],
  { readonly name: string; readonly summary: string }
>;

/** The name of an effect. */
export type EffectName = RegisteredEffect["name"];

/** All effects by name, in alphabetical order. */
export const effects: ReadonlyMap<string, Effect> = new Map(
  Object.values(registry)
    .filter((value): value is RegisteredEffect => typeof value === "object")
    .map((effect): [string, Effect] => [effect.name, effect as unknown as Effect])
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/**
 * The effect of a name.
 *
 * @throws {ArgumentError} if there is none; the message lists the names.
 *
 * @example
 * ```ts
 * const { title } = findEffect("anagram"); // "Visual anagram"
 * ```
 */
export function findEffect(name: string): Effect {
  const found = effects.get(name);
  if (found) return found;
  throw new ArgumentError("effect", name, `one of ${[...effects.keys()].join(", ")}`);
}
