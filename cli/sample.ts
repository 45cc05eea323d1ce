/** `deno task sample PROMPT`: generates images: digits by the class-conditioned network, text prompts by DeepFloyd IF's, others unconditionally. */
import { fileURLToPath } from "node:url";
import { ArgumentError, described } from "../lib/errors.ts";
import { listPulledModels, type PulledModel } from "../lib/checkpoints/hub.ts";
import { defaultModels, type StoredGeneration } from "../lib/generation/mod.ts";
import { findModel, listModels, type ModelFolder, readKind } from "../lib/models/mod.ts";
import { runTask } from "./errors.ts";
import { launchForFleet } from "./fleet/launch.ts";
import { assertNotOfHere, assertOfFleet, readFleetOptions } from "./fleet/options.ts";
import { openModelToRun } from "./models/find_model.ts";
import { hasLauncher, launcherEnds } from "./gallery/launched.ts";
import { readAgain } from "./sample/again.ts";
import { sampleDigitImages } from "./sample/digits.ts";
import { assertNothingDrawn, optionOfTexts, sampleCommand, type SampleFlags } from "./sample/flags.ts";
import { parseDigits } from "./sample/parse_digits.ts";
import { sampleTextImages } from "./sample/text.ts";
import { sampleUnconditionalImages } from "./sample/unconditional.ts";

/**
 * The default model: the one for digits if the prompt is made of digits, else that of the cascade.
 *
 * @throws {ArgumentError} for a text prompt; it says which models can draw it, and how to get one.
 */
async function defaultModel(words: readonly string[], flags: SampleFlags): Promise<string> {
  const { digits: model, text } = defaultModels;
  const option = optionOfTexts(flags);
  const prompt = words.join(" ");
  const empty = words.length > 0 && prompt.trim() === "";
  if (option === undefined && !empty && !/\p{L}/u.test(prompt)) {
    parseDigits(words, model);
    return model;
  }
  if ((await listModels()).includes(text)) return text;
  const names = await textModels();
  const known = names.length ? `here are ${names.join(", ")}` : "none is here yet";
  const note =
    `by --model ${model}; for a text give a text-to-image model, --model FOLDER or ORG/NAME; ${known}; ` +
    "deno task models pull ORG/NAME gets one";
  throw option === undefined
    ? new ArgumentError("prompt", prompt, "digits", { note, plural: true })
    : new ArgumentError(option, described("given"), "none", { note });
}

/** The names of the text-to-image models: those that ship, and those that were pulled. */
async function textModels(): Promise<string[]> {
  const names: string[] = [];
  for (const name of await listModels()) {
    if (await readKind(await findModel(name)) === "text-to-image") names.push(name);
  }
  for (const { repo, folder } of await pulledModels()) {
    // A pulled model may be of any kind.
    if (await readKind(folder).catch(() => undefined) === "text-to-image") names.push(repo);
  }
  return names;
}

/** None without permission to look up their folder. */
async function pulledModels(): Promise<PulledModel[]> {
  try {
    return await listPulledModels();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof ArgumentError) return [];
    throw error;
  }
}

/** Options that are up to the workers, or refer to this machine only. */
const ofHere = ["embeddings", "variant", "mapped", "profile", "threads"];

/** What generates the images of each kind. */
const draws = { digits: sampleDigitImages, text: sampleTextImages, unconditional: sampleUnconditionalImages };

/** What a model generates; others are refused when they are opened as one for digits. */
function drawnBy({ name, kind }: ModelFolder, again: StoredGeneration | undefined): keyof typeof draws {
  if (kind === "super-resolution") {
    throw new ArgumentError("model", name, "one that generates images", {
      note: "a super-resolution model, for --upscale",
    });
  }
  const of = kind === "text-to-image" ? "text" : kind === "unconditional" ? kind : "digits";
  if (again && again.options.of !== of) {
    const found = again.options.of === "unconditional" ? "nothing" : again.options.of;
    throw new ArgumentError("again", described(`an image of ${found}`), `one by --model ${name}`);
  }
  return of;
}

await runTask(async (interrupted) => {
  const parser = sampleCommand().parse(Deno.args, { from: "user" });
  const [words, flags] = [parser.args, parser.opts<SampleFlags>()];
  if (flags.queue !== undefined) {
    assertNotOfHere(flags, ofHere);
    const fleet = readFleetOptions(flags);
    const program = fileURLToPath(import.meta.url);
    if (!hasLauncher()) Deno.exit(await launchForFleet(program, fleet, interrupted));
  }
  const signal = flags.queue === undefined ? interrupted : AbortSignal.any([interrupted, launcherEnds()]);
  assertOfFleet(flags);
  let again: StoredGeneration | undefined;
  if (flags.again !== undefined) {
    assertNothingDrawn(words, flags);
    again = await readAgain(flags.again);
  }
  const name = flags.model ?? again?.options.model ?? await defaultModel(words, flags);
  const model = await openModelToRun(name, { variant: again?.options.variant ?? flags.variant });
  await draws[drawnBy(model, again)](words, flags, model, again, signal);
});
