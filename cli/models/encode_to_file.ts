/** `deno task models encode PROMPT...`: encodes prompts ahead of time. */
import { dirname } from "node:path";
import { ArgumentError, described } from "../../lib/errors.ts";
import { encodePrompts, openTextToImage, writePromptEmbeddings } from "../../lib/pipelines/mod.ts";
import { readLearnedTokens } from "../learned_tokens.ts";
import { assertVariant } from "./assert_variant.ts";
import { openModelToRun } from "./find_model.ts";
import type { DeviceOptions } from "../options.ts";
import { truncationNote } from "./truncation_note.ts";

/** What the command line gives. */
export interface EncodeFlags extends DeviceOptions {
  readonly model: string;
  readonly out: string;
  readonly negative: string;
  readonly variant?: string;
  readonly embedding?: readonly string[];
  readonly json?: true;
}

/** Encodes prompts, writes their embeddings and prints where they are. */
export async function encodeToFile(
  prompts: string[],
  flags: EncodeFlags,
  signal: AbortSignal,
): Promise<void> {
  const { model, out, negative, variant, embedding = [], device, threads } = flags;
  const { path: folder, kind } = await openModelToRun(model, { variant });
  if (kind !== "text-to-image" && kind !== "super-resolution") {
    throw new ArgumentError("model", model, "a text-to-image model");
  }
  const repeated = prompts.find((prompt, i) => prompts.indexOf(prompt) !== i);
  if (repeated !== undefined) {
    throw new ArgumentError("prompts", described(`${JSON.stringify(repeated)} twice`), "each prompt once");
  }
  // Checked before the slow encoding.
  if (!await Deno.stat(dirname(out)).then(({ isDirectory }) => isDirectory, () => false)) {
    throw new ArgumentError("out", out, "a file in a folder that exists");
  }
  if (await Deno.stat(out).then(({ isDirectory }) => isDirectory, () => false)) {
    throw new ArgumentError("out", described(`${JSON.stringify(out)} is a folder`), "a file");
  }
  await assertVariant(folder, variant);
  const learnedTokens = await readLearnedTokens("embedding", embedding);
  await using pipeline = await openTextToImage(folder, {
    learnedTokens: learnedTokens.map(({ learned }) => learned),
    variant,
    device,
    threads,
    onFallback: (message) => console.error(`note: ${message}`),
    onTruncated: (prompt, lost) => console.error(truncationNote(prompt, lost, pipeline.textLength)),
  });
  const embeddings = await encodePrompts(pipeline, prompts, negative, { signal });
  await writePromptEmbeddings(out, embeddings);
  const shape = embeddings.text.shape.slice(1);
  if (flags.json) return console.log(JSON.stringify({ model, out, prompts, negative, shape }));
  const [holds, draws] = prompts.length === 1 ? ["the prompt", "it"] : [`${prompts.length} prompts`, "them"];
  console.log(`${out} holds ${holds}; deno task sample --model ${model} --embeddings ${out} draws ${draws}`);
}
