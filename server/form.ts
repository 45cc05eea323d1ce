/** The data of a section's form. */
import { defaultParameters, parseParameters, type Section } from "../report/mod.ts";
import { committedFigures } from "./committed.ts";
import type { Gallery } from "./gallery.ts";
import { isTraining } from "../report/work.ts";
import { machineRatio, paceOf, type TimedRun } from "./pace.ts";
import { vocabulariesOf } from "./vocabularies.ts";
import { tabModels } from "./tab_files.ts";
import type { Parameters, WireForm as Form } from "./wire.ts";

export type { Form };

/** The form of a section. A default model that is missing is replaced by one that is here. */
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
  const figures = await committedFigures();
  const committed = figures.get(section.id);
  const recent = await store.recent(section.id);
  const tab = await tabModels();
  const [trained, sampled] = [true, false].map((training) => {
    const like = (run: TimedRun) => isTraining(run.parameters) === training;
    return { here: paceOf(recent.filter(like)), there: paceOf((committed ? [committed] : []).filter(like)) };
  });
  // For sections not run here yet, the report's time is scaled by the ratio of those that were.
  const guess = sampled.here === undefined && sampled.there !== undefined
    ? sampled.there * (await ratioHere(store, figures) ?? 1)
    : undefined;
  const pace = sampled.here ?? guess;
  const trainingPace = trained.here ?? trained.there;
  return {
    fields,
    defaults: here(defaultParameters(section)),
    start: here(parseParameters(section, section.start ?? {})),
    quick: here(defaultParameters(section, { quick: true })),
    ...(section.answers && { answers: section.answers }),
    images: catalog.images(),
    models,
    vocabularies: fields.some(({ kind }) => kind === "text-to-image") ? await vocabulariesOf(models) : {},
    ...(pace !== undefined && { pace }),
    ...(trainingPace !== undefined && { trainingPace }),
    ...(tab && { tab: { models: tab } }),
  };
}

type Figures = Awaited<ReturnType<typeof committedFigures>>;

/** How long a ratio is cached, in milliseconds: a bucket takes a request per section. */
const LATEST = 60_000;

type Ratio = { readonly at: number; readonly value: Promise<number | undefined> };
const ratios = new WeakMap<Gallery["store"], Ratio>();

/** The ratio of this machine's time to that of the report's figures, from recent runs here. */
function ratioHere(store: Gallery["store"], figures: Figures): Promise<number | undefined> {
  const known = ratios.get(store);
  if (known && performance.now() - known.at < LATEST) return known.value;
  const value = askRatio(store, figures);
  ratios.set(store, { at: performance.now(), value });
  // A failure is not cached.
  value.catch(() => ratios.delete(store));
  return value;
}

async function askRatio(store: Gallery["store"], figures: Figures): Promise<number | undefined> {
  const samples = (run: TimedRun) => !isTraining(run.parameters);
  const sections = await Promise.all(
    [...figures].filter(([, figures]) => samples(figures)).map(async ([id, committed]) => {
      return { here: (await store.recent(id)).filter(samples), committed };
    }),
  );
  return machineRatio(sections);
}
