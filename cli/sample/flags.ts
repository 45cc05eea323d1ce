/** The command line of `deno task sample`. */
import type { Command } from "commander";
import { type SamplerName, samplers } from "../../lib/diffusion/samplers/mod.ts";
import { type ViewName, views } from "../../lib/effects/views/mod.ts";
import { UsageError } from "../errors.ts";
import {
  addDeviceOptions,
  createCommand,
  type DeviceOptions,
  finiteNumber,
  guidanceHelp,
  guidanceScale,
  integer,
  oneOf,
  quote,
  wholeNumber,
} from "../options.ts";
import { defaults, limits } from "./sample_parameters.ts";

/** What the command line gives. */
export interface SampleFlags extends DeviceOptions {
  readonly model?: string;
  readonly steps?: number;
  readonly sampler?: SamplerName;
  readonly guidance?: number;
  readonly seed?: number;
  readonly count?: number;
  readonly scale?: number;
  readonly negative?: string;
  readonly image?: string;
  readonly strength?: number;
  readonly mask?: string;
  readonly upscale?: string;
  readonly upscaleSteps?: number;
  readonly embeddings?: string;
  readonly anagram?: readonly string[];
  readonly view?: readonly ViewName[];
  readonly hybrid?: string;
  readonly seeds?: readonly number[];
  readonly prompts?: string;
  readonly height?: number;
  readonly width?: number;
  readonly keepAspect?: true;
  readonly variant?: string;
  readonly mapped?: true;
  readonly out: string;
  readonly json?: true;
  readonly again?: string;
}

/** The options that a picture has in itself, and `--again` therefore excludes. */
const drawn = [
  ...["steps", "sampler", "guidance", "seed", "count", "scale", "negative", "strength"] as const,
  ...["anagram", "view", "hybrid", "seeds", "prompts"] as const,
  ...["height", "width", "keepAspect", "variant"] as const,
];

/** The options that only models that draw texts have. */
const ofTexts = [
  ...["negative", "image", "strength", "mask", "upscale", "upscaleSteps", "embeddings"] as const,
  ...["anagram", "view", "hybrid", "seeds", "prompts"] as const,
  ...["height", "width", "keepAspect", "variant", "mapped"] as const,
];

const viewNames = Object.keys(views) as ViewName[];

/** A parser of an option that may be given several times. */
function collect<T>(parse: (text: string) => T): (text: string, before?: readonly T[]) => readonly T[] {
  return (text, before = []) => [...before, parse(text)];
}

/** The seeds of a list, a range being all from its first to its last. */
function seedList(text: string): readonly number[] {
  const parse = integer("seeds");
  const seeds = text.split(",").flatMap((part) => {
    const range = /^\s*(\d+)-(\d+)\s*$/.exec(part);
    if (!range) return [parse(part.trim())];
    const [from, to] = [parse(range[1]), parse(range[2])];
    if (to < from || to - from >= limits.count) {
      throw new UsageError(
        `seeds: ${quote(part)} where a rising range of at most ${limits.count} is expected`,
      );
    }
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  if (seeds.length > limits.count) {
    throw new UsageError(`seeds: ${seeds.length} where at most ${limits.count} are expected`);
  }
  return seeds;
}

/** The parser of {@linkcode SampleFlags}; the arguments are the prompt's words. */
export function sampleCommand(): Command {
  const names = Object.keys(samplers) as SamplerName[];
  return addDeviceOptions(
    createCommand("sample", "Generates images from digits or from a text prompt.")
      .argument("[prompt...]", "digits, such as 7 or 2024, or a text prompt")
      .option(
        "--model <model>",
        `a model's name or folder, or ORG/NAME (default: "${defaults.model}", for text "emoji-I")`,
      )
      .option(
        "--steps <n>",
        `number of steps (default: ${defaults.steps}; for text the model's own, else 100, with --image 80, with --mask 50)`,
        wholeNumber("steps", 1, 1_000_000),
      )
      .option(
        "--sampler <name>",
        `${names.join(", ")} (default: "${defaults.sampler}"; of texts that of the model's scheduler)`,
        oneOf("sampler", names),
      )
      .option(
        "--guidance <scale>",
        guidanceHelp(`${defaults.guidance}; of texts as the model says, else 7, with --image 10`),
        guidanceScale,
      )
      .option("--seed <n>", "seed of the first image (default: random)", integer("seed"))
      .option(
        "--count <n>",
        `images per digit or prompt (default: ${defaults.count})`,
        wholeNumber("count", 1, limits.count),
      )
      .option(
        "--scale <n>",
        `zoom factor of the single images (default: ${defaults.scale})`,
        wholeNumber("scale", 1, limits.scale),
      )
      .option("--negative <text>", "negative prompt: what to steer away from")
      .option(
        "--height <n>",
        "height of the first stage's images in pixels (default: the model's own)",
        side("height"),
      )
      .option("--width <n>", "width, likewise", side("width"))
      .option("--image <file>", "image to start from, cropped to its central square")
      .option(
        "--strength <s>",
        "how much of --image to change, above 0 up to 1 (default: 0.7, with --mask 1)",
        strength,
      )
      .option("--keep-aspect", "keep the aspect ratio of --image instead of cropping it to a square")
      .option(
        "--mask <file>",
        "mask for inpainting: its white part of --image is regenerated, the rest is kept",
      )
      .option(
        "--upscale <model>",
        "model for the second stage, which upscales, or none (default: the one that the first names)",
      )
      .option(
        "--upscale-steps <n>",
        "number of steps of the second stage",
        wholeNumber("upscale-steps", 1, 1_000_000),
      )
      .option(
        "--embeddings <file>",
        "prompts encoded by deno task models encode, to do without a text encoder",
      )
      .option(
        "--anagram <text>",
        "what the image shows under --view; repeatable",
        collect((text) => text),
      )
      .option(
        "--view <view>",
        `view for --anagram (default: "flip"): ${viewNames.join(", ")}`,
        collect(oneOf("view", viewNames)),
      )
      .option("--hybrid <text>", "what the image shows from a distance; up close it shows the prompt")
      .option(
        "--seeds <list>",
        "seeds such as 3,5,8 or 10-14, instead of --seed and --count",
        seedList,
      )
      .option(
        "--prompts <file>",
        "file with one prompt per line; a line that begins with # is a comment, with \\# a prompt",
      )
      .option(
        "--variant <name>",
        "variant of the weights, such as fp16 (default: the weights without a variant)",
      )
      .option("--mapped", "leave weights in their files: opens instantly, less memory, slower steps")
      .option("--out <folder>", "folder for the images", "out")
      .option(
        "--again <picture>",
        "regenerate an image, or the sheet of a run, from the parameters stored in it",
      )
      .option("--json", "print one line of JSON"),
  );
}

/**
 * Refuses what goes against the picture that is to be drawn again.
 *
 * @throws {UsageError} if there is a prompt, or an option of what is drawn.
 */
export function assertNothingDrawn(words: readonly string[], options: SampleFlags): void {
  const given = [...drawn, "upscaleSteps" as const].filter((name) => options[name] !== undefined);
  const extra = [...given.map(flag), ...(words.length ? ["a prompt"] : [])];
  if (extra.length) {
    throw new UsageError(`again: with ${extra.join(", ")} where none is expected; the picture has its own`);
  }
}

/** The first option that only models that draw texts have, without its dashes; undefined if there is none. */
export function optionOfTexts(options: SampleFlags): string | undefined {
  const name = ofTexts.find((name) => options[name] !== undefined);
  return name && flag(name).slice(2);
}

/**
 * Refuses what a model that draws digits does not know.
 *
 * @throws {UsageError} if an option of texts is given.
 */
export function assertDigitsOptions(options: SampleFlags, model: string): void {
  const name = optionOfTexts(options);
  if (name === undefined) return;
  throw new UsageError(
    `${name}: given where none is expected: --model ${model} draws no texts`,
  );
}

/** As it is written on the command line. */
function flag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function side(name: string): (text: string) => number {
  return wholeNumber(name, 1, limits.side);
}

function strength(text: string): number {
  const value = finiteNumber("strength")(text);
  if (value > 0 && value <= 1) return value;
  throw new UsageError(`strength: ${value} where a number above 0 and at most 1 is expected`);
}
