/** Everything that a text-to-image run reads before the work begins. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { FileReference, GenerationOptions, LoraReference } from "../../lib/generation/mod.ts";
import { listModels, type ModelFolder, type SamplingDefaults } from "../../lib/models/mod.ts";
import { type PromptEmbeddings, readPromptEmbeddings } from "../../lib/pipelines/mod.ts";
import { openModelToRun } from "../models/find_model.ts";
import type { SampleFlags } from "./flags.ts";
import { type ReadLearnedToken, readLearnedTokens } from "../learned_tokens.ts";
import { type ReadLora, readLoras } from "../loras.ts";
import { readPrompts } from "./prompt_file.ts";
import { readSources, type SourceImages } from "./source_images.ts";

/** The files of a run, as read. */
export interface TextSources extends SourceImages {
  /** The model. */
  readonly model: ModelFolder;
  /** The super-resolution model; null for none. */
  readonly upscaler: ModelFolder | null;
  /** The LoRAs of the model's network. */
  readonly loras: readonly ReadLora[];
  /** The LoRAs of the super-resolution network. */
  readonly upscaleLoras: readonly ReadLora[];
  /** Learned tokens that prompts may use. */
  readonly learnedTokens: readonly ReadLearnedToken[];
  /** Prompts that were encoded beforehand. */
  readonly embeddings?: PromptEmbeddings;
  /** Prompts of a file. */
  readonly prompts?: readonly string[];
}

/**
 * Reads the files named by the options, or by the image to regenerate.
 *
 * @throws {ArgumentError} if a file is missing or of the wrong kind.
 */
export async function readTextSources(
  flags: SampleFlags,
  model: ModelFolder,
  was: GenerationOptions | undefined,
): Promise<TextSources> {
  const upscale = flags.upscale ?? (was ? was.upscale?.model : await defaultUpscaler(model.sampling));
  return {
    model,
    ...await readSources(flags.image ?? was?.image?.path, flags.mask ?? was?.mask?.path),
    upscaler: upscale === undefined || upscale === "none" ? null : await openUpscaler(upscale, model.variant),
    loras: await readLoras("lora", flags.lora ?? was?.loras ?? []),
    upscaleLoras: await readLoras("upscale-lora", flags.upscaleLora ?? was?.upscale?.loras ?? []),
    learnedTokens: await readLearnedTokens(
      "embedding",
      flags.embedding ?? (was?.learnedTokens ?? []).map(({ path }) => path),
    ),
    embeddings: flags.embeddings === undefined ? undefined : await readPromptEmbeddings(flags.embeddings),
    prompts: flags.prompts === undefined ? undefined : await readPrompts(flags.prompts),
  };
}

/**
 * Refuses files that differ from those of the image to regenerate.
 *
 * @throws {ArgumentError} that names the first one's option.
 */
export async function assertSame(
  options: GenerationOptions,
  { model, image, mask, upscaler, loras = [], upscaleLoras = [], learnedTokens = [] }:
    & Pick<TextSources, "model" | "image" | "mask" | "upscaler">
    & Partial<Pick<TextSources, "loras" | "upscaleLoras" | "learnedTokens">>,
): Promise<void> {
  const pairs = {
    model: [await model.weights(), options.weights],
    image: [image?.file.digest, options.image?.digest],
    mask: [mask?.file.digest, options.mask?.digest],
    upscale: [await upscaler?.weights(), options.upscale?.weights],
    lora: [namesOf(loras), idsOf(options.loras)],
    "upscale-lora": [namesOf(upscaleLoras), idsOf(options.upscale?.loras)],
    embedding: [
      digestsOf(learnedTokens.map(({ reference }) => reference)),
      digestsOf(options.learnedTokens),
    ],
  };
  for (const [name, [found, expected]] of Object.entries(pairs)) {
    if (found === expected) continue;
    const what = found === undefined ? "none" : `another one (${found})`;
    throw new ArgumentError(
      "again",
      described(`--${name} is ${what}`),
      expected ?? "none",
      { note: "by which the image was generated" },
    );
  }
}

/** Identifies LoRAs: their files' hashes and their scales; undefined for none. */
function idsOf(loras: readonly Pick<LoraReference, "digest" | "scale">[] = []): string | undefined {
  return loras.map(({ digest, scale }) => `${digest}:${scale}`).join(", ") || undefined;
}

function namesOf(loras: readonly ReadLora[]): string | undefined {
  return idsOf(loras.map(({ reference }) => reference));
}

/** Identifies files; undefined for none. */
function digestsOf(files: readonly FileReference[] = []): string | undefined {
  return files.map(({ digest }) => digest).join(", ") || undefined;
}

async function openUpscaler(model: string, variant?: string): Promise<ModelFolder> {
  const folder = await openModelToRun(model, { option: "upscale", variant });
  if (folder.kind === "super-resolution") return folder;
  throw new ArgumentError("upscale", model, "a super-resolution model");
}

/** The default super-resolution model: the one that the first stage names, if it is here. */
async function defaultUpscaler({ superResolution }: SamplingDefaults): Promise<string | undefined> {
  return superResolution !== undefined && (await listModels()).includes(superResolution)
    ? superResolution
    : undefined;
}
