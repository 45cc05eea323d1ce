/** The command line of `deno task sample`: the fields of a generation, those of the effects, and those of the task itself. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { Command } from "commander";
import { effects, type GuidanceInterval } from "../../lib/effects/mod.ts";
import { type GenerationChoices, generationFields as fields } from "../../lib/generation/mod.ts";
import { addFieldOption, flagName } from "../field_option.ts";
import { addFleetOptions, type FleetFlags } from "../fleet/options.ts";
import { addDeviceOptions, createCommand, type DeviceOptions } from "../options.ts";
import { parseLearnedToken } from "../learned_tokens.ts";
import { type LoraChoice, parseLora } from "../loras.ts";
import { parseGuidanceInterval } from "./parse_guidance_interval.ts";
import { parseSeeds } from "./parse_seeds.ts";
import { parseTimesteps } from "./parse_timesteps.ts";

/** The parsed options, except those of effects. */
export interface SampleFlags extends GenerationChoices, DeviceOptions, FleetFlags {
  readonly embeddings?: string;
  readonly seeds?: readonly number[];
  readonly timesteps?: readonly number[];
  readonly guidanceInterval?: GuidanceInterval;
  readonly lora?: readonly LoraChoice[];
  readonly upscaleLora?: readonly LoraChoice[];
  readonly embedding?: readonly string[];
  readonly prompts?: string;
  readonly mapped?: true;
  readonly profile?: true;
  readonly out: string;
  readonly json?: true;
  readonly again?: string;
}

type FieldName = keyof GenerationChoices;

/** Value placeholders more telling than those of the fields' kinds. */
const placeholders: Partial<Record<FieldName, string>> = { guidance: "scale", strength: "s" };

/** The fields that every model has. */
const ofAll: readonly FieldName[] = ["model", "steps", "sampler", "guidance", "seed", "count", "scale"];

/** The fields that may be given when an image is regenerated: paths, since its files may have moved. */
const found: readonly FieldName[] = ["model", "image", "mask", "upscale"];

/** The options of effects: each effect has one of its name, for the prompt, and one for each other field. */
export const effectOptions: readonly string[] = [...effects.values()].flatMap(({ name, fields }) => [
  name,
  ...Object.keys(fields).filter((key) => key !== "prompt"),
]);

const ofFields = Object.keys(fields) as FieldName[];

/** The options stored in images, which `--again` therefore excludes. */
const drawn = [
  ...ofFields.filter((name) => !found.includes(name)),
  ...effectOptions,
  "seeds",
  "timesteps",
  "guidanceInterval",
  "prompts",
];

/** The options that only text-to-image models have. */
const ofTexts = [
  ...ofFields.filter((name) => !ofAll.includes(name)),
  ...[
    "embeddings",
    ...effectOptions,
    "seeds",
    "timesteps",
    "guidanceInterval",
    "lora",
    "upscaleLora",
    "embedding",
    "prompts",
    "mapped",
    "profile",
  ],
];

/** The parser of {@linkcode SampleFlags}; the arguments are the prompt's words. */
export function sampleCommand(): Command {
  const command = createCommand("sample", "Generates images from digits or from a text prompt.")
    .argument("[prompt...]", "digits, such as 7 or 2024, or a text prompt");
  const add = (name: FieldName) =>
    addFieldOption(command, name, fields[name], { placeholder: placeholders[name] });
  ofFields.filter((name) => name !== "variant").forEach(add);
  command.option(
    "--embeddings <file>",
    "prompts encoded by deno task models encode; no text encoder is needed",
  );
  for (const { name, fields, repeatable } of effects.values()) {
    addFieldOption(command, name, fields.prompt, { repeatable });
    for (const [key, field] of Object.entries(fields)) {
      const known = command.options.some((option) => option.attributeName() === key);
      if (key !== "prompt" && !known) addFieldOption(command, key, field, { placeholder: key, repeatable });
    }
  }
  command
    .option("--seeds <list>", "seeds such as 3,5,8 or 10-14, instead of --seed and --count", parseSeeds)
    .option(
      "--timesteps <list>",
      "timesteps of the first stage, such as 990,660,330,0 or fast27, instead of --steps",
      parseTimesteps,
    )
    .option(
      "--guidance-interval <from-to>",
      "timesteps at which --guidance applies, such as 200-800; the other steps skip the unconditional pass and take half the time",
      parseGuidanceInterval,
    )
    .option(
      "--prompts <file>",
      "file with one prompt per line; a line that begins with # is a comment, with \\# a prompt",
    );
  add("variant");
  command
    .option(
      "--lora <file[:scale]>",
      "LoRA for --model, as written by deno task train lora or diffusers; repeatable",
      parseLora("lora"),
    )
    .option("--upscale-lora <file[:scale]>", "LoRA for --upscale, likewise", parseLora("upscale-lora"))
    .option(
      "--embedding <file>",
      "learned token for prompts, as written by deno task train textual-inversion or diffusers; repeatable",
      parseLearnedToken("embedding"),
    )
    .option("--mapped", "leave weights in their files: opens instantly, less memory, slower steps")
    .option("--out <folder>", "folder for the images", "out")
    .option(
      "--again <image>",
      "regenerate an image, or the sheet of a run, from the parameters stored in it",
    )
    .option("--profile", "report where the time went: by phase, and for the networks by operator type")
    .option("--json", "print one line of JSON");
  return addDeviceOptions(addFleetOptions(command));
}

/** An option's value by its name. */
export function flagOf(flags: SampleFlags, name: string): unknown {
  return (flags as unknown as Record<string, unknown>)[name];
}

/**
 * Refuses options that conflict with the image to regenerate.
 *
 * @throws {ArgumentError} if there is a prompt, or an option that is stored in the image.
 */
export function assertNothingDrawn(words: readonly string[], flags: SampleFlags): void {
  const given = drawn.filter((name) => flagOf(flags, name) !== undefined);
  const extra = [...given.map((name) => `--${flagName(name)}`), ...(words.length ? ["a prompt"] : [])];
  if (extra.length) {
    throw new ArgumentError("again", described(`with ${extra.join(", ")}`), "none", {
      note: "the image has its own",
    });
  }
}

/** The first option that only text-to-image models have, without its dashes; undefined if there is none. */
export function optionOfTexts(flags: SampleFlags): string | undefined {
  const name = ofTexts.find((name) => flagOf(flags, name) !== undefined);
  return name && flagName(name);
}

/** Text options that unconditional models support as well. */
const ofUnconditional = [
  "image",
  "strength",
  "keepAspect",
  "mask",
  "rule",
  "jumps",
  "height",
  "width",
  "variant",
  "seeds",
  "timesteps",
  "mapped",
];

/**
 * Refuses options that unconditional models do not support.
 *
 * @throws {ArgumentError} if a text option or a guidance scale is given.
 */
export function assertUnconditionalOptions(flags: SampleFlags, model: string): void {
  const others = [...ofTexts.filter((name) => !ofUnconditional.includes(name)), "guidance"];
  const name = others.find((name) => flagOf(flags, name) !== undefined);
  if (name === undefined) return;
  const note = `--model ${model} draws from noise alone`;
  throw new ArgumentError(flagName(name), described("given"), "none", { note });
}

/**
 * Refuses options that digit models do not support.
 *
 * @throws {ArgumentError} if a text option is given.
 */
export function assertDigitsOptions(flags: SampleFlags, model: string): void {
  const name = optionOfTexts(flags);
  if (name === undefined) return;
  throw new ArgumentError(name, described("given"), "none", { note: `--model ${model} draws no texts` });
}
