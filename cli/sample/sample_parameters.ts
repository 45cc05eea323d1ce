/** All that a sampled picture depends on: what `deno task sample` writes into its PNG, and takes from it again. */
import { guidanceLimit } from "../../lib/effects/guidance_scale.ts";
import type { Config } from "../../lib/checkpoints/config.ts";
import { type SamplerName, samplers } from "../../lib/diffusion/samplers/mod.ts";
import { sampleDigitsDefaults } from "../../lib/pipelines/sample_digits.ts";
import { UsageError } from "../errors.ts";

/** The parameters of a run. */
export interface SampleParameters {
  /** The digits to draw, one picture each; null for the networks that have no classes. */
  readonly prompt: string | null;
  /** The model's name, or its folder. */
  readonly model: string;
  /** The start of the SHA-256 of its weights. */
  readonly weights: string;
  /** The sampler. */
  readonly sampler: SamplerName;
  /** The number of steps. */
  readonly steps: number;
  /** The guidance scale; null without a prompt. */
  readonly guidance: number | null;
  /** The seed of all noise. */
  readonly seed: number;
  /** How many pictures of each digit. */
  readonly count: number;
  /** How much single pictures are enlarged. */
  readonly scale: number;
}

/** The limits of what can be asked for. */
export const limits = {
  /** Digits of a prompt. */
  digits: 64,
  /** Pictures of each digit. */
  count: 1000,
  /** Pictures of a run. */
  pictures: 1000,
  /** Height and width of a picture of a text, before it is enlarged. */
  side: 4096,
  /** Pixels of all pictures of texts together, before they are enlarged. */
  pixels: 2 ** 24,
  /** How much a picture is enlarged. */
  scale: 32,
  /** Height and width of a picture after it is enlarged. */
  enlargedSide: 8192,
} as const;

/** What is drawn unless something else is asked for. */
export const defaults = {
  model: "mnist-class",
  sampler: sampleDigitsDefaults.sampler,
  steps: sampleDigitsDefaults.numInferenceSteps,
  guidance: sampleDigitsDefaults.guidanceScale,
  count: 4,
  scale: 1,
} as const;

/** The keyword of the text in a PNG. */
export const KEYWORD = "denoise";

/** What the text says of the task that has drawn digits. */
export const DIGITS_TASK = "sample";

/** The number of this format: of what the parameters mean. */
const FORMAT = 1;

/** The text for a picture: `picture` is its number in the run, from 1; none for the grid of all. */
export function pngText(parameters: SampleParameters, picture?: number): Record<string, string> {
  const text = {
    task: DIGITS_TASK,
    format: FORMAT,
    ...parameters,
    ...(picture !== undefined && { picture }),
  };
  return { [KEYWORD]: JSON.stringify(text) };
}

/**
 * The parameters that a picture has in it.
 *
 * @param config The object in the text of the PNG.
 * @throws {CheckpointError} if one is missing or out of its range.
 */
export function parametersFrom(config: Config): SampleParameters {
  config.choice("format", [FORMAT]);
  const prompt = config.has("prompt") ? config.text("prompt") : null;
  return {
    prompt,
    model: config.text("model"),
    weights: config.text("weights"),
    sampler: config.choice("sampler", Object.keys(samplers) as SamplerName[]),
    steps: config.whole("steps", { min: 1 }),
    guidance: prompt === null ? null : config.number("guidance", { min: 0, max: guidanceLimit }),
    seed: config.whole("seed"),
    count: config.whole("count", { min: 1, max: limits.count }),
    scale: config.whole("scale", { min: 1, max: limits.scale }),
  };
}

/**
 * The digits of a prompt, which may have spaces between them.
 *
 * @param words The arguments of the command line.
 * @param model The model that is to draw them, for errors.
 * @throws {UsageError} if there is anything else, nothing, or too much.
 */
export function parsePrompt(words: readonly string[], model: string): string {
  const text = words.join(" ");
  const digits = text.replace(/\s+/g, "");
  if (!/^[0-9]+$/.test(digits)) {
    throw new UsageError(`prompt: ${JSON.stringify(text)} where digits are expected, by --model ${model}`);
  }
  if (digits.length > limits.digits) {
    throw new UsageError(`prompt: ${digits.length} digits where at most ${limits.digits} are expected`);
  }
  return digits;
}

/** A name for the files of a run: its prompt and seed, and whatever is not as usual. */
export function fileStem(parameters: SampleParameters): string {
  const { prompt, model, seed } = parameters;
  const folder = model.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, "").replace(/[^\w.-]+/g, "_");
  const parts = prompt === null ? [folder] : [prompt, ...(model === defaults.model ? [] : [folder])];
  parts.push(`seed${seed}`);
  if (parameters.sampler !== defaults.sampler) parts.push(parameters.sampler.replace(/\W+/g, "-"));
  for (const name of ["steps", "guidance", "count", "scale"] as const) {
    if (parameters[name] !== null && parameters[name] !== defaults[name]) {
      parts.push(`${name}${parameters[name]}`);
    }
  }
  return parts.join("-");
}
