/** `deno task train textual-inversion`: teaches a model's text encoder a new word for your own images. */
import { expectedToken, isToken, LEARNED_TOKEN_FILE } from "../../lib/checkpoints/mod.ts";
import { ArgumentError, described } from "../../lib/errors.ts";
import type { RecipeSettings } from "../../recipes/recipe.ts";
import {
  textualInversionRecipe,
  tokenSettings,
  type TokenTuning,
} from "../../recipes/tuning/textual_inversion.ts";
import { openTunedEncoder } from "../../recipes/tuning/tuned_encoder.ts";
import { tuningSettings } from "../../recipes/tuning/tuning.ts";
import { withoutTokens } from "../learned_tokens.ts";
import { truncationNote } from "../models/truncation_note.ts";
import { unknownWordsNote } from "../models/vocabulary.ts";
import type { TuningOptions } from "./tune_options.ts";
import { begunRun, openModelToTune, runTuning } from "./tuning_run.ts";

/** The recipe's name. */
const NAME = "textual-inversion";

/** Trains, and prints where the result is. */
export async function learnToken(options: TuningOptions, signal: AbortSignal): Promise<void> {
  const { out = `runs/${NAME}` } = options;
  const begun = await begunRun(NAME, options, out);
  const words = wordsOf(options, begun?.settings);
  const { token, prompt, initializer } = words;
  const model = await openModelToTune(options);
  const encoder = await openTunedEncoder(model);
  const [lost] = encoder.idsOf(prompt, token, words.vectors).truncated;
  const notes = [
    lost && truncationNote(prompt, lost, model.textLength),
    await unknownWordsNote(model.folder, [withoutTokens(prompt, [token]), initializer]),
  ];
  for (const note of notes) if (note) console.error(note);
  const tuning: TokenTuning = { model, encoder, ...words };
  const ended = await runTuning({
    recipeOf: (writeEvery) => textualInversionRecipe(tuning, writeEvery),
    own: { ...tuningSettings(tuning), ...tokenSettings(tuning) },
    options,
    begun,
    out,
    signal,
  });
  if (!ended) return console.log("stopped; the same command with --resume goes on from the checkpoint");
  console.log(
    `${out}/${LEARNED_TOKEN_FILE} holds ${token}; ` +
      `deno task sample "${prompt}" --model ${model.name} --embedding ${out}`,
  );
}

/** The token and the texts: as given, or those of the resumed run. */
function wordsOf(
  options: TuningOptions,
  begun: RecipeSettings | undefined,
): Pick<TokenTuning, "token" | "initializer" | "prompt" | "vectors"> {
  const token = options.token ?? begun?.token;
  if (token === undefined || !isToken(token)) {
    throw new ArgumentError("token", token ?? described("none"), expectedToken);
  }
  const given = (name: "initializer" | "prompt", expected: string) => {
    const text = options[name] ?? begun?.[name];
    if (text !== undefined && text.trim() !== "") return text;
    throw new ArgumentError(name, text ?? described("none"), expected);
  };
  return {
    token,
    initializer: given("initializer", `the word or words that ${token} starts from`),
    prompt: given("prompt", `a text that says what your images show, with ${token} in it`),
    vectors: options.vectors ?? begun?.vectors ?? 1,
  };
}
