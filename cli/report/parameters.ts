/** Which parameters the command line gives to sections. */
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
import { UsageError } from "../errors.ts";
import { findModelToRun } from "../models/find_model.ts";
import { quote } from "../options.ts";

/** What is asked for. */
export interface Wishes {
  /** A model, for the sections that take one of its kind. */
  readonly model?: string;
  /** Whether it must be quick. */
  readonly quick?: boolean;
  /** Values by name, as `name=value`. */
  readonly set?: readonly string[];
}

/**
 * The parameters of each section.
 *
 * @throws {UsageError} if a value is none, or no section takes a model of the kind that is given.
 * @throws {SectionError} if a section does not accept a value.
 */
export async function chooseParameters(
  sections: readonly Section[],
  { model, quick = false, set = [] }: Wishes,
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
      // Of several sections those that know the name take it; of one alone it is expected to.
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
    throw new SectionError(
      ids,
      "model",
      `${quote(model!)}, a model of the kind ${kind}, where another kind is expected`,
    );
  }
  return chosen;
}

function readSetting(text: string): [name: string, value: string] {
  const match = /^([\w-]+)=(.*)$/s.exec(text);
  if (!match) throw new UsageError(`set: ${quote(text)} where name=value is expected`);
  return [match[1], match[2]];
}

/** A text is itself; numbers, lists and the like are JSON. */
function valueOf({ type, name }: Field, text: string): unknown {
  if (type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      `set: ${name}=${quote(text)} where ${expectedOf(type)} is expected`,
    );
  }
}

function assertUsed(sections: readonly Section[], names: readonly string[]): void {
  const known = new Set(sections.flatMap((section) => fieldsOf(section).map(({ name }) => name)));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new UsageError(`set: ${quote(unknown)} where one of ${[...known].join(", ")} is expected`);
  }
}

async function kindOf(model: string): Promise<ModelKind> {
  const kind = await modelKindOf(await findModelToRun(model));
  if (kind) return kind;
  throw new UsageError(`model: ${quote(model)}, a classifier, where a model that draws is expected`);
}

function expectedOf(type: Field["type"]): string {
  if (type === "list") return "a list in JSON";
  return type === "integer" ? "a whole number" : `a ${type}`;
}
