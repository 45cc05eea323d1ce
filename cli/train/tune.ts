/** `deno task train lora` and `deno task train fine-tune`: a model learns one's own pictures. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { assertPlace } from "../../recipes/prepare_run.ts";
import type { Recipe, RecipeSettings } from "../../recipes/recipe.ts";
import { runFiles } from "../../recipes/run_files.ts";
import { loadHeader, type RunIdentity } from "../../recipes/run_state.ts";
import { checkSettings } from "../../recipes/settings.ts";
import { train } from "../../recipes/train.ts";
import type { ConceptSet, ConceptSource } from "../../recipes/tuning/concept_set.ts";
import { fineTuneRecipe, readCopied } from "../../recipes/tuning/fine_tune.ts";
import { LORA_FILE, loraRecipe } from "../../recipes/tuning/lora.ts";
import { drawPrior } from "../../recipes/tuning/prior_pictures.ts";
import { openTunedModel, type TunedModel } from "../../recipes/tuning/tuned_model.ts";
import { type Tuning, tuningSettings, writingInterval } from "../../recipes/tuning/tuning.ts";
import { assertVariant } from "../models/assert_variant.ts";
import { openModelToRun } from "../models/find_model.ts";
import { truncationNote } from "../models/truncation_note.ts";
import { unknownWordsNote } from "../models/vocabulary.ts";
import { showProgress } from "../progress.ts";
import { showTraining } from "./progress.ts";
import type { TuneOptions, TuningKind } from "./tune_options.ts";

/** Steps of a run where nothing is said. */
const STEPS = 500;

/** Pictures of a prior that are drawn where nothing is said. */
const PRIOR_PICTURES = 100;

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

/** Trains, and says where the outcome is. */
export async function tune(kind: TuningKind, options: TuneOptions, signal: AbortSignal): Promise<void> {
  const { out = `runs/${kind}`, data: folder, resume, maxSteps, device, threads } = options;
  const begun = await begunRun(kind, options, out);
  const { prompt, priorPrompt } = texts(options, begun?.settings);
  const model = await openModel(options);
  const note = await unknownWordsNote(model.folder, [prompt, ...(priorPrompt ? [priorPrompt] : [])]);
  if (note) console.error(note);
  const prior = priorPrompt === undefined ? undefined : priorOf(model, priorPrompt, options, out, signal);
  const tuning: Tuning = { model, prompt, prior };
  const recipeOf = await recipes(kind, tuning);
  const chosen = Object.fromEntries(
    given.flatMap((name) => options[name] === undefined ? [] : [[name, options[name]]]),
  );
  const settings: RecipeSettings = {
    ...recipeOf(1).defaults,
    ...begun?.settings,
    ...chosen,
    ...tuningSettings(tuning),
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
  using progress = showTraining(kind, { epochs: false }); // a few pictures are few steps
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
      onFallback: (message) => console.error(message),
      signal,
    })
  ) {
    progress.update(event);
    ended = event.step === event.steps;
  }
  if (!ended) return console.log("stopped; the same command with --resume goes on from the checkpoint");
  console.log(
    kind === "lora"
      ? `${out}/${LORA_FILE} holds the LoRA; deno task sample "${prompt}" --model ${model.name} --lora ${out}`
      : `${out} holds the model; deno task sample "${prompt}" --model ${out}`,
  );
}

/** What determines the run that is to go on; undefined where there is none, which the training will say. */
async function begunRun(
  kind: TuningKind,
  { resume }: TuneOptions,
  out: string,
): Promise<RunIdentity | undefined> {
  const { checkpoint } = runFiles(out);
  if (!resume || !await Deno.stat(checkpoint).then(() => true, () => false)) return undefined;
  const { identity } = await loadHeader(checkpoint);
  return identity.recipe === kind ? identity : undefined;
}

/** The texts, whose options must go together. */
function texts(
  options: TuneOptions,
  begun: RecipeSettings | undefined,
): { readonly prompt: string; readonly priorPrompt?: string } {
  const prompt = options.prompt ?? begun?.prompt;
  if (prompt === undefined || prompt.trim() === "") {
    throw new ArgumentError("prompt", prompt ?? described("none"), "a text that says what your images show");
  }
  const priorPrompt = options.priorPrompt ?? begun?.priorPrompt;
  if (priorPrompt !== undefined) return { prompt, priorPrompt };
  for (const name of ["priorData", "priorCount", "priorWeight"] as const) {
    if (options[name] !== undefined) throw new ArgumentError(name, options[name], "--prior-prompt beside it");
  }
  return { prompt };
}

async function openModel({ model, variant, threads }: TuneOptions): Promise<TunedModel> {
  if (model === undefined) throw new ArgumentError("model", described("none"), "a model's name or folder");
  const folder = await openModelToRun(model, { variant });
  await assertVariant(folder.path, variant);
  const opened: TunedModel = await openTunedModel(folder, {
    threads,
    onTruncated: (text, lost) => console.error(truncationNote(text, lost, opened.textLength)),
  });
  return opened;
}

/** The pictures of the prior: a folder of one's own, or what the model draws. */
function priorOf(
  model: TunedModel,
  prompt: string,
  { priorData, priorCount, resume, device, threads }: TuneOptions,
  out: string,
  signal: AbortSignal,
): ConceptSource {
  if (priorData !== undefined) {
    if (priorCount === undefined) return { prompt, folder: priorData };
    throw new ArgumentError("priorCount", priorCount, "none beside --prior-data");
  }
  const count = priorCount ?? PRIOR_PICTURES;
  const folder = `${out}/prior`;
  return {
    prompt,
    folder,
    async make() {
      if (resume) return await assertDrawn(folder);
      using bar = showProgress("prior", count, "images");
      await drawPrior(model, { prompt, folder }, {
        count,
        device,
        threads,
        signal,
        onDrawn: (drawn) => bar.update(drawn),
      });
    },
  };
}

/** A run that goes on has the prior that it was begun with: if that is not what the model has drawn, it is a folder that must be named. */
async function assertDrawn(folder: string): Promise<void> {
  if (await Deno.stat(folder).then(() => true, () => false)) return;
  throw new ArgumentError(
    "priorData",
    described("none"),
    "the folder of the prior that the run was begun with",
  );
}

/** The recipe, by how often it writes its files. */
async function recipes(
  kind: TuningKind,
  tuning: Tuning,
): Promise<(writeEvery: number) => Recipe<ConceptSet>> {
  if (kind === "lora") return (writeEvery) => loraRecipe(tuning, writeEvery);
  const copied = await readCopied(tuning.model);
  return (writeEvery) => fineTuneRecipe(tuning, copied, writeEvery);
}
