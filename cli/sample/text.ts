/** `deno task sample` with DeepFloyd IF's networks: images of texts, from noise or from an image, optionally enlarged. */
import { Config, openWeights } from "../../lib/checkpoints/mod.ts";
import { ArgumentError, described } from "../../lib/errors.ts";
import {
  generate,
  generationDefaults,
  type GenerationOptions,
  resolveGenerationOptions,
  type StoredGeneration,
} from "../../lib/generation/mod.ts";
import { type DeepFloydModel, type ModelFolder, openDeepFloyd } from "../../lib/models/mod.ts";
import { assertFitsLora, readDeepFloydConfig } from "../../lib/nn/mod.ts";
import { imageSize, openTextToImage } from "../../lib/pipelines/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { assertVariant } from "../models/assert_variant.ts";
import { truncationNote } from "../models/truncation_note.ts";
import { unknownWordsNote } from "../models/vocabulary.ts";
import { idleTokensNote, withoutTokens } from "../learned_tokens.ts";
import type { ReadLora } from "../loras.ts";
import { OutputFolder } from "../output_folder.ts";
import { assertDrawable } from "./assert_drawable.ts";
import { assertScale } from "./assert_memory.ts";
import { drawAndWrite } from "./draw_and_write.ts";
import { assertWidth, encodedTexts } from "./encoded_texts.ts";
import type { SampleFlags } from "./flags.ts";
import { Profile } from "./profile.ts";
import { sheetOf } from "./sheet.ts";
import { textChoices } from "./text_choices.ts";
import { assertSame, readTextSources } from "./text_sources.ts";

/** The minimum width of single images on the sheet, in pixels, as far as whole factors allow. */
const GRID_SIZE = 128;

/** The minimum scale of the sheet. */
function gridScale({ shape: [, , height, width] }: Tensor): number {
  return Math.max(1, Math.floor(GRID_SIZE / Math.max(height, width)));
}

/** Refuses a second stage for another text encoder. */
function assertTextWidth(first: DeepFloydModel, second: DeepFloydModel | undefined): void {
  const [found, expected] = [second?.config.textWidth, first.config.textWidth];
  if (found === undefined || found === expected) return;
  throw new ArgumentError("upscale", described(`a model for texts of width ${found}`), `${expected}`);
}

/** The height and width of a network's images, as its configuration says. */
async function sizeOf({ files }: ModelFolder): Promise<number> {
  return readDeepFloydConfig(await Config.read("config.json", files.folder("unet"))).size;
}

/** Refuses LoRAs of another network. */
async function assertFitting({ files, variant }: ModelFolder, loras: readonly ReadLora[]): Promise<void> {
  if (loras.length === 0) return;
  const weights = await openWeights(files.folder("unet"), "diffusion_pytorch_model", { variant });
  for (const { lora } of loras) assertFitsLora(weights, lora);
}

/** Notes which words of the prompts the model does not know, and which learned tokens no prompt uses. */
async function noteWords(
  model: ModelFolder,
  { prompts, negative, effect }: GenerationOptions,
  tokens: readonly string[],
): Promise<void> {
  const texts = [...prompts, negative];
  const parts = (effect?.parts ?? []).map(({ prompt }) => prompt);
  const notes = [
    await unknownWordsNote(model, texts.map((text) => withoutTokens(text, tokens))),
    idleTokensNote([...texts, ...parts], tokens),
  ];
  for (const note of notes) if (note) console.error(note);
}

/**
 * Generates images of texts, writes them and prints their paths.
 *
 * @param words The words of the command line.
 * @param flags Its options.
 * @param model The model.
 * @param again The options of the image to regenerate, if any.
 * @param signal Aborts.
 */
export async function sampleTextImages(
  words: readonly string[],
  flags: SampleFlags,
  model: ModelFolder,
  again: StoredGeneration | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { variant } = model;
  await using profile = flags.profile && await Profile.open();
  const opening = {
    device: flags.device,
    threads: flags.threads,
    ...(flags.mapped && { prepack: false }),
    variant,
    onFallback: (message: string) => console.error(`note: ${message}`),
  };
  await assertVariant(model.path, variant);
  const sources = await readTextSources(flags, model, again?.options);
  const { image, mask, upscaler, loras, upscaleLoras } = sources;
  const learnedTokens = sources.learnedTokens.map(({ learned }) => learned);
  await using pipeline = await openTextToImage(model.files, {
    ...opening,
    ...(profile && { profile: profile.prefix("first") }),
    loras,
    learnedTokens,
    onTruncated: (prompt, lost) => console.error(truncationNote(prompt, lost, pipeline.textLength)),
  });
  if (sources.embeddings) assertWidth(sources.embeddings, pipeline, flags.embeddings!);
  if (again) await assertSame(again.options, sources);
  const defaults = generationDefaults("text", { image: image !== null, mask: mask !== null });
  const options = again?.options ??
    await resolveGenerationOptions(defaults, sources, textChoices(words, flags, sources));
  await assertDrawable(options, pipeline, sources, again?.picture);
  await noteWords(model, options, learnedTokens.map(({ token }) => token));
  await using out = await OutputFolder.open(flags.out);
  if (flags.queue !== undefined) {
    const { config } = pipeline;
    const size = upscaler ? await sizeOf(upscaler) : config.size;
    const side = Math.max(...imageSize({ spec: config, config }, options));
    assertScale(side * size / config.size, options.scale);
    // The networks that would say so are elsewhere.
    await assertFitting(model, loras);
    if (upscaler) await assertFitting(upscaler, upscaleLoras);
    const { drawInFleet } = await import("./fleet.ts");
    return await drawInFleet({ options, picture: again?.picture, gridScale, ...sources }, out, flags, signal);
  }

  profile?.phase("program and options");
  const { encodeMs, ...texts } = await encodedTexts(pipeline, options, sources.embeddings, signal);
  profile?.phase("encoding prompts");
  const first = await pipeline.network();
  await using second = upscaler
    ? await openDeepFloyd(upscaler.files, {
      ...opening,
      ...(profile && { profile: profile.prefix("second") }),
      textLength: pipeline.textLength,
      loras: upscaleLoras,
    })
    : undefined;
  assertTextWidth(first, second);
  const enlarged = second ? second.spec.size / first.spec.size : 1;
  assertScale(Math.max(...imageSize(first, options)) * enlarged, options.scale);
  profile?.phase("opening networks");
  const inputs = {
    models: [first, second],
    ...texts,
    image: image?.picture,
    mask: mask?.picture,
    signal,
  } as const;
  await drawAndWrite(
    {
      options,
      picture: again?.picture,
      steps: generate(options, inputs),
      runtimeMs: () => first.runtimeMs + (second?.runtimeMs ?? 0),
      range: (second ?? first).spec.range,
      layOut: (x) => ({
        ...sheetOf(x, options, first.spec.size),
        gridScale: gridScale(x),
      }),
      device: first.device,
      encodeMs,
      profile,
      close: async () => {
        await first[Symbol.asyncDispose]();
        await second?.[Symbol.asyncDispose]();
      },
    },
    out,
    flags,
  );
}
