/** What the commands of further training have in common: the model, the settings, and the run. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { PictureSet } from "../../recipes/data/dataset.ts";
import { assertPlace } from "../../recipes/prepare_run.ts";
import type { Recipe, RecipeSettings } from "../../recipes/recipe.ts";
import { runFiles } from "../../recipes/run_files.ts";
import { loadHeader, type RunIdentity } from "../../recipes/run_state.ts";
import { checkSettings } from "../../recipes/settings.ts";
import { train } from "../../recipes/train.ts";
import { openTunedModel, type TunedModel } from "../../recipes/tuning/tuned_model.ts";
import { writingInterval } from "../../recipes/tuning/tuning.ts";
import { assertVariant } from "../models/assert_variant.ts";
import { openModelToRun } from "../models/find_model.ts";
import { truncationNote } from "../models/truncation_note.ts";
import { showTraining } from "./progress.ts";
import type { TuningOptions } from "./tune_options.ts";

/** Steps of a run where nothing is said. */
const STEPS = 500;

/** The settings that a user may give. */
const given = [
  "batch",
  "microbatches",
  "learningRate",
  "learningRateSchedule",
  "warmupSteps",
  "averageDecay",
  "size",
  "rank",
  "alpha",
  "targets",
  "priorWeight",
] as const satisfies readonly (keyof RecipeSettings)[];

/** What determines the run that is to go on; undefined where there is none, which the training will say. */
export async function begunRun(
  recipe: string,
  { resume }: TuningOptions,
  out: string,
): Promise<RunIdentity | undefined> {
  const { checkpoint } = runFiles(out);
  if (!resume || !await Deno.stat(checkpoint).then(() => true, () => false)) return undefined;
  const { identity } = await loadHeader(checkpoint);
  return identity.recipe === recipe ? identity : undefined;
}

/** Opens the model that is trained further. */
export async function openModelToTune({ model, variant, threads }: TuningOptions): Promise<TunedModel> {
  if (model === undefined) throw new ArgumentError("model", described("none"), "a model's name or folder");
  const folder = await openModelToRun(model, { variant });
  await assertVariant(folder.path, variant);
  const opened: TunedModel = await openTunedModel(folder, {
    threads,
    onTruncated: (text, lost) => console.error(truncationNote(text, lost, opened.textLength)),
  });
  return opened;
}

/** A run of further training. */
export interface TuningRun<Data extends PictureSet> {
  /** The recipe, by how often it writes its files. */
  readonly recipeOf: (writeEvery: number) => Recipe<Data>;
  /** The settings that say what it is of. */
  readonly own: Partial<RecipeSettings>;
  /** What the command line gives. */
  readonly options: TuningOptions;
  /** The run that goes on, where one does. */
  readonly begun: RunIdentity | undefined;
  /** Its folder. */
  readonly out: string;
  /** Stops it, with a checkpoint. */
  readonly signal: AbortSignal;
}

/**
 * Loads the pictures and trains.
 *
 * @returns Whether the run is at its end.
 */
export async function runTuning<Data extends PictureSet>(
  { recipeOf, own, options, begun, out, signal }: TuningRun<Data>,
): Promise<boolean> {
  const { data: folder, resume, maxSteps, device, threads, activationCheckpointing } = options;
  const chosen = Object.fromEntries(
    given.flatMap((name) => options[name] === undefined ? [] : [[name, options[name]]]),
  );
  const settings: RecipeSettings = {
    ...recipeOf(1).defaults,
    ...begun?.settings,
    ...chosen,
    ...own,
  };
  // What is wrong is said before pictures are drawn.
  checkSettings(settings);
  await assertPlace({ out, resume });
  const onSkipped = (what: string) => console.error(`skipped: ${what}`);
  const data = await recipeOf(1).load({ folder, size: settings.size, onSkipped });
  const { batch } = settings;
  if (batch > data.count) {
    throw new ArgumentError("batch", batch, `at most the ${data.count} pictures of the data`, {
      plural: true,
    });
  }
  const steps = options.steps ?? (begun ? undefined : STEPS);
  const perEpoch = Math.floor(data.count / batch);
  const epochs = steps === undefined ? settings.epochs : Math.ceil(steps / perEpoch);
  using progress = showTraining(recipeOf(1).name, { epochs: false }); // a few pictures are few steps
  let ended = false;
  for await (
    const event of train({
      recipe: recipeOf(writingInterval({ epochs })),
      settings: { ...settings, epochs },
      data,
      seed: options.seed ?? begun?.seed ?? 0,
      out,
      resume,
      maxSteps,
      device,
      threads,
      activationCheckpointing,
      onFallback: (message) => console.error(message),
      signal,
    })
  ) {
    progress.update(event);
    ended = event.step === event.steps;
  }
  return ended;
}
