/** Links to one picture: the address has the options of its generation, as its file does. */
import { ArgumentError, described } from "../lib/errors.ts";
import { type GenerationOptions, readGenerationText } from "../lib/generation/mod.ts";
import type { Parameters } from "./wire.ts";

/** The section that shows a generation, and its parameters there. */
export interface GenerationPlace {
  /** The section's id. */
  readonly section: string;
  /** Its parameters; the others are the section's defaults. */
  readonly parameters: Parameters;
}

/**
 * Finds the section that makes a generation.
 *
 * @param text The options stored in a picture, in JSON.
 * @throws {ArgumentError} if it is damaged, or no section can make the picture from options alone.
 */
export function generationPlace(text: string): GenerationPlace {
  const { options, picture } = read(text);
  if (options.of === "digits") return digits(options);
  if (options.of === "unconditional") {
    throw new ArgumentError("generation", described("an image of no prompt"), "one of prompts");
  }
  const ownSteps = options.timesteps || options.guidanceInterval || options.cacheInterval;
  if (options.image || ownSteps || (options.effect && options.effect.parts.length > 1)) {
    const found = described("an image of files, of steps of its own or of several parts");
    throw new ArgumentError("generation", found, "one of prompts");
  }
  const { seed, steps, sampler, guidance, model, upscale, count, seeds } = options;
  const index = picture === undefined ? 0 : picture - 1;
  const [prompt] = options.prompts.slice(Math.floor(index / count));
  const common = {
    seed: (seeds ?? [])[index % count] ?? seed + index % count,
    ...{ sampler, guidance, model },
    upscale: upscale?.model ?? "none",
    ...(upscale && { upscaleSteps: upscale.steps }),
  };
  if (!options.effect) {
    return { section: "sampling", parameters: { prompts: [prompt], stepCounts: [steps], ...common } };
  }
  const { name, parts: [part] } = options.effect;
  switch (name) {
    case "anagram": {
      const parameters = { pairs: [{ upright: prompt, turned: part.prompt }], view: String(part.view) };
      return { section: "anagrams", parameters: { ...parameters, steps, ...common } };
    }
    case "hybrid":
      return {
        section: "hybrids",
        parameters: { pairs: [{ near: prompt, far: part.prompt }], steps, ...common },
      };
    default:
      return { section: name, parameters: { prompt, parts: [part], steps, ...common } };
  }
}

function digits(
  { prompts, count, steps, sampler, guidance, seed, model }: GenerationOptions,
): GenerationPlace {
  const common = { steps, sampler, seed, model };
  return prompts.length
    ? { section: "class-unet", parameters: { rows: Math.min(count, 8), guidance, ...common } }
    : { section: "time-unet", parameters: { rows: Math.min(Math.ceil(count / 10), 8), ...common } };
}

function read(text: string) {
  try {
    return readGenerationText(text);
  } catch (cause) {
    throw new ArgumentError("generation", text, "the options stored in an image", { cause });
  }
}
