/**
 * Sections' parameters as form fields, and their validation.
 *
 * @module
 */
import { z } from "zod";
import { ArgumentError, described } from "../lib/errors.ts";
import type { FieldMeta } from "./fields.ts";
import { type Json, type Section, SectionError } from "./section.ts";

/** One field of a form: plain data. */
export interface Field extends Partial<FieldMeta> {
  /** The parameter's name. */
  readonly name: string;
  /** The type of its value; a list has an `item`, a group `fields`. */
  readonly type: "integer" | "number" | "string" | "boolean" | "list" | "group";
  /** Its default. */
  readonly default?: Json;
  /** The smallest number; of a list the smallest number of items. */
  readonly min?: number;
  /** The largest number; of a list the largest number of items; of a string its length. */
  readonly max?: number;
  /** The choices. */
  readonly choices?: readonly string[];
  /** The items of a list. */
  readonly item?: Field;
  /** The fields of a group. */
  readonly fields?: readonly Field[];
}

/** The part of zod's JSON schemas that sections use. */
interface Schema extends Partial<FieldMeta> {
  readonly type?: string;
  readonly default?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Former names of parameters, for old links and results. */
const formerNames: ReadonlyMap<string, string> = new Map([["upscaler", "upscale"]]);

/** In old links, zero training steps meant no training, and others started from random weights by default. */
function withBeginning(
  { trainSteps, ...others }: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (trainSteps === 0) return { ...others, from: "none" };
  return { from: "scratch", ...others, trainSteps };
}

/** The form of a section's parameters, in order. */
export function fieldsOf(section: Section): Field[] {
  const schema = z.toJSONSchema(section.parameters, { io: "input" }) as Schema;
  return Object.entries(schema.properties ?? {}).map(([name, field]) => fieldOf(name, field));
}

/** The default parameters of a section; with `quick`, those that take seconds. */
export function defaultParameters(section: Section, { quick = false } = {}): Record<string, Json> {
  return parseParameters(section, quick ? section.quick : {});
}

/**
 * Validates parameters from outside, and fills in defaults.
 *
 * @param section The section.
 * @param input An object; unknown fields are errors, except former names of known ones.
 * @returns Every field, plain data.
 * @throws {SectionError} for the first invalid parameter.
 */
export function parseParameters(section: Section, input: unknown): Record<string, Json> {
  const given = withPresentNames(input, section);
  const result = z.strictObject(section.parameters.shape).safeParse(given);
  if (result.success) return result.data as Record<string, Json>;
  const [issue] = result.error.issues;
  if (issue.code === "unrecognized_keys") {
    const names = Object.keys(section.parameters.shape).join(", ");
    const found = described("no such parameter");
    throw new SectionError(section.id, new ArgumentError(cut(issue.keys[0]), found, `one of ${names}`));
  }
  const { path } = issue;
  const name = cut(
    path.map((key, i) => typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`).join(""),
  );
  const found = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], given);
  throw new SectionError(section.id, new ArgumentError(name || "parameters", found, expected(issue)));
}

/** Parameters under their current names. */
function withPresentNames(input: unknown, { parameters: { shape } }: Section): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  const present = Object.fromEntries(
    Object.entries(input).map(([name, value]) => [formerNames.get(name) ?? name, value]),
  );
  return "from" in shape && "trainSteps" in present ? withBeginning(present) : present;
}

function fieldOf(name: string, schema: Schema): Field {
  const { label, help, control, step, kind, items, properties } = schema;
  const words = { label, help, control, step, kind };
  const field = { name, ...defined(words), ...(schema.default !== undefined && { default: schema.default }) };
  if (items) {
    return { ...field, type: "list", min: schema.minItems, max: schema.maxItems, item: fieldOf("", items) };
  }
  if (properties) {
    return {
      ...field,
      type: "group",
      fields: Object.entries(properties).map(([key, value]) => fieldOf(key, value)),
    };
  }
  const type = schema.type as "integer" | "number" | "string" | "boolean";
  const bounds = { min: schema.minimum, max: schema.maximum ?? schema.maxLength, choices: schema.enum };
  return { ...field, type, ...defined(bounds) };
}

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return article(issue.expected);
    case "too_big":
      return `${amount(issue.origin)} of at most ${issue.maximum}`;
    case "too_small":
      return `${amount(issue.origin)} of at least ${issue.minimum}`;
    case "invalid_value":
      return `one of ${issue.values.join(", ")}`;
    default:
      return issue.message;
  }
}

function article(type: string): string {
  return type === "int" ? "a whole number" : `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function amount(origin: string): string {
  return origin === "array" ? "a list" : origin === "string" ? "a text" : "a number";
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100).toWellFormed()}…` : text;
}

function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
