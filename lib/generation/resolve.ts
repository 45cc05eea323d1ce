/**
 * From what a user chooses, what a model's folder recommends and what the pipelines have by default to the options of a
 * generation: once, for everything that needs them.
 *
 * @module
 */
import type { ModelFolder } from "../models/model_folder.ts";
import { digitSampler } from "../pipelines/sample_digits.ts";
import { stageSamplerName } from "../pipelines/stage/stage_sampler.ts";
import type { GenerationDefaults } from "./defaults.ts";
import { defaultCount, defaultScale } from "./fields.ts";
import type { GenerationChoices, GenerationOptions } from "./options.ts";

/** The part of a model's folder by which options are resolved. */
export type ResolvedModel = Pick<ModelFolder, "name" | "weights" | "scheduler" | "sampling">;

/** What is generated, and by which models. */
export interface GenerationModels {
  /** The model. */
  readonly model: ResolvedModel;
  /** The second stage; null for none. */
  readonly upscaler: ResolvedModel | null;
}

/** What a user chooses, files already read. */
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
 * @param choices What the user chooses; a seed is drawn where there is none.
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
    // At each step is not written down: so were the images that say nothing of it.
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
      // The pipeline's own are not written down: with an effect, another noise level is meant.
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
