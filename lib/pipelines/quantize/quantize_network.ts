/**
 * Networks of DeepFloyd IF's family in integers of 8 bits.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import { Config } from "../../checkpoints/config.ts";
import type { TypedTensor } from "../../checkpoints/safetensors.ts";
import { openWeights } from "../../checkpoints/shards.ts";
import { filesOfModel } from "../../models/registry.ts";
import { readDeepFloydConfig } from "../../nn/deepfloyd/mod.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { Folder } from "../../platform/mod.ts";
import { described } from "../../show_value.ts";
import { sizeOf } from "../../tensor.ts";
import { calibrate, type CalibrationRun, SAMPLES } from "./calibrate.ts";
import { type Layer, stepLayers } from "./layers.ts";
import { type QuantizedLayer, quantizeLayer } from "./quantize_layer.ts";
import { type LayerError, sensitiveLayers } from "./sensitive_layers.ts";
import { Trial } from "./trial.ts";
import { weightTensors } from "./weight_tensors.ts";

/** What a network's convolutions are done in: integers, or floats with weights that are widened. */
export type Activations = "int8" | "none";

/** The progress of {@linkcode quantizeNetwork}. */
export interface QuantizeProgress {
  /** The phase: sampling images, choosing scales, testing layers one by one. */
  readonly phase: "draw" | "scale" | "try";
  /** How much of it is done. */
  readonly done: number;
  /** How much there is. */
  readonly total: number;
}

/** The options of {@linkcode quantizeNetwork}. */
export interface QuantizeOptions {
  /** Whether to quantise inputs of convolutions too (the default), or weights only. */
  readonly activations?: Activations;
  /** What to sample to choose scales; required if inputs are quantised, and unused otherwise. */
  readonly calibration?: Omit<CalibrationRun, "onStep" | "signal" | "threads" | "variant">;
  /** The variant of the weights. */
  readonly variant?: string;
  /** CPU threads; defaults to the number of cores. */
  readonly threads?: number;
  /** Called with the progress. */
  readonly onProgress?: (progress: QuantizeProgress) => void;
  /** Aborts the work, which then throws its reason. */
  readonly signal?: AbortSignal;
}

const quantizeOptionNames: OptionNames<QuantizeOptions> = {
  activations: true,
  calibration: true,
  variant: true,
  threads: true,
  onProgress: true,
  signal: true,
};

/** The result of {@linkcode quantizeNetwork}. */
export interface QuantizedNetwork {
  /** The original `unet/config.json`, with how the network is quantised under `quantization`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The tensors of `unet/diffusion_pytorch_model.safetensors`. */
  readonly tensors: Readonly<Record<string, TypedTensor>>;
}

/** The key of `config.json` that says how a network is quantised. */
export const QUANTIZATION = "quantization";

/**
 * Quantises a network of DeepFloyd IF's family: weights to int8, in steps of each output's own, and with `activations: "int8"` the
 * inputs and outputs of convolutions too, in steps of each channel's own that are chosen by what the layers see while images are drawn.
 * The first and the last convolution and the embeddings of numbers stay as they are; so do the layers that change the network's
 * estimates most for their work when they alone are in integers, up to a fifth of the work.
 *
 * The result, in place of the folder's own files, is a pipeline like any other.
 *
 * @param folder The pipeline's folder, or the name of one that ships.
 * @param options What to quantise, and what to sample for it.
 * @throws {ArgumentError} if the network is already quantised; if inputs are to be quantised without a calibration, or it is a super-resolution network
 * without images to enlarge.
 * @throws {CheckpointError} if it is not such a pipeline.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { writeSafetensors } from "@denoise/denoise/checkpoints";
 *
 * const { tensors } = await quantizeNetwork("emoji-I", { activations: "none" });
 * const path = `${await Deno.makeTempDir()}/diffusion_pytorch_model.safetensors`;
 * await writeSafetensors(path, tensors); // half the size: the weights were float16
 * ```
 */
export async function quantizeNetwork(
  folder: Folder,
  options: QuantizeOptions = {},
): Promise<QuantizedNetwork> {
  assertOptions(options, quantizeOptionNames);
  const { activations = "int8", calibration, variant, threads, onProgress, signal } = options;
  if (activations !== "int8" && activations !== "none") {
    throw new ArgumentError("activations", activations, "int8 or none");
  }
  const files = await filesOfModel(folder);
  const unet = files.folder("unet");
  const file = await Config.read("config.json", unet);
  const config = readDeepFloydConfig(file);
  assertFloats(file, files.label);
  const weights = await openWeights(unet, "diffusion_pytorch_model", { variant });
  if (activations === "none") {
    const tensors = await weightTensors(weights, new Map(), new Set());
    return { config: { ...file.values, [QUANTIZATION]: { weights: "int8", activations } }, tensors };
  }
  if (!calibration) {
    throw new ArgumentError("calibration", described("none"), "what to draw, for activations in int8");
  }
  if (config.enlarges !== (calibration.lowRes !== undefined)) {
    const [found, expected] = config.enlarges ? ["none", "images to enlarge"] : ["given", "none"];
    const note = config.enlarges ? "for a super-resolution network" : "of a network that does not enlarge";
    throw new ArgumentError("calibration.lowRes", described(found), expected, {
      note,
      plural: config.enlarges,
    });
  }
  const textLength = calibration.text.shape[1];
  // The first and the last are never quantised.
  const inner = stepLayers(config, weights, textLength).slice(1, -1);
  const paths = inner.map(({ path }) => path);
  const steps = calibration.numInferenceSteps;
  const seen = await calibrate(files, paths, {
    ...calibration,
    variant,
    threads,
    signal,
    onStep: (done) => onProgress?.({ phase: "draw", done, total: steps }),
  });
  const layers = new Map<string, QuantizedLayer>();
  for (const [i, { path }] of inner.entries()) {
    await breath(signal);
    const { input, output } = seen.layers.get(path)!;
    layers.set(path, quantizeLayer(await weights.read(`${path}.weight`), input, output));
    onProgress?.({ phase: "scale", done: i + 1, total: inner.length });
  }
  await using trial = await Trial.open(config, weights, layers, seen.kept, { textLength, threads });
  const floats = await tryLayers(trial, inner, { onProgress, signal });
  for (const path of floats) layers.delete(path);
  const error = await trial.error((path) => layers.has(path));
  const { guidanceScale, seed } = calibration;
  return {
    config: {
      ...file.values,
      [QUANTIZATION]: {
        weights: "int8",
        activations,
        float_layers: floats,
        calibration: { num_inference_steps: steps, guidance_scale: guidanceScale, seed },
        // Of the noise estimates, in decibels.
        signal_to_noise: Math.round(-100 * Math.log10(error)) / 10,
      },
    },
    tensors: await weightTensors(weights, layers, new Set(floats)),
  };
}

/** Quantises the layers one by one, and returns those that should stay in floats. */
async function tryLayers(
  trial: Trial,
  inner: readonly Layer[],
  { onProgress, signal }: Pick<QuantizeOptions, "onProgress" | "signal">,
): Promise<string[]> {
  const tried: LayerError[] = [];
  for (const [i, layer] of inner.entries()) {
    await breath(signal);
    tried.push({ ...layer, error: await trial.error((path) => path === layer.path) });
    onProgress?.({ phase: "try", done: i + 1, total: inner.length });
  }
  return sensitiveLayers(tried);
}

/** Yields to the event loop, so that an interruption is noticed. */
async function breath(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

/** Throws if a network is already quantised. */
function assertFloats(config: Config, label: string): void {
  if (!config.has(QUANTIZATION)) return;
  throw new ArgumentError("model", label, "a network that is not quantised yet");
}

/**
 * The minimum memory {@linkcode quantizeNetwork} needs, in bytes: the runtime's weights, the written weights,
 * and the observed activations.
 *
 * @param folder The pipeline's folder, or the name of one that ships.
 * @param options The variant of the weights; whether inputs are integers.
 */
export async function quantizingBytes(
  folder: Folder,
  options: Pick<QuantizeOptions, "activations" | "variant"> = {},
): Promise<number> {
  assertOptions(options, { activations: true, variant: true });
  const { activations = "int8", variant } = options;
  const unet = (await filesOfModel(folder)).folder("unet");
  const weights = await openWeights(unet, "diffusion_pytorch_model", { variant });
  const shapes = [...weights.tensors.values()].map(({ shape }) => shape);
  const count = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  if (activations === "none") return count;
  const channels = shapes.reduce((sum, [o, c]) => sum + (c === undefined ? 0 : o + c), 0);
  return 5 * count + 4 * SAMPLES * channels;
}
