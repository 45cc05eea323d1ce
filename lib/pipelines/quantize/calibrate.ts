/** What the layers of a network see while it draws. */
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

/** How many numbers of a channel are wanted, of all images of all steps. */
export const SAMPLES = 2048;

/** Images of the steps that a network's answers are kept of, at most. */
const KEPT = 8;

/** What {@linkcode calibrate} draws. */
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
  /** Of a network that enlarges: a small image for each text, `[N, C, h, w]` in [-1, 1], such as the first stage draws. */
  readonly lowRes?: Tensor;
  /** Of such a network: the timestep of the noise in the small images; defaults to that of `superResolution`. */
  readonly noiseLevel?: number;
  /** The variant of the weights. */
  readonly variant?: string;
  /** CPU threads; defaults to the number of cores. */
  readonly threads?: number;
  /** Hears how many steps are done. */
  readonly onStep?: (done: number) => void;
  /** Aborts; what is thrown is its reason. */
  readonly signal?: AbortSignal;
}

/** Some images of a run as they were laid before the network, and what it answered. */
export interface KeptStep {
  /** The inputs of the step graph. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Its estimate. */
  readonly estimate: Tensor;
}

/** What {@linkcode calibrate} finds. */
export interface Calibration {
  /** By the path of a layer: what goes in, and what comes out. */
  readonly layers: ReadonlyMap<string, { readonly input: ChannelSamples; readonly output: ChannelSamples }>;
  /** Steps of the whole run, evenly spaced: first to last. */
  readonly kept: readonly KeptStep[];
}

/**
 * Draws images and looks at the layers meanwhile, over whole trajectories: what a layer sees changes with the timestep (Li et al. 2023,
 * "Q-Diffusion", section 3.2).
 *
 * @param files The pipeline's files.
 * @param paths The layers to look at.
 * @param run What to draw.
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
