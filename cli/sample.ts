/** `deno task sample PROMPT`: draws pictures. Digits are drawn by the class-conditioned network, texts by DeepFloyd IF's. */
import { listPulledModels, type PulledModel } from "../lib/checkpoints/hub.ts";
import { readKind } from "../lib/models/kind.ts";
import { findModel, listModels } from "../lib/models/load.ts";
import { type Again, readAgain } from "./sample/again.ts";
import { runTask, UsageError } from "./errors.ts";
import { findModelToRun } from "./models/find_model.ts";
import { quote } from "./options.ts";
import { sampleDigitPictures } from "./sample/digits.ts";
import { assertNothingDrawn, optionOfTexts, sampleCommand, type SampleFlags } from "./sample/flags.ts";
import { defaults, parsePrompt } from "./sample/sample_parameters.ts";
import { sampleTextPictures } from "./sample/text.ts";

/** The model that draws texts where none is named. */
const TEXT_MODEL = "emoji-I";

/**
 * The model that is meant where none is named: the one for digits if the prompt is one of digits, else the cascade's.
 *
 * @throws {UsageError} if a text is meant; it says which models draw texts, and how to get one.
 */
async function defaultModel(words: readonly string[], options: SampleFlags): Promise<string> {
  const { model } = defaults;
  const option = optionOfTexts(options);
  const prompt = words.join(" ");
  const empty = words.length > 0 && prompt.trim() === "";
  if (option === undefined && !empty && !/\p{L}/u.test(prompt)) {
    parsePrompt(words, model);
    return model;
  }
  if ((await listModels()).includes(TEXT_MODEL)) return TEXT_MODEL;
  const found = option === undefined
    ? `prompt: ${quote(prompt)} where digits are expected`
    : `${option}: given where none is expected`;
  const names = await textModels();
  const known = names.length ? `here are ${names.join(", ")}` : "none is here yet";
  throw new UsageError(
    `${found}, by --model ${model}; for a text name a model that draws texts, --model FOLDER or ORG/NAME (${known}; ` +
      "deno task models pull ORG/NAME gets one)",
  );
}

/** The names of the models that draw texts: those that ship, and those that were pulled. */
async function textModels(): Promise<string[]> {
  const names: string[] = [];
  for (const name of await listModels()) {
    if (await readKind(await findModel(name)) === "text-to-image") names.push(name);
  }
  for (const { repo, folder } of await pulledModels()) {
    // What was pulled may be a model of any kind.
    if (await readKind(folder).catch(() => undefined) === "text-to-image") names.push(repo);
  }
  return names;
}

/** None where their place may not be looked up. */
async function pulledModels(): Promise<PulledModel[]> {
  try {
    return await listPulledModels();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof RangeError) return [];
    throw error;
  }
}

/** Whether a model draws texts; what is neither that nor for digits is refused by whoever opens it. */
async function drawsTexts(model: string, folder: string, again: Again | undefined): Promise<boolean> {
  const kind = await readKind(folder);
  if (kind === "super-resolution") {
    throw new UsageError(
      `model: ${JSON.stringify(model)} where one that draws is expected; it enlarges, as --upscale`,
    );
  }
  const texts = kind === "text-to-image";
  if (again && (again.of === "text") !== texts) {
    throw new UsageError(`again: a picture of ${again.of} where one by --model ${model} is expected`);
  }
  return texts;
}

await runTask(async (signal) => {
  const parser = sampleCommand().parse(Deno.args, { from: "user" });
  const [words, options] = [parser.args, parser.opts<SampleFlags>()];
  let again: Again | undefined;
  if (options.again !== undefined) {
    assertNothingDrawn(words, options);
    again = await readAgain(options.again);
  }
  const model = options.model ?? again?.parameters.model ?? await defaultModel(words, options);
  const folder = await findModelToRun(model);
  if (await drawsTexts(model, folder, again)) {
    const plan = { model, folder, again: again?.of === "text" ? again : undefined };
    return await sampleTextPictures(words, options, plan, signal);
  }
  const plan = { model, folder, again: again?.of === "digits" ? again : undefined };
  await sampleDigitPictures(words, options, plan, signal);
});
