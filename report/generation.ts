/**
 * A generation by its options as a section, not part of the report: the command line runs it on a fleet.
 *
 * @module
 */
import { z } from "zod";
import { ArgumentError, described } from "../lib/errors.ts";
import { sampleDigits } from "../lib/pipelines/mod.ts";
import { findEffect } from "../lib/effects/mod.ts";
import {
  generate,
  type GenerationOptions,
  type LoraReference,
  readGenerationText,
  stepCount,
  STORED_KEYWORD,
} from "../lib/generation/mod.ts";
import type { SampleStep } from "../lib/diffusion/mod.ts";
import type { PixelRange } from "../lib/image.ts";
import { concat, reshape, slice, type Tensor } from "../lib/tensor.ts";
import type { AddedWeights, Context } from "./context.ts";
import { png } from "./drawing/sheet.ts";
import { image, mask, model, weightFiles } from "./fields.ts";
import { type Cell, defineSection, type Figure } from "./section.ts";

/** How many characters the options may have: prompts are short. */
const LENGTH = 200_000;

/** The value for no picture, mask or second stage. */
const NONE = "none";

/** The parameters that locate files and models, whose names in the options are those of another machine. */
interface Places {
  readonly model: string;
  readonly upscale: string;
  readonly image: string;
  readonly mask: string;
  readonly loras: readonly string[];
  readonly upscaleLoras: readonly string[];
  readonly learnedTokens: readonly string[];
}

/** What the files that a run draws with are called. */
const words = { label: "Weights", help: "LoRAs, or learned tokens, as they are in the options." };

/** Steps, and how their pictures are shown. */
interface Drawing {
  readonly steps: AsyncIterable<SampleStep>;
  readonly range: PixelRange;
  /** Each picture, and the other ways to look at it. */
  readonly ways: (x: Tensor) => readonly Tensor[];
}

/**
 * Generates images. Each is a figure: the image as it is, unenlarged, and to its right what else is seen of it where it has an
 * effect, a cell for each.
 */
export const generation = defineSection({
  id: "generation",
  title: "A generation",
  summary: "Images by the options that images store of themselves.",
  blocks: [],
  parameters: z.object({
    options: z.string().max(LENGTH).default(""),
    model: model("text-to-image", "emoji-I"),
    upscale: model("super-resolution", NONE),
    image: image(NONE),
    mask: mask(NONE),
    loras: weightFiles(words),
    upscaleLoras: weightFiles(words),
    learnedTokens: weightFiles(words),
  }),
  quick: {},
  async *run({ options: text, ...places }, context) {
    const options = readOptions(text);
    const total = stepCount(options);
    const { steps, range, ways } = options.of === "digits"
      ? await drawDigits(options, places, context)
      : await drawTexts(options, places, context);
    let last: SampleStep | undefined;
    let done = 0;
    for await (const step of steps) {
      last = step;
      yield { type: "progress", done: ++done, total, label: "steps" };
    }
    const seen = ways(last!.x);
    for (let n = 0; n < last!.x.shape[0]; n++) {
      const strip = concat(seen.map((pictures) => slice(pictures, n, n + 1)), 3);
      yield { type: "figure", figure: figureOf(n + 1, strip, seen.length, range) };
    }
  },
});

/** @throws {ArgumentError} if the options cannot be generated with these parameters. */
function readOptions(text: string): GenerationOptions {
  let options: GenerationOptions;
  try {
    options = readGenerationText(text).options;
  } catch (cause) {
    throw new ArgumentError("options", described("given"), `what images store as "${STORED_KEYWORD}"`, {
      note: (cause as Error).message,
      cause,
    });
  }
  if (options.of !== "unconditional") return options;
  throw new ArgumentError("options", described("of images of nothing"), "those of digits or texts");
}

async function drawDigits(
  { prompts: [prompt], count, seed, sampler, steps, guidance }: GenerationOptions,
  { model: name }: Places,
  { models, signal }: Context,
): Promise<Drawing> {
  const network = await models.digits(name);
  const row = prompt === undefined ? [null] : [...prompt].map(Number);
  const labels = Array.from({ length: count }, () => row).flat();
  const own = { seed, sampler, numInferenceSteps: steps, guidanceScale: guidance, signal };
  return {
    steps: sampleDigits(network, labels, own),
    range: network.spec.range as PixelRange,
    ways: (x) => [x],
  };
}

async function drawTexts(options: GenerationOptions, places: Places, context: Context): Promise<Drawing> {
  const { models, images, signal } = context;
  const { prompts, negative, effect } = options;
  const text = await models.textToImage(places.model, {
    loras: lorasAt("loras", places.loras, options.loras),
    learnedTokens: places.learnedTokens,
  });
  const upscaler = await models.superResolution(places.upscale, places.model, {
    loras: lorasAt("upscaleLoras", places.upscaleLoras, options.upscale?.loras),
  });
  const all = await text.encode([...prompts, ...(effect?.parts ?? []).map(({ prompt }) => prompt), negative]);
  const [end, rest] = [all.shape[0] - 1, prompts.length];
  const first = await text.network();
  const second = await upscaler?.network();
  const batched = (x: Tensor) => reshape(x, [1, ...x.shape]);
  const steps = generate(options, {
    models: [first, second],
    embeddings: { prompts, negative, text: slice(all, 0, rest), negativeText: slice(all, end, end + 1) },
    ...(rest < end && { partEmbeddings: slice(all, rest, end) }),
    ...(places.image !== NONE && { image: batched(await images.picture(places.image)) }),
    ...(places.mask !== NONE && { mask: batched(await images.mask(places.mask)) }),
    signal,
  });
  const perspectives = effect
    ? findEffect(effect.name).perspectives(effect.parts, { pixels: first.spec.size })
    : [];
  return {
    steps,
    range: (second ?? first).spec.range as PixelRange,
    ways: (x) => [x, ...perspectives.map(({ apply }) => apply(x))],
  };
}

/** The LoRAs of the options with the ids of their files. */
function lorasAt(
  argument: string,
  ids: readonly string[],
  loras: readonly LoraReference[] = [],
): AddedWeights["loras"] {
  if (ids.length !== loras.length) {
    throw new ArgumentError(argument, described(`${ids.length} files`), `${loras.length}`, { plural: true });
  }
  return loras.map(({ scale }, i) => ({ id: ids[i], scale }));
}

function figureOf(number: number, strip: Tensor, ways: number, range: PixelRange): Figure {
  const [, , height, all] = strip.shape;
  const width = all / ways;
  const cells: Cell[] = Array.from({ length: ways }, (_, column) => {
    return { row: 0, column, x: column * width, y: 0, width, height, label: "" };
  });
  return {
    ...{ name: `image-${number}`, caption: `Image ${number}.`, alt: `Image ${number}.` },
    ...{ rows: [], columns: [], cells, parameters: {}, media: png(strip, range) },
  };
}
