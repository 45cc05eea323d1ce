/** All that a form for a section needs, as plain data. */
import { defaultParameters, parseParameters, type Section } from "../report/mod.ts";
import { committedFigures } from "./committed.ts";
import type { Gallery } from "./gallery.ts";
import { isTraining } from "../report/work.ts";
import { paceOf, type TimedRun } from "./pace.ts";
import { vocabulariesOf } from "./vocabularies.ts";
import { tabModels } from "./tab_files.ts";
import type { Parameters, WireForm as Form } from "./wire.ts";

export type { Form };

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
  const tab = await tabModels();
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
    ...(section.answers && { answers: section.answers }),
    images: catalog.images(),
    models,
    vocabularies: fields.some(({ kind }) => kind === "text-to-image") ? await vocabulariesOf(models) : {},
    ...(sampled !== undefined && { pace: sampled }),
    ...(trained !== undefined && { trainingPace: trained }),
    ...(tab && { tab: { models: tab } }),
  };
}
