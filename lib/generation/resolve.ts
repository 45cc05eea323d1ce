/**
 * Resolves a user's choices, a model's recommendations and the pipelines' defaults to the options of a
 * generation, in one place.
 *
 * @module
 */
import type { ModelFolder } from "../models/model_folder.ts";
import { digitSampler } from "../pipelines/sample_digits.ts";
import { stageSamplerName } from "../pipelines/stage/stage_sampler.ts";
import type { GenerationDefaults } from "./defaults.ts";
import { defaultCount, defaultScale } from "./fields.ts";
import type { GenerationChoices, GenerationOptions } from "./options.ts";

/** The parts of a model's folder that options are resolved from. */
export type ResolvedModel = Pick<ModelFolder, "name" | "weights" | "scheduler" | "sampling">;

/** The kind of generation and its models. */
export interface GenerationModels {
  /** The model. */
  readonly model: ResolvedModel;
  /** The second stage; null for none. */
  readonly upscaler: ResolvedModel | null;
}

/** A user's choices, with files already read. */
export interface UserChoices extends
  Omit<GenerationChoices, "model" | "image" | "mask" | "upscale">,
  Pick<
    GenerationOptions,
    "of" | "prompts" | "effect" | "seeds" | "timesteps" | "guidanceInterval" | "loras" | "learnedTokens"
  >,
  Partial<Pick<GenerationOptions, "image" | "mask">> {
  /** The LoRAs of the second stage's network. */
  readonly upscaleLoras?: GenerationOptions["loras"];
}

/**
 * Resolves options: a user's choice comes first, then what the folder of the model recommends (`sampling_config.json`, the
 * class of its scheduler), then the pipeline's default.
 *
 * @param defaults The pipeline's defaults, from `generationDefaults`.
 * @param models The models' folders.
 * @param choices The user's choices; a missing seed is drawn at random.
 * @throws {ArgumentError} if the sampler is unknown.
 * @throws {CheckpointError} if a scheduler's configuration rules the sampler out: the message names the file and the key.
 *
 * @example
 * ```ts
 * import { openModelFolder } from "@denoise/denoise/models";
 * import { generationDefaults } from "@denoise/denoise/generation";
 *
 * const models = { model: await openModelFolder("emoji-I"), upscaler: null };
 * const choices = { of: "text", prompts: ["a rocket ship"], guidance: 4 } as const;
 * const { steps, guidance } = await resolveGenerationOptions(generationDefaults("text"), models, choices);
 * console.log(steps, guidance); // 20, as the folder says, and 4
 * ```
 */
export async function resolveGenerationOptions(
  defaults: GenerationDefaults,
  { model, upscaler }: GenerationModels,
  choices: UserChoices,
): Promise<GenerationOptions> {
  const { of, prompts, image = null, mask = null, effect, seeds, height, width, variant, keepAspect } =
    choices;
  const own = { ...defaults.first, ...model.sampling };
  const scheduler = await model.scheduler();
  const sampler = of === "digits"
    ? digitSampler({ scheduler }, choices.sampler)
    : stageSamplerName(scheduler, choices.sampler);
  const { timesteps, guidance = own.guidanceScale, loras = [], upscaleLoras = [], learnedTokens = [] } =
    choices;
  const { guidanceInterval = of === "text" ? model.sampling.guidanceInterval : undefined } = choices;
  const interval = (own: number | undefined) => of === "text" ? choices.cacheInterval ?? own ?? 1 : 1;
  const [cacheInterval, enlargingInterval] = [model, upscaler].map((one) => {
    return interval(one?.sampling.cacheInterval);
  });
  const steps = timesteps?.length ?? choices.steps ?? own.numInferenceSteps;
  const second = upscaler && {
    ...defaults.second,
    ...upscaler.sampling,
    sampler: stageSamplerName(await upscaler.scheduler(), choices.sampler),
  };
  return {
    of,
    prompts,
    negative: choices.negative ?? "",
    model: model.name,
    weights: await model.weights(),
    sampler,
    steps,
    guidance,
    ...(of === "text" && guidance < 1 && { guidanceRule: "formula" as const }),
    ...(guidanceInterval && { guidanceInterval }),
    // The default, at every step, is not stored: images without this option were generated that way.
    ...(cacheInterval > 1 && { cacheInterval }),
    seed: seeds?.[0] ?? choices.seed ?? crypto.getRandomValues(new Uint32Array(1))[0],
    count: seeds?.length ?? choices.count ?? defaultCount,
    scale: choices.scale ?? defaultScale,
    ...(height !== undefined && { height }),
    ...(width !== undefined && { width }),
    ...(variant !== undefined && { variant }),
    image,
    ...(keepAspect && { keepAspect }),
    strength: image && (choices.strength ?? defaults.strength),
    mask,
    ...(mask && choices.rule !== undefined && { rule: choices.rule }),
    ...(mask && choices.jumps !== undefined && { jumps: choices.jumps }),
    upscale: upscaler && second && {
      model: upscaler.name,
      weights: await upscaler.weights(),
      steps: choices.upscaleSteps ?? second.numInferenceSteps,
      ...(second.sampler !== sampler && { sampler: second.sampler }),
      // The pipeline's defaults are not stored: an effect has another default noise level.
      ...(upscaler.sampling.guidanceScale !== undefined && { guidance: upscaler.sampling.guidanceScale }),
      ...(upscaler.sampling.guidanceInterval && { guidanceInterval: upscaler.sampling.guidanceInterval }),
      ...(enlargingInterval > 1 && { cacheInterval: enlargingInterval }),
      ...(upscaler.sampling.noiseLevel !== undefined && { noiseLevel: upscaler.sampling.noiseLevel }),
      ...(upscaleLoras.length > 0 && { loras: upscaleLoras }),
    },
    ...(effect && { effect }),
    ...(seeds && { seeds }),
    ...(timesteps && { timesteps }),
    ...(loras.length > 0 && { loras }),
    ...(learnedTokens.length > 0 && { learnedTokens }),
  };
}
