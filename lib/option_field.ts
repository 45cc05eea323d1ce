/**
 * Options as data: from one description come an option of the command line, a form's field, a schema, and the check of
 * what an image has stored.
 *
 * @module
 */

/** What every field says of itself. */
export interface FieldWords {
  /** What it is, in lower case and without a full stop, as in a help of the command line. */
  readonly help: string;
  /** Its value where nothing is said, in words, where that takes some. */
  readonly usual?: string;
  /** How it is called and explained where there is room for more. */
  readonly form?: FormWords;
}

/** A field in a form. */
export interface FormWords {
  /** Its name for people. */
  readonly label: string;
  /** What it does, in a sentence. */
  readonly help?: string;
}

/** Bounds of a number, both included. */
export interface NumberRange {
  /** The smallest. */
  readonly min?: number;
  /** The largest. */
  readonly max?: number;
}

/** A number. */
export interface NumberField extends FieldWords, Required<NumberRange> {
  /** Whether it is a whole one. */
  readonly kind: "whole" | "decimal";
  /** Whether `min` itself is left out. */
  readonly above?: true;
  /** The number where nothing is said. */
  readonly fallback?: number;
  /** What is read from an image that an earlier version has stored, where that may be more; defaults to the range. */
  readonly stored?: NumberRange;
  /** In forms, of which many are filled in on one machine, the range may be narrower; `step` is the increment of a slider. */
  readonly form?: FormWords & NumberRange & { readonly step?: number };
}

/** One of a few words. */
export interface ChoiceField<Value extends string = string> extends FieldWords {
  /** A choice. */
  readonly kind: "choice";
  /** What may be chosen. */
  readonly choices: readonly Value[];
  /** What is chosen where nothing is said. */
  readonly fallback?: Value;
}

/** A text: a prompt, a file's path, a model's name. */
export interface TextField extends FieldWords {
  /** What the text is. */
  readonly kind: "prompt" | "file" | "model" | "name";
}

/** Something that is so, or not. */
export interface FlagField extends FieldWords {
  /** A flag. */
  readonly kind: "flag";
}

/** A field of any kind. */
export type OptionField = NumberField | ChoiceField | TextField | FlagField;

/** The field of a value of some type. */
export type FieldOf<Value> = [Value] extends [number] ? NumberField
  : [Value] extends [boolean] ? FlagField
  : string extends Value ? TextField
  : ChoiceField<Value & string>;

/** A field for each member of a type: the compiler sees to it that none is missing and none is of another kind. */
export type FieldsOf<Values> = { readonly [Name in keyof Values]-?: FieldOf<NonNullable<Values[Name]>> };

/** What is expected of a number, in words: `a whole number from 1 to 8`. */
export function expectedNumber({ kind, min, max, above }: NumberField): string {
  if (above) return `a number above ${min} and at most ${max}`;
  return `${kind === "whole" ? "a whole number" : "a number"} from ${min} to ${max}`;
}

/** Whether a number is within a field's range. */
export function isWithin(value: number, { kind, min, max, above }: NumberField): boolean {
  return (kind === "decimal" || Number.isInteger(value)) && (above ? value > min : value >= min) &&
    value <= max;
}
