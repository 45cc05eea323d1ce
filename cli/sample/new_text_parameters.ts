/** The parameters of a new run of `deno task sample` by a network that draws texts: from the options and the defaults. */
import type { SchedulerSettings } from "../../lib/diffusion/scheduler_config.ts";
import type { SamplingDefaults } from "../../lib/models/sampling_defaults.ts";
import { imageToImageDefaults } from "../../lib/pipelines/image_to_image.ts";
import { inpaintDefaults } from "../../lib/pipelines/inpaint.ts";
import { inpaintSuperResolutionDefaults } from "../../lib/pipelines/inpaint_super_resolution.ts";
import type { PromptEmbeddings } from "../../lib/pipelines/prompt_embeddings.ts";
import { stageSamplerName } from "../../lib/pipelines/stage/stage_sampler.ts";
import { superResolutionDefaults } from "../../lib/pipelines/super_resolution.ts";
import { textToImageDefaults } from "../../lib/pipelines/text_to_image.ts";
import { UsageError } from "../errors.ts";
import { quote } from "../options.ts";
import type { SampleFlags } from "./flags.ts";
import { defaults } from "./sample_parameters.ts";
import type { SourcePictures } from "./source_pictures.ts";
import type { TextParameters, UpscaleParameters } from "./text_parameters.ts";

/** The model that enlarges: what it is, and its folder. */
export interface Upscaler extends Pick<UpscaleParameters, "model" | "weights"> {
  readonly folder: string;
  readonly defaults: SamplingDefaults;
  readonly scheduler: SchedulerSettings;
}

/** Everything that was read from files before the work begins. */
export interface Sources extends SourcePictures {
  readonly upscaler: Upscaler | null;
  readonly scheduler: SchedulerSettings;
  readonly sampling: SamplingDefaults;
  readonly embeddings?: PromptEmbeddings;
  readonly prompts?: readonly string[];
}

/** The prompts that are asked for: the words of the command line are one; without any, all that are encoded. */
function promptsOf(
  words: readonly string[],
  { model, embeddings }: SampleFlags,
  { embeddings: encoded, prompts }: Pick<Sources, "embeddings" | "prompts">,
) {
  if (words.length && prompts) {
    throw new UsageError(`prompt: ${quote(words.join(" "))} where none is expected beside --prompts`);
  }
  if (words.length) return [words.join(" ")];
  if (prompts) return prompts;
  if (embeddings !== undefined) return encoded!.prompts;
  throw new UsageError(`prompt: none where a text is expected, by --model ${model}`);
}

/** The parameters of a new run. */
export function newParameters(
  words: readonly string[],
  options: SampleFlags,
  { image, mask, upscaler, scheduler, sampling, embeddings, prompts }: Sources,
  base: Pick<TextParameters, "model" | "weights">,
): TextParameters {
  if (!image && options.strength !== undefined) {
    throw new UsageError(`strength: ${options.strength} where --image is expected too`);
  }
  if (!image && options.keepAspect) {
    throw new UsageError("keep-aspect: given where --image is expected too");
  }
  for (const name of ["height", "width"] as const) {
    if (image && options[name] !== undefined) {
      throw new UsageError(
        `${name}: ${options[name]} where none is expected beside --image, which has its own`,
      );
    }
  }
  if (!upscaler && options.upscaleSteps !== undefined) {
    throw new UsageError(`upscale-steps: ${options.upscaleSteps} where --upscale is expected too`);
  }
  if (embeddings && options.negative !== undefined && options.negative !== embeddings.negative) {
    throw new UsageError(
      `negative: ${JSON.stringify(options.negative)} where that of --embeddings is expected, ` +
        JSON.stringify(embeddings.negative),
    );
  }
  const pipeline = mask ? inpaintDefaults : image ? imageToImageDefaults : textToImageDefaults;
  const own = { ...pipeline, ...sampling };
  const { steps = own.numInferenceSteps, guidance = own.guidanceScale } = options;
  const edit = mask ? inpaintDefaults : imageToImageDefaults;
  const upscaling = mask ? inpaintSuperResolutionDefaults : superResolutionDefaults;
  const second = { ...upscaling, ...upscaler?.defaults };
  const { upscaleSteps = second.numInferenceSteps, height, width, variant, keepAspect } = options;
  const sampler = stageSamplerName(scheduler, options.sampler);
  const upscaleSampler = upscaler && stageSamplerName(upscaler.scheduler, options.sampler);
  return {
    prompts: promptsOf(words, options, { embeddings, prompts }),
    negative: options.negative ?? embeddings?.negative ?? "",
    ...base,
    sampler,
    steps,
    guidance,
    ...(guidance < 1 && { guidanceRule: "formula" as const }),
    seed: options.seeds?.[0] ?? options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0],
    count: options.seeds?.length ?? options.count ?? defaults.count,
    scale: options.scale ?? defaults.scale,
    ...(height !== undefined && { height }),
    ...(width !== undefined && { width }),
    ...(variant !== undefined && { variant }),
    image: image?.file ?? null,
    ...(keepAspect && { keepAspect }),
    strength: image ? options.strength ?? edit.strength : null,
    mask: mask?.file ?? null,
    upscale: upscaler && {
      model: upscaler.model,
      weights: upscaler.weights,
      steps: upscaleSteps,
      ...(upscaleSampler && upscaleSampler !== sampler && { sampler: upscaleSampler }),
      ...(upscaler.defaults.guidanceScale !== undefined && { guidance: upscaler.defaults.guidanceScale }),
      ...(upscaler.defaults.noiseLevel !== undefined && { noiseLevel: upscaler.defaults.noiseLevel }),
    },
    ...composedParameters(options),
  };
}

/** What only some pictures have: several texts, seeds of their own. */
function composedParameters(options: SampleFlags): Pick<TextParameters, "anagram" | "hybrid" | "seeds"> {
  const { anagram, view = [], hybrid, seeds, image } = options;
  if (anagram && hybrid !== undefined) {
    throw new UsageError("hybrid: given where none is expected beside --anagram");
  }
  const composed = anagram ? "anagram" : hybrid === undefined ? undefined : "hybrid";
  // Views turn squares.
  for (const name of ["height", "width"] as const) {
    if (anagram && options[name] !== undefined) {
      throw new UsageError(`${name}: ${options[name]} where none is expected beside --anagram`);
    }
  }
  if (composed && image !== undefined) {
    throw new UsageError(`image: given where none is expected beside --${composed}`);
  }
  if (!anagram && view.length) {
    throw new UsageError(`view: ${quote(view[0])} where --anagram is expected too`);
  }
  if (seeds && (options.seed !== undefined || options.count !== undefined)) {
    const name = options.seed !== undefined ? "seed" : "count";
    throw new UsageError(`${name}: ${options[name]} where none is expected beside --seeds`);
  }
  const views = anagram?.length === 1 && view.length === 0 ? ["flip" as const] : view;
  if (anagram && views.length !== anagram.length) {
    throw new UsageError(
      `view: ${views.length} given where ${anagram.length} are expected, one for each --anagram`,
    );
  }
  return {
    ...(anagram && { anagram: anagram.map((prompt, i) => ({ view: views[i], prompt })) }),
    ...(hybrid !== undefined && { hybrid }),
    ...(seeds && { seeds }),
  };
}
