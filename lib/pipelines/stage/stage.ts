/**
 * The common part of DeepFloyd IF's pipelines: one network, texts, and the loop.
 *
 * @module
 */
import { described } from "../../show_value.ts";
import { ArgumentError } from "../../argument_error.ts";
import { sample, type SampleStep } from "../../diffusion/sample.ts";
import type { SamplerName } from "../../diffusion/samplers/mod.ts";
import { type SchedulerSettings, thresholdOf } from "../../diffusion/scheduler_config.ts";
import type { DiscreteSchedule } from "../../diffusion/schedule.ts";
import type { Constraint, Model, ModelSpec, Noise } from "../../diffusion/types.ts";
import { guidance, guidanceHalves, type GuidanceRule } from "../../effects/guidance.ts";
import { assertGuidanceInterval, type GuidanceInterval } from "../../effects/guidance_interval.ts";
import { assertGuidanceScale } from "../../effects/guidance_scale.ts";
import type { DeepFloydCondition } from "../../models/deepfloyd.ts";
import { sizeOf, type Tensor } from "../../tensor.ts";
import { assertEnlarges } from "./assert_enlarges.ts";
import { inferenceVisits, type TimestepsChoice } from "./inference_timesteps.ts";
import { assertImageRange } from "./image_range.ts";
import { noiseSource, type Seeds } from "./noise_source.ts";
import { type ImageSize, imageSize } from "./image_size.ts";
import { repeatPerImage } from "./repeat_per_image.ts";
import { repaint } from "../../effects/repaint.ts";
import { stageSampler, stageSamplerName } from "./stage_sampler.ts";
import { startNoise } from "./start_noise.ts";
import { textDenoiser } from "../text_denoiser.ts";
import { pickOptions } from "../../options.ts";
import { timestepsChoiceNames } from "./option_names.ts";

/** A network that the pipelines can use: a `DeepFloydModel` or a compatible one. */
export interface StageModel extends Model<DeepFloydCondition> {
  /** The fixed properties. */
  readonly spec: ModelSpec<DiscreteSchedule>;
  /** The scheduler's configuration. */
  readonly scheduler: SchedulerSettings;
  /** The schedule of the noise in low-resolution images; defaults to the scheduler's own. */
  readonly noising?: { readonly schedule: DiscreteSchedule };
  /** Whether the network enlarges low-resolution images, and what height and width are multiples of: by default 1. */
  readonly config: { readonly enlarges: boolean; readonly sizeStep?: number };
}

/** The options of every pipeline. */
export interface StageOptions extends TimestepsChoice {
  /**
   * The seed of all noise, an integer or a generator; or a list of them, one for each image, so that an image
   * is the same in any batch.
   */
  readonly seed: Seeds;
  /**
   * The negative embeddings, shaped as the text's; those of the empty prompt for none. Required at every
   * guidance scale except 1, which is the text alone; with the rule `diffusers`, at scales above 1.
   */
  readonly negative?: Tensor;
  /** How many images of each text; defaults to 1. */
  readonly numImagesPerPrompt?: number;
  /**
   * How far to go from the images without the text towards those with it, from -1000 to 1000, by the formula of `guided` at
   * every scale: 0 ignores the text, 1 is the text alone, more exaggerates it, below 0 it is avoided.
   */
  readonly guidanceScale?: number;
  /** Which scales mean guidance: by default all, by the `formula`, or as in `diffusers` those above 1 alone. */
  readonly guidanceRule?: GuidanceRule;
  /**
   * The timesteps at which images are guided, both ends included; at all others only the text's half is run, in half the
   * time. Defaults to all of them.
   */
  readonly guidanceInterval?: GuidanceInterval;
  /**
   * The sampler; defaults to that of the scheduler's class (`ddpm` for DeepFloyd IF), with the settings that the scheduler's
   * configuration names. One of another class is run on what they have in common: the noise schedule, the spacing of the
   * timesteps, the prediction type, and thresholding or clipping, which DPM-Solver of diffusers does without.
   */
  readonly sampler?: SamplerName;
  /** How much noise a step of `ddim` adds, in [0, 1]; defaults to 0, and must be 0 for other samplers. */
  readonly eta?: number;
  /**
   * Every how many steps the network recomputes its deep features, a whole number from 1 (the default: at every step); at the steps
   * between they are reused (DeepCache), in a fraction of the time.
   */
  readonly cacheInterval?: number;
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
}

/** The defaults of a pipeline. */
export interface StageDefaults {
  /** How many steps. */
  readonly numInferenceSteps: number;
  /** The guidance scale. */
  readonly guidanceScale: number;
}

/** What a pipeline generates: images of a given size, or of the size of an input image. */
export interface StageScope {
  /** Whether it needs a super-resolution network, or one that does not. */
  readonly enlarges: boolean;
  /** The requested size. */
  readonly size?: ImageSize;
  /** An image for each text, `[N, C, H, W]`, which determines the size. */
  readonly image?: Tensor;
}

/** A network with checked texts and options, ready to sample. */
export interface Stage {
  /** The number of images: texts times images of each. */
  readonly count: number;
  /** The shape of the images, `[count, C, H, W]`. */
  readonly shape: readonly number[];
  /** The timesteps of a full run. */
  readonly timesteps: readonly number[];
  /** The noise schedule. */
  readonly schedule: DiscreteSchedule;
  /** The source of all noise. */
  readonly noise: Noise;
  /** Draws the noise that a run without an image starts from. */
  startNoise(): Tensor;
  /**
   * From one row for each text to one for each image.
   *
   * @param x `[texts, ...]`
   * @returns `[count, ...]`
   */
  repeatPerImage(x: Tensor): Tensor;
  /**
   * Throws unless there is an image for each text, of as many channels as the network's and of any size, in its range.
   *
   * @param name The argument to blame.
   */
  assertImages(name: string, x: Tensor): void;
  /** Runs the loop. */
  draw(scene: Scene): AsyncGenerator<SampleStep, void, undefined>;
}

/** What a pipeline passes to the loop. */
export interface Scene {
  /** The images at the first timestep, `[count, C, H, W]`. */
  readonly start: Tensor;
  /** The timesteps to visit. */
  readonly timesteps: readonly number[];
  /** For super-resolution: the noised low-resolution images, `[count, C, H, W]`, and their timestep. */
  readonly lowRes?: { readonly x: Tensor; readonly noiseLevel: number };
  /** A constraint on the images. */
  readonly constrain?: Constraint;
  /** How often each step is repeated under the constraint; defaults to 1. */
  readonly jumps?: number;
}

/**
 * Checks the options that all pipelines share, and prepares a run. Draws no noise yet.
 *
 * @param model The network.
 * @param text The embeddings of the texts, `[N, L, D]`.
 * @param options The pipeline's options.
 * @param defaults The pipeline's defaults.
 * @param scope What the pipeline generates.
 * @throws {ArgumentError} if the network is of the wrong kind, or an argument is out of its range: the message names it, what was
 * found and what is expected.
 * @throws {CheckpointError} if the scheduler's configuration asks for something the sampler does not support.
 */
export function openStage(
  model: StageModel,
  text: Tensor,
  options: StageOptions,
  defaults: StageDefaults,
  { enlarges, size, image }: StageScope,
): Stage {
  const { seed, negative, numImagesPerPrompt = 1, sampler, eta = 0, cacheInterval, signal } = options;
  const { guidanceScale = defaults.guidanceScale, guidanceRule = "formula", guidanceInterval } = options;
  assertEnlarges(model, enlarges);
  assertTexts(text, negative, guidanceScale, guidanceRule);
  if (guidanceInterval) {
    assertGuidanceInterval("guidanceInterval", guidanceInterval, model.spec.schedule.length - 1);
  }
  if (!(Number.isInteger(numImagesPerPrompt) && numImagesPerPrompt >= 1)) {
    throw new ArgumentError("numImagesPerPrompt", numImagesPerPrompt, "a whole number from 1");
  }
  const { channels, schedule } = model.spec;
  const [texts] = text.shape;
  const [height, width] = image ? givenSize(model, image, texts) : imageSize(model, size ?? {});
  const count = texts * numImagesPerPrompt;
  const noise = noiseSource(seed, count);
  const name = stageSamplerName(model.scheduler, sampler);
  const visits = inferenceVisits(
    model.scheduler,
    name,
    pickOptions(options, timestepsChoiceNames),
    defaults.numInferenceSteps,
  );
  const { timesteps, conditioningTimesteps } = visits;
  const step = stageSampler(model.scheduler, name, eta, timesteps.length);
  return {
    count,
    shape: [count, channels, height, width],
    timesteps,
    schedule,
    noise,
    startNoise: () => startNoise(noise, [count, channels, height, width], model.scheduler, name, timesteps),
    repeatPerImage: (x) => repeatPerImage(x, numImagesPerPrompt),
    assertImages: (name, x) => {
      assertImages(name, x, [texts, channels, "H", "W"]);
      assertImageRange(name, x, model.spec.range);
    },
    async *draw({ start, timesteps, lowRes, constrain, jumps }) {
      const under = async (embeddings: Tensor) => {
        return await textDenoiser(model, embeddings, { numImagesPerPrompt, noiseLevel: lowRes?.noiseLevel });
      };
      signal?.throwIfAborted();
      const denoiser = await guidance(
        () => under(text),
        () => under(negative!),
        guidanceScale,
        guidanceRule,
        guidanceInterval,
      );
      yield* sample(denoiser, {
        sampler: constrain && jumps !== undefined ? repaint(step, constrain, jumps) : step,
        timesteps,
        conditioningTimesteps,
        start,
        lowRes: lowRes?.x,
        noise,
        constrain,
        cacheInterval,
        threshold: thresholdOf(model.scheduler.thresholding),
        signal,
      });
    },
  };
}

function assertTexts(
  text: Tensor,
  negative: Tensor | undefined,
  guidanceScale: number,
  guidanceRule: GuidanceRule,
): void {
  assertEmbeddings("text", text);
  assertGuidanceScale("guidanceScale", guidanceScale);
  const needed = guidanceHalves(guidanceScale, guidanceRule).empty;
  if (negative) {
    assertEmbeddings("negative", negative);
    if (negative.shape.some((n, i) => n !== text.shape[i])) {
      throw new ArgumentError("negative", negative, `the text's [${text.shape}]`);
    }
  } else if (needed) {
    throw new ArgumentError("negative", described("none"), `embeddings [${text.shape}]`, {
      note: `for guidanceScale ${guidanceScale}`,
      plural: true,
    });
  }
}

function assertEmbeddings(name: string, x: Tensor): void {
  if (x.shape.length !== 3 || sizeOf(x.shape) === 0) {
    throw new ArgumentError(name, x, "embeddings [N, L, D] of at least one text", { plural: true });
  }
}

/** The size of a pipeline's input images. */
function givenSize({ spec, config: { sizeStep = 1 } }: StageModel, image: Tensor, texts: number) {
  const [, , height, width] = image.shape;
  const fits = [height, width].every((side) => side % sizeStep === 0);
  const sides = fits ? ["H", "W"] : [`a multiple of ${sizeStep}`, `a multiple of ${sizeStep}`];
  assertImages("image", image, [texts, spec.channels, ...sides], fits);
  assertImageRange("image", image, spec.range);
  return [height, width];
}

/** `expected` lists the sizes of the axes, in words if any size fits or it is known not to fit. */
function assertImages(
  name: string,
  x: Tensor,
  expected: readonly (number | string)[],
  sidesFit = true,
): void {
  const fits = x.shape.length === 4 && sizeOf(x.shape) > 0 && sidesFit &&
    expected.every((n, i) => typeof n === "string" || n === x.shape[i]);
  if (!fits) {
    throw new ArgumentError(name, x, `[${expected}]`, { note: "an image for each text" });
  }
}
