/**
 * The options of a generation as images store them, in JSON.
 *
 * @module
 */
import { Config } from "../checkpoints/config.ts";
import { type Effect, effects, type EffectValues, type GuidanceInterval } from "../effects/mod.ts";
import { generationFields as fields } from "./fields.ts";
import type {
  ChosenEffect,
  FileReference,
  GenerationOptions,
  LoraReference,
  UpscaleOptions,
} from "./options.ts";
import { readStored } from "./read_stored.ts";

/** The keyword of the text in a PNG. */
export const STORED_KEYWORD = "denoise";

/** The task stored in the text, by kind of generation. */
const tasks = { digits: "sample", text: "text-to-image", unconditional: "unconditional" } as const;

/** The version of the format. */
const FORMAT = 1;

/** Options in JSON: digits have fewer, and an effect's parts are under its name. */
export function storedOptions(options: GenerationOptions): Readonly<Record<string, unknown>> {
  if (options.of === "digits") {
    const { prompts: [prompt = null], model, weights, sampler, steps, seed, count, scale } = options;
    const guidance = prompt === null ? null : options.guidance;
    return { prompt, model, weights, sampler, steps, guidance, seed, count, scale };
  }
  if (options.of === "unconditional") {
    const { of: _, prompts, negative: _negative, guidance: _guidance, upscale: _upscale, ...rest } = options;
    return { prompt: prompts[0] ?? null, ...rest };
  }
  const { of: _, effect, seeds, ...rest } = options;
  return { ...rest, ...(effect && { [effect.name]: storedEffect(effect) }), ...(seeds && { seeds }) };
}

/**
 * The text of an image.
 *
 * @param options The options of its run.
 * @param picture The image's number in the run, from 1; omitted for the sheet.
 */
export function generationText(options: GenerationOptions, picture?: number): Record<string, string> {
  return { [STORED_KEYWORD]: JSON.stringify(storedGeneration(options, picture)) };
}

/**
 * What {@linkcode generationText} writes, as data.
 *
 * @param options The options of the run.
 * @param picture The image's number in the run, from 1; omitted for the sheet.
 */
export function storedGeneration(
  options: GenerationOptions,
  picture?: number,
): Readonly<Record<string, unknown>> {
  return {
    task: tasks[options.of],
    format: FORMAT,
    ...storedOptions(options),
    ...(picture !== undefined && { picture }),
  };
}

/** The parameters stored in an image. */
export interface StoredGeneration {
  /** The options of its run. */
  readonly options: GenerationOptions;
  /** Its number there, from 1; undefined for the sheet. */
  readonly picture?: number;
}

/**
 * Reads the text of an image written by this version or an earlier one.
 *
 * @param text The image's text under {@linkcode STORED_KEYWORD}.
 * @throws {SyntaxError} if it is not JSON.
 * @throws {CheckpointError} if an option is missing or out of its range: the message names it.
 */
export function readGenerationText(text: string): StoredGeneration {
  const config = new Config("parameters", JSON.parse(text) ?? {});
  const task = config.choice("task", Object.values(tasks));
  const picture = config.has("picture") ? config.whole("picture", { min: 1 }) : undefined;
  config.choice("format", [FORMAT]);
  return { options: readers[task](config), picture };
}

/** Reads the options of each task. */
const readers = {
  [tasks.digits]: digitOptions,
  [tasks.text]: textOptions,
  [tasks.unconditional]: unconditionalOptions,
};

/** What all kinds store. */
function commonOptions(config: Config) {
  return {
    model: readStored(config, "model", fields.model),
    weights: config.text("weights"),
    sampler: readStored(config, "sampler", fields.sampler),
    steps: readStored(config, "steps", fields.steps),
    seed: readStored(config, "seed", fields.seed),
    count: readStored(config, "count", fields.count),
    scale: readStored(config, "scale", fields.scale),
  };
}

function digitOptions(config: Config): GenerationOptions {
  const prompts = config.has("prompt") ? [config.text("prompt")] : [];
  return {
    of: "digits",
    prompts,
    negative: "",
    ...commonOptions(config),
    // Without a class there is no guidance.
    guidance: prompts.length ? readStored(config, "guidance", fields.guidance) : 1,
    image: null,
    strength: null,
    mask: null,
    upscale: null,
  };
}

function unconditionalOptions(config: Config): GenerationOptions {
  return {
    of: "unconditional",
    prompts: config.has("prompt") ? [config.text("prompt")] : [],
    negative: "",
    ...commonOptions(config),
    guidance: 1,
    ...readShared(config),
    upscale: null,
  };
}

function textOptions(config: Config): GenerationOptions {
  const prompts = config.values["prompts"];
  if (!(Array.isArray(prompts) && prompts.length && prompts.every((prompt) => typeof prompt === "string"))) {
    config.fail("prompts", "a list of texts");
  }
  const effect = readEffect(config);
  const { model, weights, sampler, steps, seed, count, scale } = commonOptions(config);
  // Behind the second stage, as they are resolved.
  const { timesteps, ...shared } = readShared(config);
  return {
    of: "text",
    prompts: prompts as string[],
    negative: readStored(config, "negative", fields.negative),
    model,
    weights,
    sampler,
    steps,
    ...readGuidance(config, effect),
    ...(config.has("guidanceInterval") && { guidanceInterval: readInterval(config) }),
    ...(config.has("cacheInterval") && {
      cacheInterval: readStored(config, "cacheInterval", fields.cacheInterval),
    }),
    seed,
    count,
    scale,
    ...shared,
    upscale: readUpscale(config),
    ...(effect && { effect }),
    ...(timesteps && { timesteps }),
    ...(config.has("loras") && { loras: readLoras(config) }),
    ...(config.has("learnedTokens") && { learnedTokens: readObjects(config, "learnedTokens").map(fileOf) }),
  };
}

/** What text-to-image and unconditional images both store. */
function readShared(config: Config) {
  const image = readFile(config, "image");
  return {
    ...(config.has("height") && { height: readStored(config, "height", fields.height) }),
    ...(config.has("width") && { width: readStored(config, "width", fields.width) }),
    ...(config.has("variant") && { variant: readStored(config, "variant", fields.variant) }),
    image,
    ...(config.has("keepAspect") && config.boolean("keepAspect", true) && { keepAspect: true as const }),
    strength: image && readStored(config, "strength", fields.strength),
    mask: readFile(config, "mask"),
    ...(config.has("rule") && { rule: readStored(config, "rule", fields.rule) }),
    ...(config.has("jumps") && { jumps: readStored(config, "jumps", fields.jumps) }),
    ...(config.has("seeds") && { seeds: config.numbers("seeds") }),
    ...(config.has("timesteps") && { timesteps: config.numbers("timesteps", { min: 0 }) }),
  };
}

/**
 * The guidance scale, and that it is meant by the formula, which has to be said below 1: images of one text that do not say so
 * were drawn as at 1.
 */
function readGuidance(
  config: Config,
  effect: ChosenEffect | undefined,
): Pick<GenerationOptions, "guidance" | "guidanceRule"> {
  const guidance = readStored(config, "guidance", fields.guidance);
  if (!config.has("guidanceRule")) return { guidance: effect ? guidance : Math.max(guidance, 1) };
  return { guidance, guidanceRule: config.choice("guidanceRule", ["formula"]) };
}

function readInterval(config: Config): GuidanceInterval {
  const [from, to, ...others] = config.numbers("guidanceInterval", { min: 0 });
  if (!(from <= to) || others.length) {
    config.fail("guidanceInterval", "two timesteps, the smaller one first");
  }
  return [from, to];
}

function readFile(config: Config, key: string): FileReference | null {
  const value = readObject(config, key);
  return value && fileOf(value);
}

function fileOf(value: Config): FileReference {
  return { path: value.text("path"), digest: value.text("digest") };
}

function readLoras(config: Config): LoraReference[] {
  return readObjects(config, "loras").map((value) => ({ ...fileOf(value), scale: value.number("scale") }));
}

/** The objects of a list that is not empty. */
function readObjects(config: Config, key: string): Config[] {
  const stored = config.values[key];
  if (!(Array.isArray(stored) && stored.length)) config.fail(key, "a list");
  return (stored as unknown[]).map((one) => {
    if (typeof one !== "object" || one === null) config.fail(key, "a list of objects");
    return new Config(`${config.label}: ${key}`, one as Record<string, unknown>);
  });
}

function readUpscale(config: Config): UpscaleOptions | null {
  const value = readObject(config, "upscale");
  return value && {
    model: readStored(value, "model", fields.model),
    weights: value.text("weights"),
    steps: readStored(value, "steps", fields.upscaleSteps),
    ...(value.has("sampler") && { sampler: readStored(value, "sampler", fields.sampler) }),
    ...(value.has("guidance") && { guidance: readStored(value, "guidance", fields.guidance) }),
    ...(value.has("guidanceInterval") && { guidanceInterval: readInterval(value) }),
    ...(value.has("cacheInterval") && {
      cacheInterval: readStored(value, "cacheInterval", fields.cacheInterval),
    }),
    ...(value.has("noiseLevel") && { noiseLevel: value.whole("noiseLevel", { min: 0 }) }),
    ...(value.has("loras") && { loras: readLoras(value) }),
  };
}

/** A part with only a prompt is stored as that text, several parts as a list. */
function storedEffect({ name, parts }: ChosenEffect): unknown {
  const { fields, repeatable } = effects.get(name)!;
  const stored = parts.map((values) => Object.keys(fields).length > 1 ? values : values.prompt);
  return repeatable ? stored : stored[0];
}

function readEffect(config: Config): ChosenEffect | undefined {
  for (const effect of effects.values()) {
    if (!config.has(effect.name)) continue;
    const stored = config.values[effect.name];
    const several = effect.repeatable ?? false;
    if (several && !(Array.isArray(stored) && stored.length)) config.fail(effect.name, "a list");
    const parts = several ? stored as unknown[] : [stored];
    return { name: effect.name, parts: parts.map((part) => readPart(config, effect, part)) };
  }
  return undefined;
}

function readPart(config: Config, { name, fields }: Effect, stored: unknown): EffectValues {
  const alone = Object.keys(fields).length === 1;
  if (alone && typeof stored !== "string") config.fail(name, "a text");
  const values = alone ? { prompt: stored } : stored as Record<string, unknown> ?? {};
  const part = new Config(`${config.label}: ${name}`, values);
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, readStored(part, key, field)]),
  ) as EffectValues;
}

function readObject(config: Config, key: string): Config | null {
  if (!config.has(key)) return null;
  const value = config.values[key];
  if (typeof value !== "object" || Array.isArray(value)) config.fail(key, "an object");
  return new Config(`${config.label}: ${key}`, value as Record<string, unknown>);
}
