/** How good a model is, in numbers. */
import { ArgumentError, described } from "../lib/errors.ts";
import { sampleToEnd } from "../lib/diffusion/mod.ts";
import type { GenerationChoices } from "../lib/generation/mod.ts";
import {
  type AnyModel,
  loadModel,
  type MnistClassifier,
  MnistDenoiser,
  MnistModel,
  Unet2DModel,
} from "../lib/models/mod.ts";
import { sampleDigits } from "../lib/pipelines/mod.ts";
import { Generator } from "../lib/random.ts";
import { combine, map } from "../lib/tensor.ts";
import type { LabelledPictureSet } from "./data/dataset.ts";
import { pictures } from "./data/pictures_of.ts";

/**
 * How an evaluation is made. There are 20 steps with guidance 5 by the sampler that is the default of digits, and the seed is
 * 0, unless others are given.
 */
export interface EvaluateOptions extends Pick<GenerationChoices, "steps" | "sampler" | "guidance" | "seed"> {
  /** The MNIST test set. */
  readonly test: LabelledPictureSet;
  /** Samples of each class; defaults to 30. */
  readonly perClass?: number;
  /** The name or folder of the model that judges samples; defaults to `mnist-classifier`. */
  readonly classifier?: string;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Stops between batches. */
  readonly signal?: AbortSignal;
  /** Called with the progress, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** What an evaluation finds: the numbers of the kind of model, by name. */
export type Evaluation = Readonly<Record<string, number | string>>;

/** Pictures that go through a network at a time. */
const BATCH = 100;

/**
 * Evaluates a model: `accuracy` of a class-conditioned network (the share of samples that the classifier reads as the
 * class asked for), `confidence` of one without classes (the mean of the classifier's largest probability), `mse` of a
 * denoiser on the test set, `testAccuracy` of a classifier.
 *
 * @throws {Error} if there is no such model, or no classifier to judge with.
 */
export async function evaluate(nameOrFolder: string, options: EvaluateOptions): Promise<Evaluation> {
  const { threads } = options;
  await using model = await loadModel(nameOrFolder, { threads });
  if (model instanceof MnistDenoiser) return await evaluateDenoiser(model, options);
  if (model instanceof Unet2DModel) {
    const expected = "one whose images or answers can be judged: of digits, or of texts";
    throw new ArgumentError("model", nameOrFolder, expected);
  }
  if (!(model instanceof MnistModel)) return { testAccuracy: await testAccuracy(model, options) };
  await using judge = await loadModel(options.classifier ?? "mnist-classifier", { threads });
  return await evaluateSamples(model, asClassifier(judge), options);
}

function asClassifier(model: AnyModel): MnistClassifier {
  if ("classify" in model) return model;
  throw new ArgumentError("classifier", described("a model that generates images"), "one that reads digits");
}

async function evaluateDenoiser(model: MnistDenoiser, options: EvaluateOptions): Promise<Evaluation> {
  const { test, seed = 0, signal, onProgress } = options;
  const generator = new Generator(seed);
  let total = 0;
  for (let start = 0; start < test.count; start += BATCH) {
    const clean = pictures(test, start, Math.min(test.count, start + BATCH));
    const noisy = combine(1, clean, model.sigma, generator.randn(clean.shape));
    const error = combine(1, await model.denoise(noisy, { signal }), -1, clean);
    total += error.data.reduce((sum, e) => sum + e * e, 0);
    onProgress?.((start + BATCH) / test.count);
  }
  return { mse: total / test.images.length, sigma: model.sigma, pictures: test.count, seed };
}

async function testAccuracy(model: MnistClassifier, options: EvaluateOptions): Promise<number> {
  const { test, signal, onProgress } = options;
  let right = 0;
  for (let start = 0; start < test.count; start += BATCH) {
    const end = Math.min(test.count, start + BATCH);
    const { labels } = await model.classify(pictures(test, start, end), { signal });
    right += labels.filter((label, i) => label === test.labels[start + i]).length;
    onProgress?.(end / test.count);
  }
  return right / test.count;
}

async function evaluateSamples(
  model: MnistModel,
  judge: MnistClassifier,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { seed = 0, steps = 20, sampler = "dpm-solver++", guidance = 5, perClass = 30 } = options;
  const generator = new Generator(seed);
  const classes = model.classes || judge.classes;
  let right = 0;
  let confidence = 0;
  for (let digit = 0; digit < classes; digit++) {
    const labels = Array<number | null>(perClass).fill(model.classes ? digit : null);
    const drawn = await sampleToEnd(sampleDigits(model, labels, {
      seed: generator,
      numInferenceSteps: steps,
      sampler,
      guidanceScale: guidance,
      signal: options.signal,
    }));
    const read = await judge.classify(map(drawn, (v) => Math.min(1, Math.max(0, v))), {
      signal: options.signal,
    });
    right += read.labels.filter((label) => label === digit).length;
    for (let n = 0; n < perClass; n++) {
      const logits = read.logits.data.subarray(n * judge.classes, (n + 1) * judge.classes);
      const largest = Math.max(...logits);
      confidence += 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    }
    options.onProgress?.((digit + 1) / classes);
  }
  const samples = classes * perClass;
  return {
    ...(model.classes && { accuracy: right / samples, guidance }),
    confidence: confidence / samples,
    samples,
    steps,
    sampler,
    seed,
  };
}
