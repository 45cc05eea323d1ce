import type { Config } from "../checkpoints/config.ts";
import type { ChoiceField, FlagField, NumberField, OptionField, TextField } from "../option_field.ts";

/**
 * Reads a stored value, checked against its field.
 *
 * @param config The stored options.
 * @param key The value's name there.
 * @param field The field.
 * @throws {CheckpointError} if it is missing, or not what the field takes.
 */
export function readStored(config: Config, key: string, field: NumberField): number;
export function readStored(config: Config, key: string, field: TextField): string;
export function readStored<T extends string>(config: Config, key: string, field: ChoiceField<T>): T;
export function readStored(config: Config, key: string, field: FlagField): boolean;
export function readStored(config: Config, key: string, field: OptionField): string | number | boolean;
export function readStored(config: Config, key: string, field: OptionField): string | number | boolean {
  switch (field.kind) {
    case "whole":
      return config.whole(key, field.stored ?? field);
    case "decimal":
      return config.number(key, field.stored ?? field);
    case "choice":
      return config.choice(key, field.choices);
    case "flag":
      return config.boolean(key);
    default:
      return config.text(key);
  }
}
