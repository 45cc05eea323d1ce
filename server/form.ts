/** All that a form for a section needs, as plain data. */
import { defaultParameters, type Field, parseParameters, type Section } from "../report/mod.ts";
import { committedFigures } from "./committed.ts";
import type { Gallery } from "./gallery.ts";
import { isTraining } from "../report/work.ts";
import { paceOf, type TimedRun } from "./pace.ts";
import { vocabulariesOf } from "./vocabularies.ts";
import type { Parameters, WireImage, WireModel, WireVocabulary } from "./wire.ts";

/** A section's form. */
export interface Form {
  /** Its fields, in order. */
  readonly fields: readonly Field[];
  /** Parameters where nothing is said. */
  readonly defaults: Parameters;
  /** What the form begins with. */
  readonly start: Parameters;
  /** Parameters with which it takes seconds. */
  readonly quick: Parameters;
  /** Pictures that can be chosen. */
  readonly images: readonly WireImage[];
  /** Models that can be chosen. */
  readonly models: readonly WireModel[];
  /** What the models for texts know, by their names; nothing of those whose words are not written down. */
  readonly vocabularies: Readonly<Record<string, WireVocabulary>>;
  /** Seconds for each unit of work, as earlier runs have taken; none where none are known. */
  readonly pace?: number;
  /** The same of runs that train: what sampling takes says nothing of these. */
  readonly trainingPace?: number;
}

/** The form of a section. A default model that is not here gives way to one that is. */
export async function formOf({ catalog, store }: Gallery, section: Section): Promise<Form> {
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
  const committed = (await committedFigures()).get(section.id);
  const recent = await store.recent(section.id);
  const [trained, sampled] = [true, false].map((training) => {
    const like = (run: TimedRun) => isTraining(run.parameters) === training;
    return paceOf(recent.filter(like)) ??
      paceOf((committed ? [committed] : []).filter(like));
  });
  return {
    fields,
    defaults: here(defaultParameters(section)),
    start: here(parseParameters(section, section.start ?? {})),
    quick: here(defaultParameters(section, { quick: true })),
    images: catalog.images(),
    models,
    vocabularies: fields.some(({ kind }) => kind === "text-to-image") ? await vocabulariesOf(models) : {},
    ...(sampled !== undefined && { pace: sampled }),
    ...(trained !== undefined && { trainingPace: trained }),
  };
}
