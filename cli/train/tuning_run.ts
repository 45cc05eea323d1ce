/** Shared by the fine-tuning commands: the model, the settings, and the run. */
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

/** The default number of steps. */
const STEPS = 500;

/** The settings that users can give. */
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

/** The settings of the run to resume; undefined if there is none, which the training reports. */
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

/** Opens the model to fine-tune. */
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

/** A fine-tuning run. */
export interface TuningRun<Data extends PictureSet> {
  /** The recipe, by how often it writes files. */
  readonly recipeOf: (writeEvery: number) => Recipe<Data>;
  /** The settings that identify it. */
  readonly own: Partial<RecipeSettings>;
  /** The options of the command line. */
  readonly options: TuningOptions;
  /** The run to resume, if any. */
  readonly begun: RunIdentity | undefined;
  /** Its folder. */
  readonly out: string;
  /** Stops it, with a checkpoint. */
  readonly signal: AbortSignal;
}

/**
 * Loads the images and trains.
 *
 * @returns Whether the run is finished.
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
  // Errors are reported before images are generated.
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
