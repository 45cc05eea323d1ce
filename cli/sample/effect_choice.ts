/** The effect chosen on the command line. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { type Effect, effects, type EffectValues } from "../../lib/effects/mod.ts";
import type { ChosenEffect, OptionField } from "../../lib/generation/mod.ts";
import { flagName } from "../field_option.ts";
import { flagOf, type SampleFlags } from "./flags.ts";

/**
 * The effect chosen by its option, with the values of each of its parts from its other options.
 *
 * @throws {ArgumentError} if there are several effects, or options do not go together.
 */
export function effectChoice(flags: SampleFlags): ChosenEffect | undefined {
  const [effect, other] = [...effects.values()].filter(({ name }) => flagOf(flags, name) !== undefined);
  if (other) {
    throw new ArgumentError(
      flagName(other.name),
      described("given"),
      `none beside --${flagName(effect.name)}`,
    );
  }
  if (effect) assertBeside(flags, effect);
  for (const { name, fields } of effects.values()) {
    for (const key of Object.keys(fields)) {
      if (key === "prompt" || name === effect?.name) continue;
      const [given] = listOf(flagOf(flags, key));
      if (given === undefined || effect && key in effect.fields) continue;
      throw new ArgumentError(flagName(key), given, `--${flagName(name)} beside it`);
    }
  }
  return effect && { name: effect.name, parts: partsOf(flags, effect) };
}

/** Refuses options that an effect cannot be combined with. */
function assertBeside(flags: SampleFlags, { name, square }: Effect): void {
  for (const side of ["height", "width"] as const) {
    if (square && flags[side] !== undefined) {
      throw new ArgumentError(side, flags[side], `none beside --${flagName(name)}`);
    }
  }
  if (flags.image !== undefined) {
    throw new ArgumentError("image", described("given"), `none beside --${flagName(name)}`);
  }
}

/** The values of each part: every field once for each part; a field may be left out if there is a single part. */
function partsOf(flags: SampleFlags, { name, fields }: Effect): EffectValues[] {
  const prompts = listOf(flagOf(flags, name)) as string[];
  const values = Object.entries<OptionField>(fields).map(([key, field]) => {
    const given = key === "prompt" ? prompts : listOf(flagOf(flags, key));
    const fallback = "fallback" in field ? field.fallback : undefined;
    const list = given.length === 0 && prompts.length === 1 && fallback !== undefined ? [fallback] : given;
    if (list.length !== prompts.length) {
      throw new ArgumentError(
        flagName(key),
        described(`${list.length} given`),
        `${prompts.length}`,
        { note: `one for each --${flagName(name)}`, plural: true },
      );
    }
    return [key, list] as const;
  });
  return prompts.map((_, i) =>
    Object.fromEntries(values.map(([key, list]) => [key, list[i]])) as EffectValues
  );
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
