/** The choices of a new text-to-image run, from the command line. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { UserChoices } from "../../lib/generation/mod.ts";
import { effectChoice } from "./effect_choice.ts";
import type { SampleFlags } from "./flags.ts";
import type { SourceImages } from "./source_images.ts";
import type { TextSources } from "./text_sources.ts";

/**
 * The choices of a new run, with its options checked against each other.
 *
 * @param words The words of the command line.
 * @param flags Its options.
 * @param sources The files that they name, as read.
 * @throws {ArgumentError} if options exclude one another, or one needs another.
 */
export function textChoices(words: readonly string[], flags: SampleFlags, sources: TextSources): UserChoices {
  const { image, mask, embeddings, loras, upscaleLoras, learnedTokens } = sources;
  assertTogether(flags, sources);
  const effect = effectChoice(flags);
  const { seeds } = flags;
  if (!sources.upscaler && flags.upscaleLora) {
    throw new ArgumentError("upscale-lora", flags.upscaleLora[0].path, "--upscale beside it");
  }
  if (!sources.upscaler && flags.upscaleSteps !== undefined) {
    throw new ArgumentError("upscale-steps", flags.upscaleSteps, "--upscale beside it");
  }
  if (embeddings && flags.negative !== undefined && flags.negative !== embeddings.negative) {
    throw new ArgumentError("negative", flags.negative, "that of --embeddings", {
      note: JSON.stringify(embeddings.negative),
    });
  }
  if (embeddings && flags.embedding) {
    throw new ArgumentError("embedding", flags.embedding[0], "none beside --embeddings", {
      note: "whose prompts are encoded",
    });
  }
  return {
    ...flags,
    of: "text",
    prompts: promptsOf(words, sources),
    negative: flags.negative ?? embeddings?.negative,
    image: image?.file ?? null,
    mask: mask?.file ?? null,
    effect,
    seeds,
    loras: loras.map(({ reference }) => reference),
    upscaleLoras: upscaleLoras.map(({ reference }) => reference),
    learnedTokens: learnedTokens.map(({ reference }) => reference),
  };
}

/**
 * Refuses options of seeds, steps and files that need others, or exclude them.
 *
 * @throws {ArgumentError} that names the option.
 */
export function assertTogether(flags: SampleFlags, { image, mask }: SourceImages): void {
  if (flags.seeds && (flags.seed !== undefined || flags.count !== undefined)) {
    const name = flags.seed !== undefined ? "seed" : "count";
    throw new ArgumentError(name, flags[name], "none beside --seeds");
  }
  if (flags.timesteps && flags.steps !== undefined) {
    throw new ArgumentError("steps", flags.steps, "none beside --timesteps");
  }
  if (!image && flags.strength !== undefined) {
    throw new ArgumentError("strength", flags.strength, "--image beside it");
  }
  for (const name of ["rule", "jumps"] as const) {
    if (!mask && flags[name] !== undefined) throw new ArgumentError(name, flags[name], "--mask beside it");
  }
  if (flags.jumps !== undefined && flags.rule !== "repaint") {
    throw new ArgumentError("jumps", flags.jumps, "--rule repaint beside it");
  }
  if (!image && flags.keepAspect) {
    throw new ArgumentError("keep-aspect", described("given"), "--image beside it");
  }
  for (const name of ["height", "width"] as const) {
    if (image && flags[name] !== undefined) {
      throw new ArgumentError(name, flags[name], "none beside --image", { note: "which has its own" });
    }
  }
}

/** The prompts: the words of the command line are one; without any, all that were encoded. */
function promptsOf(words: readonly string[], { model, embeddings, prompts }: TextSources): readonly string[] {
  if (words.length && prompts) {
    throw new ArgumentError("prompt", words.join(" "), "none beside --prompts");
  }
  if (words.length) return [words.join(" ")];
  if (prompts) return prompts;
  if (embeddings) return embeddings.prompts;
  throw new ArgumentError("prompt", described("none"), "a text", { note: `by --model ${model.name}` });
}
