/** `deno task sample` by DeepFloyd IF's networks: pictures of texts, from noise or from a picture, enlarged or not. */
import { join } from "node:path";
import { Config } from "../lib/checkpoints/config.ts";
import type { SampleStep } from "../lib/diffusion/sample.ts";
import { imageToImageTimesteps } from "../lib/diffusion/timesteps.ts";
import { type DeepFloydModel, openDeepFloyd, readDeepFloydScheduler } from "../lib/models/deepfloyd.ts";
import { readKind } from "../lib/models/kind.ts";
import { listModels } from "../lib/models/load.ts";
import { readSamplingDefaults, type SamplingDefaults } from "../lib/models/sampling_defaults.ts";
import { cascade } from "../lib/pipelines/cascade.ts";
import { imageToImage } from "../lib/pipelines/image_to_image.ts";
import { inpaint } from "../lib/pipelines/inpaint.ts";
import { inpaintSuperResolutionDefaults } from "../lib/pipelines/inpaint_super_resolution.ts";
import { openTextToImage, type TextToImage } from "../lib/pipelines/open_text_to_image.ts";
import { imageSize } from "../lib/pipelines/image_size.ts";
import { prepareImage, prepareMask } from "../lib/pipelines/prepare_image.ts";
import {
  encodePrompts,
  type PromptEmbeddings,
  readPromptEmbeddings,
} from "../lib/pipelines/prompt_embeddings.ts";
import { textToImage } from "../lib/pipelines/text_to_image.ts";
import { readDeepFloydConfig } from "../lib/nn/deepfloyd/mod.ts";
import { concat, map, repeat, slice, type Tensor } from "../lib/tensor.ts";
import { assertPixels, assertScale } from "./assert_memory.ts";
import { assertSteps } from "./assert_steps.ts";
import { assertVariant } from "./assert_variant.ts";
import { drawComposed, otherTexts, seenOtherwise } from "./composed_pictures.ts";
import { UsageError } from "./errors.ts";
import { findModelToRun } from "./find_model.ts";
import { newParameters, type Sources, type Upscaler } from "./new_text_parameters.ts";
import { OutputFolder } from "./output_folder.ts";
import { encodePictures } from "./picture_files.ts";
import { readPrompts } from "./prompt_file.ts";
import { showProgress } from "./progress.ts";
import type { SampleOptions } from "./sample_options.ts";
import { limits } from "./sample_parameters.ts";
import { printReport } from "./sample_report.ts";
import { readSources, type SourcePictures } from "./source_pictures.ts";
import { StepClock } from "./step_clock.ts";
import { seedsOf, textFileStem, type TextParameters, textPngText } from "./text_parameters.ts";
import { truncationNote } from "./truncation_note.ts";
import { unknownWordsNote } from "./vocabulary.ts";
import { weightsDigest } from "./weights_digest.ts";

/** What is to be drawn: by the options, or as in a picture. */
export interface TextPlan {
  /** The model as it was asked for. */
  readonly model: string;
  /** Its folder. */
  readonly folder: string;
  /** The picture that is drawn again: its parameters and, of a single one, its number. */
  readonly again?: { readonly parameters: TextParameters; readonly picture?: number };
}

/** How wide single pictures on the sheet are at least, in pixels, if whole factors allow it. */
const GRID_SIZE = 128;

/** What the sides of pictures are multiples of at least, as in DeepFloyd IF. */
const STEP = 8;

async function findUpscaler(model: string, variant?: string): Promise<Upscaler> {
  const folder = await findModelToRun(model, "upscale");
  if (await readKind(folder) !== "super-resolution") {
    throw new UsageError(`upscale: ${JSON.stringify(model)} where a model that enlarges is expected`);
  }
  const weights = await weightsDigest(join(folder, "unet"), { variant });
  const config = readDeepFloydConfig(await Config.read(join(folder, "unet", "config.json")));
  const scheduler = await readDeepFloydScheduler(folder, config);
  return { model, folder, weights, defaults: await readSamplingDefaults(folder), scheduler };
}

/** The model that enlarges where none is named: the one that the first stage names, if it is here. */
async function defaultUpscaler({ superResolution }: SamplingDefaults): Promise<string | undefined> {
  return superResolution !== undefined && (await listModels()).includes(superResolution)
    ? superResolution
    : undefined;
}

/** Refuses files that are not those of the picture that is drawn again. */
function assertSame(parameters: TextParameters, weights: string, { image, mask, upscaler }: Sources): void {
  const pairs = {
    model: [weights, parameters.weights],
    image: [image?.file.digest, parameters.image?.digest],
    mask: [mask?.file.digest, parameters.mask?.digest],
    upscale: [upscaler?.weights, parameters.upscale?.weights],
  };
  for (const [name, [found, expected]] of Object.entries(pairs)) {
    if (found === expected) continue;
    const what = found === undefined ? "none" : `another one (${found})`;
    throw new UsageError(
      `again: --${name} is ${what} where ${expected ?? "none"}, by which the picture was drawn, is expected`,
    );
  }
}

/** What of the parameters the schedule and the number of pictures do not allow is told before anything is computed. */
function assertDrawable(
  parameters: TextParameters,
  { scheduler, config }: TextToImage,
  upscaler: Upscaler | null,
  picture?: number,
): void {
  const { prompts, sampler, steps, count, strength, upscale } = parameters;
  assertPixels(imageSize({ spec: config, config }, parameters), prompts.length, count);
  assertSteps("steps", scheduler, sampler, steps);
  if (upscale && upscaler) {
    assertSteps("upscale-steps", upscaler.scheduler, upscale.sampler ?? sampler, upscale.steps);
  }
  if (strength !== null) imageToImageTimesteps(Array<number>(steps).fill(0), strength);
  const total = prompts.length * count;
  if (total > limits.pictures) {
    const most = Math.floor(limits.pictures / prompts.length);
    throw new UsageError(`count: ${count} where at most ${most} is expected for ${prompts.length} prompts`);
  }
  if (picture !== undefined && picture > total) {
    throw new UsageError(`again: picture ${picture} where one of the run's ${total} is expected`);
  }
}

/** The embeddings of a run's prompts, from those that were encoded before. */
function choose(
  encoded: PromptEmbeddings,
  { prompts, negative }: Pick<TextParameters, "prompts" | "negative">,
): PromptEmbeddings {
  if (negative !== encoded.negative) {
    throw new UsageError(
      `embeddings: without the negative prompt ${JSON.stringify(negative)} of the picture`,
    );
  }
  const rows = prompts.map((prompt) => {
    const i = encoded.prompts.indexOf(prompt);
    if (i !== -1) return slice(encoded.text, i, i + 1);
    const known = encoded.prompts.map((text) => JSON.stringify(text)).join(", ");
    throw new UsageError(`prompt: ${JSON.stringify(prompt)} where one of --embeddings is expected: ${known}`);
  });
  return { ...encoded, prompts, text: concat(rows) };
}

/** Checks that embeddings are those of an encoder such as the network's. */
function assertWidth({ text }: PromptEmbeddings, { textLength, config }: TextToImage, path: string): void {
  const [, ...shape] = text.shape;
  const expected = [textLength, config.textWidth];
  if (shape.every((n, i) => n === expected[i])) return;
  throw new UsageError(
    `embeddings: ${JSON.stringify(path)} of shape [${shape}] where [${expected}] is expected`,
  );
}

/** The steps of a run, of one stage or of both. */
function draw(
  [first, second]: readonly [DeepFloydModel, DeepFloydModel?],
  { embeddings, others }: EncodedTexts,
  { image, mask }: SourcePictures,
  parameters: TextParameters,
  signal: AbortSignal,
): AsyncGenerator<SampleStep & { readonly stage?: number }, void, undefined> {
  const { text, negativeText } = embeddings;
  const { prompts, sampler, steps, guidance, count, height, width, keepAspect, upscale } = parameters;
  const texts = prompts.length;
  // A picture's seed is its own: it is the same however many are drawn with it.
  const seeds = prompts.flatMap(() => seedsOf(parameters));
  if (others) {
    return drawComposed([first, second], { parameters, embeddings, others, seeds, signal });
  }
  const common = { seed: seeds, negative: repeat(negativeText, texts), numImagesPerPrompt: count, signal };
  const strength = parameters.strength ?? undefined;
  const own = { sampler, numInferenceSteps: steps, guidanceScale: guidance, strength };
  if (second) {
    return cascade([first, second], text, {
      ...common,
      height,
      width,
      crop: !keepAspect,
      image: image ? repeat(image.picture, texts) : undefined,
      mask: mask ? map(mask.picture, (value) => value >= 0 ? 1 : 0) : undefined,
      first: own,
      second: {
        sampler: upscale!.sampler ?? sampler,
        numInferenceSteps: upscale!.steps,
        guidanceScale: upscale!.guidance,
        noiseLevel: upscale!.noiseLevel,
      },
    });
  }
  const options = { ...common, ...own };
  if (!image) return textToImage(first, text, { ...options, height, width });
  const { spec: { size }, config: { sizeStep } } = first;
  const fit = { crop: !keepAspect, multiple: Math.max(STEP, sizeStep) };
  const prepared = repeat(prepareImage(image.picture, size, fit), texts);
  if (!mask) return imageToImage(first, text, prepared, options);
  return inpaint(first, text, prepared, prepareMask(mask.picture, size, fit), options);
}

/** Texts as the networks hear them. */
interface EncodedTexts {
  /** The prompts, and what to avoid. */
  readonly embeddings: PromptEmbeddings;
  /** What is seen under views, or from afar. */
  readonly others?: Tensor;
  /** How long it took, in milliseconds. */
  readonly encodeMs?: number;
}

/** Encodes prompts, or takes them from a file. */
async function embeddingsOf(
  pipeline: TextToImage,
  parameters: TextParameters,
  encoded: PromptEmbeddings | undefined,
  signal: AbortSignal,
): Promise<EncodedTexts> {
  const start = performance.now();
  const { negative } = parameters;
  const prompts = [...parameters.prompts, ...otherTexts(parameters)];
  const all = encoded
    ? choose(encoded, { prompts, negative })
    : await encodePrompts(pipeline, prompts, negative, { signal });
  const encodeMs = encoded ? undefined : performance.now() - start;
  const { length } = parameters.prompts;
  if (length === prompts.length) return { embeddings: all, encodeMs };
  const embeddings = { ...all, prompts: parameters.prompts, text: slice(all.text, 0, length) };
  return { embeddings, others: slice(all.text, length, prompts.length), encodeMs };
}

/** Draws pictures of texts, writes them and prints where they are. */
export async function sampleTextPictures(
  words: readonly string[],
  options: SampleOptions,
  { model, folder, again }: TextPlan,
  signal: AbortSignal,
): Promise<void> {
  const device = {
    device: options.device,
    threads: options.threads,
    ...(options.mapped && { prepack: false }),
    onFallback: (message: string) => console.error(`note: ${message}`),
  };
  const variant = again?.parameters.variant ?? options.variant;
  await assertVariant(folder, variant);
  await using pipeline = await openTextToImage(folder, {
    ...device,
    variant,
    onTruncated: (prompt, lost) => console.error(truncationNote(prompt, lost, pipeline.textLength)),
  });
  const was = again?.parameters;
  const sampling = await readSamplingDefaults(folder);
  const upscaleModel = options.upscale ?? (was ? was.upscale?.model : await defaultUpscaler(sampling));
  const sources: Sources = {
    scheduler: pipeline.scheduler,
    ...await readSources(options.image ?? was?.image?.path, options.mask ?? was?.mask?.path),
    sampling,
    upscaler: upscaleModel === undefined || upscaleModel === "none"
      ? null
      : await findUpscaler(upscaleModel, variant),
    embeddings: options.embeddings === undefined ? undefined : await readPromptEmbeddings(options.embeddings),
    prompts: options.prompts === undefined ? undefined : await readPrompts(options.prompts),
  };
  if (sources.embeddings) assertWidth(sources.embeddings, pipeline, options.embeddings!);
  const weights = await weightsDigest(join(folder, "unet"), { variant });
  if (was) assertSame(was, weights, sources);
  const parameters = was ?? newParameters(words, { ...options, model }, sources, { model, weights });
  assertDrawable(parameters, pipeline, sources.upscaler, again?.picture);
  const note = await unknownWordsNote(parameters.model, folder, [...parameters.prompts, parameters.negative]);
  if (note) console.error(note);
  await using out = await OutputFolder.open(options.out);

  const texts = await embeddingsOf(pipeline, parameters, sources.embeddings, signal);
  const first = await pipeline.network();
  await using second = sources.upscaler
    ? await openDeepFloyd(sources.upscaler.folder, { ...device, variant, textLength: pipeline.textLength })
    : undefined;
  if (second && second.config.textWidth !== pipeline.config.textWidth) {
    const [found, expected] = [second.config.textWidth, pipeline.config.textWidth];
    throw new UsageError(`upscale: a model for texts of width ${found} where ${expected} is expected`);
  }
  const drawn = Math.max(...imageSize(first, parameters)) *
    (second ? second.spec.size / first.spec.size : 1);
  assertScale(drawn, parameters.scale);
  let last: SampleStep | undefined;
  const clock = new StepClock(() => first.runtimeMs + (second?.runtimeMs ?? 0));
  {
    using bar = showProgress("sampling", stepsOf(parameters), "steps");
    for await (const step of draw([first, second], texts, sources, parameters, signal)) {
      last = step;
      clock.tick();
      bar.update(clock.stepMs.length);
      if (clock.stepMs.length === 1 && stepsOf(parameters) > 1) clock.warm();
    }
  }
  const { range } = (second ?? first).spec;
  const side = Math.max(...last!.x.shape.slice(2));
  const { prompts, count, scale } = parameters;
  const { others } = texts;
  const paths = await out.write(encodePictures(last!.x, {
    stem: textFileStem(parameters),
    range,
    ...(others
      ? {
        sheet: seenOtherwise(last!.x, parameters, first.spec.size),
        columns: 1 + (parameters.anagram?.length ?? 1),
      }
      : { columns: prompts.length > 1 ? count : undefined }),
    scale,
    gridScale: Math.max(1, Math.floor(GRID_SIZE / side)),
    text: (picture) => textPngText(parameters, picture),
    picture: again?.picture,
  }));
  const { stepMs, overhead } = clock;
  const report = { paths, whole: again?.picture === undefined, parameters, device: first.device };
  printReport({ ...report, stepMs, overhead, encodeMs: texts.encodeMs }, options.json ?? false);
}

/** How many steps a run has, of both stages together. */
function stepsOf({ steps, strength, upscale }: TextParameters): number {
  const enlarging = upscale ? upscale.steps : 0;
  if (strength === null) return steps + enlarging;
  return Math.trunc(steps * strength) + Math.trunc(enlarging * inpaintSuperResolutionDefaults.strength);
}
