/** The parameters of sections, as the command line gives them. */
import { ArgumentError, described } from "../../lib/errors.ts";
import {
  type Field,
  fieldsOf,
  type Json,
  type ModelKind,
  parseParameters,
  type Section,
  SectionError,
} from "../../report/mod.ts";
import { modelKindOf } from "../../report/model_kind.ts";
import { findModelToRun } from "../models/find_model.ts";
import { quote } from "../options.ts";

/** The options that give parameters. */
export interface ParameterOptions {
  /** A model, for the sections that take one of its kind. */
  readonly model?: string;
  /** Whether to use the quick parameters. */
  readonly quick?: boolean;
  /** Values by name, as `name=value`. */
  readonly set?: readonly string[];
}

/**
 * The parameters of each section.
 *
 * @throws {ArgumentError} if a value cannot be read, or no section takes a model of the given kind.
 * @throws {SectionError} if a section does not accept a value.
 */
export async function chooseParameters(
  sections: readonly Section[],
  { model, quick = false, set = [] }: ParameterOptions,
): Promise<Map<Section, Record<string, Json>>> {
  const values = set.map(readSetting);
  const kind = model === undefined ? undefined : await kindOf(model);
  const chosen = new Map<Section, Record<string, Json>>();
  for (const section of sections) {
    const fields = fieldsOf(section);
    const given: Record<string, unknown> = { ...(quick && section.quick) };
    for (const field of fields) if (kind !== undefined && field.kind === kind) given[field.name] = model;
    for (const [name, text] of values) {
      const field = fields.find((field) => field.name === name);
      // Of several sections, those that know the name take it; a single one is expected to.
      if (field) given[name] = valueOf(field, text);
      else if (sections.length === 1) given[name] = text;
    }
    chosen.set(section, parseParameters(section, given));
  }
  assertUsed(sections, values.map(([name]) => name));
  if (
    kind !== undefined && !sections.some((section) => fieldsOf(section).some((field) => field.kind === kind))
  ) {
    const ids = sections.map(({ id }) => id).join(", ");
    const found = described(`${quote(model!)}, a model of the kind ${kind}`);
    throw new SectionError(ids, new ArgumentError("model", found, "another kind"));
  }
  return chosen;
}

function readSetting(text: string): [name: string, value: string] {
  const match = /^([\w-]+)=(.*)$/s.exec(text);
  if (!match) throw new ArgumentError("set", text, "name=value");
  return [match[1], match[2]];
}

/** Text is taken as is; numbers and lists are JSON. */
function valueOf({ type, name }: Field, text: string): unknown {
  if (type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new ArgumentError("set", described(`${name}=${quote(text)}`), expectedOf(type));
  }
}

function assertUsed(sections: readonly Section[], names: readonly string[]): void {
  const known = new Set(sections.flatMap((section) => fieldsOf(section).map(({ name }) => name)));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new ArgumentError("set", unknown, `one of ${[...known].join(", ")}`);
  }
}

async function kindOf(model: string): Promise<ModelKind> {
  const kind = await modelKindOf(await findModelToRun(model));
  if (kind) return kind;
  throw new ArgumentError(
    "model",
    described(`${quote(model)}, a classifier`),
    "a model that generates images",
  );
}

function expectedOf(type: Field["type"]): string {
  if (type === "list") return "a list in JSON";
  return type === "integer" ? "a whole number" : `a ${type}`;
}
