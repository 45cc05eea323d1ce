/** Collects the activations of a network's layers while it samples. */
import type { Weights } from "../../checkpoints/shards.ts";
import { openObserved } from "../../models/deepfloyd.ts";
import { guidanceHalves } from "../../effects/guidance.ts";
import type { Files } from "../../platform/mod.ts";
import { Generator } from "../../random.ts";
import { concat, slice, type Tensor } from "../../tensor.ts";
import { superResolution } from "../super_resolution.ts";
import { textToImage } from "../text_to_image.ts";
import { ChannelSamples } from "./channel_samples.ts";
import { ObservingSource, suffixes } from "./observing_source.ts";

/** How many samples to take per channel, over all images and steps. */
export const SAMPLES = 2048;

/** The maximum number of images whose predictions are kept. */
const KEPT = 8;

/** What {@linkcode calibrate} samples. */
export interface CalibrationRun {
  /** The embeddings of the texts, `[N, L, D]`. */
  readonly text: Tensor;
  /** Those of the empty text, `[1, L, D]`. */
  readonly negative: Tensor;
  /** The seed of all noise. */
  readonly seed: number;
  /** How many steps. */
  readonly numInferenceSteps: number;
  /** The guidance scale. */
  readonly guidanceScale: number;
  /** For a super-resolution network: a small image for each text, `[N, C, h, w]` in [-1, 1], such as the first stage generates. */
  readonly lowRes?: Tensor;
  /** For such a network: the timestep of the noise in the small images; defaults to that of `superResolution`. */
  readonly noiseLevel?: number;
  /** The variant of the weights. */
  readonly variant?: string;
  /** CPU threads; defaults to the number of cores. */
  readonly threads?: number;
  /** Called with the number of finished steps. */
  readonly onStep?: (done: number) => void;
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
}

/** Some of a run's inputs to the network, and its predictions. */
export interface KeptStep {
  /** The inputs of the step graph. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Its estimate. */
  readonly estimate: Tensor;
}

/** The result of {@linkcode calibrate}. */
export interface Calibration {
  /** Samples of inputs and outputs, by the path of a layer. */
  readonly layers: ReadonlyMap<string, { readonly input: ChannelSamples; readonly output: ChannelSamples }>;
  /** Steps of the run, evenly spaced from first to last. */
  readonly kept: readonly KeptStep[];
}

/**
 * Samples images and observes the layers over whole trajectories: a layer's inputs change with the timestep (Li et al. 2023,
 * "Q-Diffusion", section 3.2).
 *
 * @param files The pipeline's files.
 * @param paths The layers to observe.
 * @param run What to sample.
 */
export async function calibrate(
  files: Files,
  paths: readonly string[],
  run: CalibrationRun,
): Promise<Calibration> {
  const { text, negative, seed, numInferenceSteps, guidanceScale, variant, threads, onStep, signal } = run;
  const { lowRes, noiseLevel } = run;
  const halves = Object.values(guidanceHalves(guidanceScale)).filter((needed) => needed).length;
  const generator = new Generator(seed);
  const images = halves * text.shape[0] * numInferenceSteps;
  const pixels = Math.max(1, Math.ceil(SAMPLES / images) - 2);
  const layers = new Map(paths.map((path) => {
    return [path, { input: new ChannelSamples(), output: new ChannelSamples() }] as const;
  }));
  const steps: KeptStep[] = [];
  await using model = await openObserved(
    files,
    { textLength: text.shape[1], variant, threads },
    {
      source: (weights: Weights) => new ObservingSource(weights, new Set(paths), pixels, generator),
      observe: (inputs, outputs) => {
        for (const [path, { input, output }] of layers) {
          input.add(outputs[`${path}${suffixes.input}`]);
          output.add(outputs[`${path}${suffixes.output}`]);
        }
        // Two from the middle: with guidance, one image without the text, and one with it.
        const [count] = inputs.x.shape;
        const middle = count >> 1;
        const some = (x: Tensor) => slice(x, Math.max(0, middle - 1), middle + 1);
        steps.push({
          inputs: Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, some(x)])),
          estimate: some(outputs.estimate),
        });
      },
    },
  );
  const empty = concat(Array<Tensor>(text.shape[0]).fill(negative));
  const options = { negative: empty, seed, numInferenceSteps, guidanceScale, signal };
  const drawn = lowRes
    ? superResolution(model, text, lowRes, { ...options, noiseLevel })
    : textToImage(model, text, options);
  for await (const { index } of drawn) onStep?.(index + 1);
  const count = Math.min(steps.length, KEPT / 2);
  const kept = Array.from({ length: count }, (_, i) => {
    return steps[Math.round(i * (steps.length - 1) / Math.max(1, count - 1))];
  });
  return { layers, kept };
}
