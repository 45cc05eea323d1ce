/** `deno task train lora` and `deno task train fine-tune`: a model learns one's own pictures. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { Recipe, RecipeSettings } from "../../recipes/recipe.ts";
import type { ConceptSet, ConceptSource } from "../../recipes/tuning/concept_set.ts";
import { fineTuneRecipe, readCopied } from "../../recipes/tuning/fine_tune.ts";
import { LORA_FILE, loraRecipe } from "../../recipes/tuning/lora.ts";
import { drawPrior } from "../../recipes/tuning/prior_pictures.ts";
import type { TunedModel } from "../../recipes/tuning/tuned_model.ts";
import { type Tuning, tuningSettings } from "../../recipes/tuning/tuning.ts";
import { unknownWordsNote } from "../models/vocabulary.ts";
import { showProgress } from "../progress.ts";
import type { TuneOptions, TuningKind } from "./tune_options.ts";
import { begunRun, openModelToTune, runTuning } from "./tuning_run.ts";

/** Pictures of a prior that are drawn where nothing is said. */
const PRIOR_PICTURES = 100;

/** Trains, and says where the outcome is. */
export async function tune(kind: TuningKind, options: TuneOptions, signal: AbortSignal): Promise<void> {
  const { out = `runs/${kind}` } = options;
  const begun = await begunRun(kind, options, out);
  const { prompt, priorPrompt } = texts(options, begun?.settings);
  const model = await openModelToTune(options);
  const note = await unknownWordsNote(model.folder, [prompt, ...(priorPrompt ? [priorPrompt] : [])]);
  if (note) console.error(note);
  const prior = priorPrompt === undefined ? undefined : priorOf(model, priorPrompt, options, out, signal);
  const tuning: Tuning = { model, prompt, prior };
  const recipeOf = await recipes(kind, tuning);
  const ended = await runTuning({ recipeOf, own: tuningSettings(tuning), options, begun, out, signal });
  if (!ended) return console.log("stopped; the same command with --resume goes on from the checkpoint");
  console.log(
    kind === "lora"
      ? `${out}/${LORA_FILE} holds the LoRA; deno task sample "${prompt}" --model ${model.name} --lora ${out}`
      : `${out} holds the model; deno task sample "${prompt}" --model ${out}`,
  );
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
