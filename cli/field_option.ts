/** Options of the command line, made of fields. */
import { ArgumentError } from "../lib/errors.ts";
import type { Command } from "commander";
import { expectedNumber, isWithin, type NumberField, type OptionField } from "../lib/generation/mod.ts";
import { finiteNumber, integer, oneOf, wholeNumber } from "./options.ts";

/** The placeholder of a field's value in help texts. */
const placeholders: Readonly<Record<OptionField["kind"], string>> = {
  whole: " <n>",
  decimal: " <number>",
  choice: " <name>",
  prompt: " <text>",
  file: " <file>",
  model: " <model>",
  name: " <name>",
  flag: "",
};

/** How a field is shown as an option. */
export interface FieldOptionWords {
  /** The value's placeholder; defaults to that of its kind. */
  readonly placeholder?: string;
  /** Whether the option may be given several times; its value is a list then. */
  readonly repeatable?: boolean;
}

/**
 * Adds the option of a field.
 *
 * @param command The command line.
 * @param name The field's name: `upscaleSteps` is the option `--upscale-steps`.
 * @param field What the option takes; its help and its default are the option's.
 * @param words The value's placeholder, and whether the option may be repeated.
 */
export function addFieldOption(
  command: Command,
  name: string,
  field: OptionField,
  { placeholder, repeatable = false }: FieldOptionWords = {},
): void {
  const value = placeholder ? ` <${placeholder}>` : placeholders[field.kind];
  const parse = parserOf(flagName(name), field);
  const flags = `--${flagName(name)}${value}`;
  if (repeatable) command.option(flags, helpOf(field), collect(parse));
  else if (field.kind === "flag") command.option(flags, helpOf(field));
  else command.option(flags, helpOf(field), (text) => parse(text));
}

/** A field's name in kebab case, without leading dashes: `upscale-steps`. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A field's description, its default and its choices. */
function helpOf(field: OptionField): string {
  const fallback = "fallback" in field ? JSON.stringify(field.fallback) : undefined;
  const { help, usual = fallback } = field;
  const whole = usual === undefined ? help : `${help} (default: ${usual})`;
  return field.kind === "choice" ? `${whole}: ${field.choices.join(", ")}` : whole;
}

/** The parser of a field's option. */
function parserOf(name: string, field: OptionField): (text: string) => string | number {
  switch (field.kind) {
    case "whole":
      return field.max === Number.MAX_SAFE_INTEGER ? integer(name) : wholeNumber(name, field.min, field.max);
    case "decimal":
      return decimal(name, field);
    case "choice":
      return oneOf(name, field.choices);
    default:
      return (text) => text;
  }
}

/** A parser of numbers in a field's range. */
function decimal(name: string, field: NumberField): (text: string) => number {
  return (text) => {
    const value = finiteNumber(name)(text);
    if (isWithin(value, field)) return value;
    throw new ArgumentError(name, value, expectedNumber(field));
  };
}

/** A parser of an option that may be given several times. */
function collect<T>(parse: (text: string) => T): (text: string, before?: readonly T[]) => readonly T[] {
  return (text, before = []) => [...before, parse(text)];
}
