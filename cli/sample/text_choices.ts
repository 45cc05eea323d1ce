/** What the command line chooses for a new run by a network that draws texts. */
import type { UserChoices } from "../../lib/generation/mod.ts";
import { UsageError } from "../errors.ts";
import { quote } from "../options.ts";
import { effectChoice } from "./effect_choice.ts";
import type { SampleFlags } from "./flags.ts";
import type { TextSources } from "./text_sources.ts";

/**
 * The choices of a new run, whose options go together.
 *
 * @param words The words of the command line.
 * @param flags Its options.
 * @param sources What was read from the files that they name.
 * @throws {UsageError} if options exclude one another, or one needs another.
 */
export function textChoices(words: readonly string[], flags: SampleFlags, sources: TextSources): UserChoices {
  const { image, mask, embeddings } = sources;
  assertTogether(flags, sources);
  const effect = effectChoice(flags);
  const { seeds } = flags;
  if (seeds && (flags.seed !== undefined || flags.count !== undefined)) {
    const name = flags.seed !== undefined ? "seed" : "count";
    throw new UsageError(`${name}: ${flags[name]} where none is expected beside --seeds`);
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
  };
}

/** Refuses options that need others, or exclude them. */
function assertTogether(flags: SampleFlags, { image, upscaler, embeddings }: TextSources): void {
  if (!image && flags.strength !== undefined) {
    throw new UsageError(`strength: ${flags.strength} where --image is expected too`);
  }
  if (!image && flags.keepAspect) {
    throw new UsageError("keep-aspect: given where --image is expected too");
  }
  for (const name of ["height", "width"] as const) {
    if (image && flags[name] !== undefined) {
      throw new UsageError(
        `${name}: ${flags[name]} where none is expected beside --image, which has its own`,
      );
    }
  }
  if (!upscaler && flags.upscaleSteps !== undefined) {
    throw new UsageError(`upscale-steps: ${flags.upscaleSteps} where --upscale is expected too`);
  }
  if (embeddings && flags.negative !== undefined && flags.negative !== embeddings.negative) {
    throw new UsageError(
      `negative: ${JSON.stringify(flags.negative)} where that of --embeddings is expected, ` +
        JSON.stringify(embeddings.negative),
    );
  }
}

/** The prompts that are asked for: the words of the command line are one; without any, all that are encoded. */
function promptsOf(words: readonly string[], { model, embeddings, prompts }: TextSources): readonly string[] {
  if (words.length && prompts) {
    throw new UsageError(`prompt: ${quote(words.join(" "))} where none is expected beside --prompts`);
  }
  if (words.length) return [words.join(" ")];
  if (prompts) return prompts;
  if (embeddings) return embeddings.prompts;
  throw new UsageError(`prompt: none where a text is expected, by --model ${model.name}`);
}
