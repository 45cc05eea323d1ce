/** `deno task sample` with unconditional networks: `DDPMPipeline` and `DDIMPipeline` of diffusers. */
import { ArgumentError, described } from "../../lib/errors.ts";
import {
  generateUnconditional,
  generationDefaults,
  resolveGenerationOptions,
  type StoredGeneration,
  type UserChoices,
} from "../../lib/generation/mod.ts";
import { type ModelFolder, openUnet2D, type Unet2DModel } from "../../lib/models/mod.ts";
import { imageSize } from "../../lib/pipelines/mod.ts";
import { assertVariant } from "../models/assert_variant.ts";
import { OutputFolder } from "../output_folder.ts";
import { assertDrawable } from "./assert_drawable.ts";
import { assertScale } from "./assert_memory.ts";
import { drawAndWrite } from "./draw_and_write.ts";
import { assertUnconditionalOptions, type SampleFlags } from "./flags.ts";
import { readSources, type SourceImages } from "./source_images.ts";
import { assertTogether } from "./text_choices.ts";
import { assertSame } from "./text_sources.ts";

/** The minimum width of single images on the sheet, in pixels, as far as whole factors allow. */
const GRID_SIZE = 128;

/** Refuses a network whose output cannot be shown, or whose classes are vectors, which a command line cannot give. */
function assertPictures({ config: { inChannels, classes } }: Unet2DModel, model: string): void {
  if (inChannels !== 1 && inChannels !== 3) {
    const found = described(`${model}, of images of ${inChannels} channels`);
    throw new ArgumentError("model", found, "one of 1 or 3 channels");
  }
  if (classes && classes.kind !== "table" && classes.kind !== "timestep") {
    const found = described(`${model}, whose classes are vectors`);
    throw new ArgumentError("model", found, "one of numbered classes, or of none");
  }
}

/** The prompt: a class number for a network with classes, else none. */
function promptsOf(words: readonly string[], { config: { classes } }: Unet2DModel, model: string): string[] {
  const prompt = words.join(" ");
  if (!classes) {
    if (words.length === 0) return [];
    throw new ArgumentError("prompt", prompt, "none", { note: `--model ${model} draws from noise alone` });
  }
  const last = classes.kind === "table" ? classes.count - 1 : Number.MAX_SAFE_INTEGER;
  if (/^\d+$/.test(prompt) && Number(prompt) <= last) return [String(Number(prompt))];
  const expected = classes.kind === "table" ? `a class from 0 to ${last}` : "a class, a whole number from 0";
  const found = words.length ? prompt : described("none");
  throw new ArgumentError("prompt", found, expected, { note: `by --model ${model}` });
}

/** The choices of a new run. */
function choicesOf(flags: SampleFlags, prompts: readonly string[], sources: SourceImages): UserChoices {
  const { image, mask } = sources;
  assertTogether(flags, sources);
  return { ...flags, of: "unconditional", prompts, image: image?.file ?? null, mask: mask?.file ?? null };
}

/**
 * Generates images from noise, or from an image, writes them and prints their paths.
 *
 * @param words The words of the command line.
 * @param flags Its options.
 * @param folder The model.
 * @param again The options of the image to regenerate, if any.
 * @param signal Aborts.
 */
export async function sampleUnconditionalImages(
  words: readonly string[],
  flags: SampleFlags,
  folder: ModelFolder,
  again: StoredGeneration | undefined,
  signal: AbortSignal,
): Promise<void> {
  assertUnconditionalOptions(flags, folder.name);
  if (flags.queue !== undefined) {
    const note = `workers have no unconditional models such as ${folder.name}`;
    throw new ArgumentError("queue", described("given"), "none", { note });
  }
  const { variant } = folder;
  await assertVariant(folder.path, variant);
  await using model = await openUnet2D(folder.files, {
    device: flags.device,
    threads: flags.threads,
    ...(flags.mapped && { prepack: false }),
    variant,
    onFallback: (message) => console.error(`note: ${message}`),
  });
  assertPictures(model, folder.name);
  const was = again?.options;
  const images = await readSources(flags.image ?? was?.image?.path, flags.mask ?? was?.mask?.path);
  const { image, mask } = images;
  const sources = { model: folder, ...images, upscaler: null };
  if (was) await assertSame(was, sources);
  const defaults = generationDefaults("unconditional", { image: image !== null, mask: mask !== null });
  const options = was ??
    await resolveGenerationOptions(
      defaults,
      sources,
      choicesOf(flags, promptsOf(words, model, folder.name), images),
    );
  await assertDrawable(options, model, sources, again?.picture);
  assertScale(Math.max(...imageSize(model, options)), options.scale);
  await using out = await OutputFolder.open(flags.out);
  await drawAndWrite(
    {
      options,
      picture: again?.picture,
      steps: generateUnconditional(options, { model, image: image?.picture, mask: mask?.picture, signal }),
      runtimeMs: () => model.runtimeMs,
      range: model.spec.range,
      layOut: (x) => ({ gridScale: Math.max(1, Math.floor(GRID_SIZE / Math.max(...x.shape.slice(2)))) }),
      device: model.device,
    },
    out,
    flags,
  );
}
