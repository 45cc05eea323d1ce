/** The catalog of sections, pictures and models, and the digests that identify models. */
import { createHash } from "node:crypto";
import { ArgumentError } from "../lib/errors.ts";
import { findModel, listModels } from "../lib/models/mod.ts";
import { type Control, type Field, fieldsOf, type Json, reportImages, type Section } from "../report/mod.ts";
import { modelKindOf } from "../report/model_kind.ts";
import { secondStageOf } from "../report/second_stage.ts";
import { ModelDigests } from "./model_digest.ts";
import type { Parameters, WireImage, WireModel } from "./wire.ts";

/** What stands for the model that belongs to another, and for none. */
const UNNAMED = ["auto", "none"];

/** How long a list of models holds, in milliseconds. */
const LOOK_AGAIN = 10_000;

/** A file that a parameter names. */
export interface NamedFile {
  /** The parameter, by its path. */
  readonly path: string;
  /** What it calls the file. */
  readonly id: string;
}

/** Sections, models and pictures. */
export class Catalog {
  readonly sections: readonly Section[];
  readonly #folders: readonly string[];
  readonly #fields = new Map<string, readonly Field[]>();
  #models: Promise<WireModel[]> = Promise.resolve([]);
  #modelsAt = 0;
  readonly #digests: ModelDigests;

  /**
   * @param sections What can be run.
   * @param folders Folders of checkpoints to offer besides the models that ship.
   * @param options `portable`: models have the same digests on every machine.
   */
  constructor(
    sections: readonly Section[],
    folders: readonly string[],
    options: { portable?: boolean } = {},
  ) {
    this.#digests = new ModelDigests(options);
    this.sections = sections;
    this.#folders = folders;
    for (const section of sections) this.#fields.set(section.id, fieldsOf(section));
  }

  /** The section of an id; undefined if there is none. */
  section(id: string): Section | undefined {
    return this.sections.find((section) => section.id === id);
  }

  /** The form of a section's parameters. */
  fields(section: Section): readonly Field[] {
    return this.#fields.get(section.id)!;
  }

  /** The available models, cached for a while. */
  models(): Promise<WireModel[]> {
    if (Date.now() - this.#modelsAt > LOOK_AGAIN) {
      this.#modelsAt = Date.now();
      this.#models = this.#findModels();
    }
    return this.#models;
  }

  async #findModels(): Promise<WireModel[]> {
    const models: WireModel[] = [];
    for (const name of [...await listModels(), ...this.#folders]) {
      const kind = await findModel(name).then(modelKindOf).catch(() => undefined);
      if (kind) models.push({ name, kind });
    }
    return models;
  }

  /** The pictures and masks that come with the report. */
  images(): WireImage[] {
    return reportImages.map(({ id, title, mask }) => ({ id, title, mask, src: `/api/images/${id}` }));
  }

  /** The models that parameters name, each once. */
  namedModels(section: Section, parameters: Parameters): string[] {
    const names = this.#namesOf(section, parameters).map(({ value }) => value);
    return [
      ...new Set(names.filter((name) => typeof name === "string" && !UNNAMED.includes(name))),
    ] as string[];
  }

  #namesOf(section: Section, parameters: Parameters) {
    return valuesOf(this.fields(section), parameters).filter(({ field }) => field.control === "model");
  }

  /**
   * All models that parameters refer to, with the digests of their files, including a second stage
   * chosen by `auto` too.
   *
   * @throws {ArgumentError} if one is not available.
   */
  async modelsOf(section: Section, parameters: Parameters): Promise<Record<string, string>> {
    const allowed = await this.models();
    const found = new Set<string>();
    const named = this.#namesOf(section, parameters);
    for (const { field, value, path } of named) {
      if (typeof value !== "string" || UNNAMED.includes(value)) continue;
      if (!allowed.some(({ name }) => name === value)) {
        const names = allowed.filter(({ kind }) => !field.kind || kind === field.kind).map(({ name }) =>
          name
        );
        throw new ArgumentError(path, value, `one of ${names.join(", ")}`);
      }
      found.add(value);
    }
    if (named.some(({ value }) => value === "auto")) {
      // It belongs to the first stage, whichever model that is.
      for (const first of [...found]) {
        const second = await secondStageOf(first);
        if (second !== undefined) found.add(second);
      }
    }
    const digests: Record<string, string> = {};
    for (const name of found) digests[name] = await this.#digests.of(await findModel(name));
    return digests;
  }

  /** Whether models still have the same digests, that is, whether nobody has trained them since. */
  async isCurrent(models: Readonly<Record<string, string>>): Promise<boolean> {
    for (const [name, digest] of Object.entries(models)) {
      const now = await findModel(name).then((folder) => this.#digests.of(folder)).catch(() => undefined);
      if (now !== digest) return false;
    }
    return true;
  }

  /** The digests of all models that sections can use, with their names: second stages that are chosen by `auto` too. */
  async digests(): Promise<Record<string, string>> {
    const digests: Record<string, string> = {};
    for (const { name } of await this.models()) {
      // Not every model can have one.
      const second = await secondStageOf(name).catch(() => undefined);
      if (second) digests[await this.#digests.of(await findModel(second))] ??= second;
      digests[await this.#digests.of(await findModel(name))] = name;
    }
    return digests;
  }

  /** Parameters with other names for models. */
  withModels(section: Section, parameters: Parameters, names: Readonly<Record<string, string>>): Parameters {
    const paths = new Map(
      valuesOf(this.fields(section), parameters)
        .filter(({ field, value }) =>
          field.control === "model" && typeof value === "string" && Object.hasOwn(names, value)
        )
        .map(({ path, value }) => [path, names[value as string]]),
    );
    return renamed(parameters, paths, "") as Parameters;
  }

  /** Parameters with other names for pictures and masks. */
  withImages(section: Section, parameters: Parameters, names: ReadonlyMap<string, string>): Parameters {
    const paths = new Map(
      this.imagesOf(section, parameters).map(({ path, id }) => [path, names.get(id) ?? id]),
    );
    return renamed(parameters, paths, "") as Parameters;
  }

  /** The pictures and masks that parameters name. */
  imagesOf(section: Section, parameters: Parameters): NamedFile[] {
    return this.#filesOf(section, parameters, ["image", "mask"]);
  }

  /** The files with weights that parameters name: LoRAs and learned tokens. */
  weightsOf(section: Section, parameters: Parameters): NamedFile[] {
    return this.#filesOf(section, parameters, ["weights"]);
  }

  #filesOf(section: Section, parameters: Parameters, controls: readonly Control[]): NamedFile[] {
    return valuesOf(this.fields(section), parameters)
      .filter(({ field: { control }, value }) =>
        control && controls.includes(control) && typeof value === "string"
      )
      .map(({ path, value }) => ({ path, id: value as string }));
  }
}

/** The name of a result: the same for the same section, parameters and models. */
export function resultKey(
  section: string,
  parameters: Parameters,
  models: Readonly<Record<string, string>>,
): string {
  return createHash("sha256").update(canonical({ section, parameters, models })).digest("hex").slice(0, 32);
}

/** JSON with its fields in alphabetical order. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join()}}`;
}

/** A value with replacements at certain paths. */
function renamed(value: Json, paths: ReadonlyMap<string, string>, path: string): Json {
  const other = paths.get(path);
  if (other !== undefined) return other;
  if (Array.isArray(value)) return value.map((item, i) => renamed(item, paths, `${path}[${i}]`));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map((
      [name, item],
    ) => [name, renamed(item, paths, path === "" ? name : `${path}.${name}`)]),
  );
}

/** Every single value with its field, those in lists and groups too. */
function valuesOf(
  fields: readonly Field[],
  values: Readonly<Record<string, Json>>,
  prefix = "",
): { readonly field: Field; readonly value: Json; readonly path: string }[] {
  return fields.flatMap((field) => valuesAt(field, values[field.name], prefix + field.name));
}

function valuesAt(field: Field, value: Json, path: string): ReturnType<typeof valuesOf> {
  if (field.type === "list" && Array.isArray(value)) {
    return value.flatMap((item, i) => valuesAt(field.item!, item, `${path}[${i}]`));
  }
  if (field.type === "group" && typeof value === "object" && value !== null) {
    return valuesOf(field.fields!, value as Record<string, Json>, `${path}.`);
  }
  return [{ field, value, path }];
}
