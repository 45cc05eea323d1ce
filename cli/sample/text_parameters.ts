/** All that a picture of a text depends on: what `deno task sample` writes into its PNG, and takes from it again. */
import { guidanceLimit } from "../../lib/effects/guidance_scale.ts";
import { Config } from "../../lib/checkpoints/config.ts";
import { type SamplerName, samplers } from "../../lib/diffusion/samplers/mod.ts";
import { type ViewName, views } from "../../lib/effects/views/mod.ts";
import { KEYWORD, limits } from "./sample_parameters.ts";
import { digest } from "../models/weights_digest.ts";

/** A file that a picture depends on. */
export interface FileReference {
  /** Where it was. */
  readonly path: string;
  /** The start of the SHA-256 of its bytes. */
  readonly digest: string;
}

/** The model that enlarges. */
export interface UpscaleParameters {
  /** Its name, or its folder. */
  readonly model: string;
  /** The start of the hash of its weights. */
  readonly weights: string;
  /** The number of steps of a full run. */
  readonly steps: number;
  /** The sampler, where it is not that of the first model. */
  readonly sampler?: SamplerName;
  /** The guidance scale, where it is not IF's. */
  readonly guidance?: number;
  /** The timestep of the noise in the small pictures, where it is not IF's. */
  readonly noiseLevel?: number;
}

/** What a picture shows under a view. */
export interface AnagramParameters {
  /** How the picture is turned. */
  readonly view: ViewName;
  /** What it shows then. */
  readonly prompt: string;
}

/** The parameters of a run. */
export interface TextParameters {
  /** The texts. */
  readonly prompts: readonly string[];
  /** What the pictures should not show; empty for nothing. */
  readonly negative: string;
  /** The model's name, or its folder. */
  readonly model: string;
  /** The start of the hash of its network's weights. */
  readonly weights: string;
  /** The sampler. */
  readonly sampler: SamplerName;
  /** The number of steps of a full run. */
  readonly steps: number;
  /** The guidance scale. */
  readonly guidance: number;
  /** Written where the scale is below 1, which once meant the text alone. */
  readonly guidanceRule?: "formula";
  /** The seed of the first picture of each text; the next one has the next seed. */
  readonly seed: number;
  /** How many pictures of each text. */
  readonly count: number;
  /** How much single pictures are enlarged. */
  readonly scale: number;
  /** Height, where it is not the network's own. */
  readonly height?: number;
  /** Width, likewise. */
  readonly width?: number;
  /** The variant of the weights, where one was asked for. */
  readonly variant?: string;
  /** The picture to begin from. */
  readonly image: FileReference | null;
  /** Whether it keeps its aspect. */
  readonly keepAspect?: true;
  /** How much of it is made anew. */
  readonly strength: number | null;
  /** Where it is made anew. */
  readonly mask: FileReference | null;
  /** The model that enlarges the pictures. */
  readonly upscale: UpscaleParameters | null;
  /** What the pictures show under views, where they are anagrams. */
  readonly anagram?: readonly AnagramParameters[];
  /** What the pictures show from afar, where they are hybrids. */
  readonly hybrid?: string;
  /** The seed of each picture of a text, where they do not follow one another. */
  readonly seeds?: readonly number[];
}

/** The seed of each picture of a text. */
export function seedsOf({ seed, seeds, count }: TextParameters): readonly bigint[] {
  return (seeds ?? Array.from({ length: count }, (_, i) => BigInt(seed) + BigInt(i))).map(BigInt);
}

/** What the text says of the task that has drawn a text. */
export const TEXT_TASK = "text-to-image";

/** The number of this format: of what the parameters mean. */
const FORMAT = 1;

/** How much of a prompt a file's name has. */
const NAMED = 48;

/** The text for a picture: `picture` is its number in the run, from 1; none for the grid of all. */
export function textPngText(parameters: TextParameters, picture?: number): Record<string, string> {
  const text = { task: TEXT_TASK, format: FORMAT, ...parameters, ...(picture !== undefined && { picture }) };
  return { [KEYWORD]: JSON.stringify(text) };
}

/**
 * The parameters that a picture has in it.
 *
 * @param config The object in the text of the PNG.
 * @throws {CheckpointError} if one is missing or out of its range.
 */
export function textParametersFrom(config: Config): TextParameters {
  config.choice("format", [FORMAT]);
  const prompts = config.values["prompts"];
  if (!(Array.isArray(prompts) && prompts.length && prompts.every((prompt) => typeof prompt === "string"))) {
    config.fail("prompts", "a list of texts");
  }
  const image = fileFrom(config, "image");
  return {
    prompts: prompts as string[],
    negative: config.text("negative"),
    model: config.text("model"),
    weights: config.text("weights"),
    sampler: config.choice("sampler", Object.keys(samplers) as SamplerName[]),
    steps: config.whole("steps", { min: 1 }),
    ...guidanceFrom(config),
    seed: config.whole("seed"),
    count: config.whole("count", { min: 1, max: limits.count }),
    scale: config.whole("scale", { min: 1, max: limits.scale }),
    ...(config.has("height") && { height: config.whole("height", { min: 1, max: limits.side }) }),
    ...(config.has("width") && { width: config.whole("width", { min: 1, max: limits.side }) }),
    ...(config.has("variant") && { variant: config.text("variant") }),
    image,
    ...(config.has("keepAspect") && config.boolean("keepAspect", true) && { keepAspect: true as const }),
    strength: image ? config.number("strength") : null,
    mask: fileFrom(config, "mask"),
    upscale: upscaleFrom(config),
    ...composedFrom(config),
  };
}

/** A name for the files of a run: its text, model and seed, steps, and a hash of all the rest where there is more. */
export function textFileStem(parameters: TextParameters): string {
  const { prompts, model, seed, steps } = parameters;
  const slug = prompts[0].toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  const folder = model.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, "").replace(/[^\w.-]+/g, "_");
  const hash = digest(JSON.stringify(parameters)).slice(0, 6);
  return [[...slug].slice(0, NAMED).join("") || "text", folder, `seed${seed}`, `steps${steps}`, hash].join(
    "-",
  );
}

/**
 * The guidance scale, and that it is meant by the formula, which has to be said below 1: pictures of one text that do not say
 * so were drawn as at 1.
 */
function guidanceFrom(config: Config): Pick<TextParameters, "guidance" | "guidanceRule"> {
  const guidance = config.number("guidance", { min: -guidanceLimit, max: guidanceLimit });
  const composed = config.has("anagram") || config.has("hybrid");
  if (!config.has("guidanceRule")) return { guidance: composed ? guidance : Math.max(guidance, 1) };
  return { guidance, guidanceRule: config.choice("guidanceRule", ["formula"]) };
}

function fileFrom(config: Config, key: string): FileReference | null {
  const value = objectFrom(config, key);
  return value && { path: value.text("path"), digest: value.text("digest") };
}

function upscaleFrom(config: Config): UpscaleParameters | null {
  const value = objectFrom(config, "upscale");
  return value && {
    model: value.text("model"),
    weights: value.text("weights"),
    steps: value.whole("steps", { min: 1 }),
    ...(value.has("sampler") && { sampler: value.choice("sampler", Object.keys(samplers) as SamplerName[]) }),
    ...(value.has("guidance") && { guidance: value.number("guidance", { min: 0, max: guidanceLimit }) }),
    ...(value.has("noiseLevel") && { noiseLevel: value.whole("noiseLevel", { min: 0 }) }),
  };
}

/** What only some pictures have. */
function composedFrom(config: Config): Pick<TextParameters, "anagram" | "hybrid" | "seeds"> {
  const names = Object.keys(views) as ViewName[];
  const anagram = config.has("anagram") ? config.values["anagram"] : undefined;
  if (anagram !== undefined && !(Array.isArray(anagram) && anagram.length)) {
    config.fail("anagram", "a list of views");
  }
  return {
    ...(anagram !== undefined && {
      anagram: (anagram as Record<string, unknown>[]).map((values) => {
        const part = new Config(`${config.label}: anagram`, values);
        return { view: part.choice("view", names), prompt: part.text("prompt") };
      }),
    }),
    ...(config.has("hybrid") && { hybrid: config.text("hybrid") }),
    ...(config.has("seeds") && { seeds: config.numbers("seeds") }),
  };
}

function objectFrom(config: Config, key: string): Config | null {
  if (!config.has(key)) return null;
  const value = config.values[key];
  if (typeof value !== "object" || Array.isArray(value)) config.fail(key, "an object");
  return new Config(`${config.label}: ${key}`, value as Record<string, unknown>);
}
