/** All that a form for a section needs, as plain data. */
import { defaultParameters, type Field, type Section } from "../report/mod.ts";
import type { Gallery } from "./gallery.ts";
import type { Parameters, WireImage, WireModel } from "./wire.ts";

/** A section's form. */
export interface Form {
  /** Its fields, in order. */
  readonly fields: readonly Field[];
  /** Parameters where nothing is said. */
  readonly defaults: Parameters;
  /** Parameters with which it takes seconds. */
  readonly quick: Parameters;
  /** Pictures that can be chosen. */
  readonly images: readonly WireImage[];
  /** Models that can be chosen. */
  readonly models: readonly WireModel[];
}

/** The form of a section. A default model that is not here gives way to one that is. */
export async function formOf({ catalog }: Gallery, section: Section): Promise<Form> {
  const models = await catalog.models();
  const fields = catalog.fields(section);
  const here = (parameters: Parameters): Parameters => {
    const changed = { ...parameters };
    for (const { name, control, kind } of fields) {
      if (control !== "model" || ["auto", "none"].includes(String(changed[name]))) continue;
      if (models.some((model) => model.name === changed[name])) continue;
      const other = models.find((model) => model.kind === kind);
      if (other) changed[name] = other.name;
    }
    return changed;
  };
  return {
    fields,
    defaults: here(defaultParameters(section)),
    quick: here(defaultParameters(section, { quick: true })),
    images: catalog.images(),
    models,
  };
}
