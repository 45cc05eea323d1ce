/** Pictures of several texts at once: anagrams and hybrids, by one stage or both. */
import { sample, type SampleStep } from "../lib/diffusion/sample.ts";
import type { Denoiser } from "../lib/diffusion/types.ts";
import { anagram } from "../lib/effects/anagram.ts";
import { guidance as guidedAt } from "../lib/effects/guidance.ts";
import { hybrid } from "../lib/effects/hybrid.ts";
import { frequencies } from "../lib/effects/parts/mod.ts";
import { createView, identity, type View } from "../lib/effects/views/mod.ts";
import { generatorsOf, type Seed } from "../lib/pipelines/noise_source.ts";
import type { PromptEmbeddings } from "../lib/pipelines/prompt_embeddings.ts";
import { enlargingOf, samplingOf } from "../lib/pipelines/sampling.ts";
import { withinRange } from "../lib/pipelines/image_range.ts";
import type { StageModel } from "../lib/pipelines/stage.ts";
import { superResolutionDefaults } from "../lib/pipelines/super_resolution.ts";
import { textDenoiser } from "../lib/pipelines/text_denoiser.ts";
import { concat, slice, type Tensor } from "../lib/tensor.ts";
import type { TextParameters } from "./text_parameters.ts";

/** How noisy a second stage is told its pictures: as in Visual Anagrams, which keeps more of them than IF's 250. */
const NOISE_LEVEL = 50;

/** What is needed to draw pictures of several texts. */
export interface Composition {
  /** The parameters: with an anagram or a hybrid. */
  readonly parameters: TextParameters;
  /** The prompts, encoded. */
  readonly embeddings: PromptEmbeddings;
  /** The other texts, encoded, `[M, L, D]`. */
  readonly others: Tensor;
  /** The seed of each picture. */
  readonly seeds: readonly Seed[];
  /** Aborts. */
  readonly signal: AbortSignal;
}

/** The texts beside the prompts: what is seen under views, or from afar. */
export function otherTexts({ anagram, hybrid }: TextParameters): readonly string[] {
  return anagram?.map(({ prompt }) => prompt) ?? (hybrid === undefined ? [] : [hybrid]);
}

/** Draws, by one stage or both. One list of generators serves both, as in a cascade. */
export async function* drawComposed(
  [first, second]: readonly [StageModel, StageModel?],
  { parameters, embeddings, others, seeds, signal }: Composition,
): AsyncGenerator<SampleStep, void, undefined> {
  const { sampler, steps, guidance, count, upscale, height, width } = parameters;
  const seed = generatorsOf(seeds) as readonly Seed[];
  const compose = async (model: StageModel, scale: number, noiseLevel?: number) => {
    const options = { noiseLevel, numImagesPerPrompt: count };
    let made: Promise<Denoiser> | undefined;
    const empty = () => made ??= textDenoiser(model, embeddings.negativeText, { noiseLevel });
    const under = (text: Tensor) => guidedAt(() => textDenoiser(model, text, options), empty, scale);
    const rest: Denoiser[] = [];
    for (let i = 0; i < others.shape[0]; i++) rest.push(await under(slice(others, i, i + 1)));
    return composed(parameters, first.spec.size, await under(embeddings.text), rest);
  };
  let small: Tensor | undefined;
  const options = samplingOf(first, { seed, sampler, numInferenceSteps: steps, height, width, signal });
  for await (const step of sample(await compose(first, guidance), options)) {
    small = step.x;
    yield step;
  }
  if (!second) return;
  const { noiseLevel = NOISE_LEVEL, guidance: scale = superResolutionDefaults.guidanceScale } = upscale!;
  const factor = second.spec.size / first.spec.size;
  const size = { height: height && height * factor, width: width && width * factor };
  const { steps: numInferenceSteps, sampler: enlarger = sampler } = upscale!;
  const enlarging = { ...size, seed, sampler: enlarger, numInferenceSteps, noiseLevel, signal };
  const denoiser = await compose(second, scale, noiseLevel);
  yield* sample(denoiser, enlargingOf(second, withinRange(small!, first), enlarging));
}

/** Pictures and, after each, what else is seen of it: one under each view, or one from afar. */
export function seenOtherwise(x: Tensor, parameters: TextParameters, pixels: number): Tensor {
  const ways = parameters.anagram
    ? viewsOf(parameters, pixels).map((view) => view.apply(x))
    : [frequencies()[0](x)];
  return concat(
    Array.from({ length: x.shape[0] }, (_, n) => [x, ...ways].map((seen) => slice(seen, n, n + 1))).flat(),
  );
}

function composed(
  parameters: TextParameters,
  pixels: number,
  upright: Denoiser,
  others: Denoiser[],
): Denoiser {
  if (parameters.anagram) {
    const views = [identity(), ...viewsOf(parameters, pixels)];
    return anagram([upright, ...others].map((denoiser, i) => ({ view: views[i], denoiser })));
  }
  const [low, high] = frequencies();
  return hybrid([{ part: low, denoiser: others[0] }, { part: high, denoiser: upright }]);
}

/** `pixels` is the size of the first stage, which both stages' permutations follow. */
function viewsOf({ anagram = [] }: TextParameters, pixels: number): View[] {
  return anagram.map(({ view }) => createView(view, { pixels }));
}
