/** The scales of a quantised layer, from observed activations. */
import type { Tensor } from "../../tensor.ts";
import type { ChannelSamples } from "./channel_samples.ts";
import { clippingRange, extremes, type Range, roundingError } from "./clip.ts";
import { type QuantizedWeight, quantizeWeight, weightSteps } from "./quantize_weight.ts";

/** Steps of an input beside the first. */
const INPUT_STEPS = 255;

/** Steps of an output above 0. */
const OUTPUT_STEPS = 127;

/** A margin around observed ranges: other images may exceed them. */
const MARGIN = 1.2;

/** Exponents of how much of the input channels' scales moves into the weights: from nothing to all of it. */
const STRENGTHS = [0, 0.25, 0.5, 0.75, 1];

/** A layer in integers: what `quantizedConv2d` takes. */
export interface QuantizedLayer extends QuantizedWeight {
  /** A step of each input channel, above 0. */
  readonly inputScale: Float32Array<ArrayBuffer>;
  /** What an input of 0 is, from 0 to 255. */
  readonly inputZeroPoint: number;
  /** A step of each output channel, above 0. */
  readonly outputScale: Float32Array<ArrayBuffer>;
  /** The middle of each output channel. */
  readonly outputCentre: Float32Array<ArrayBuffer>;
}

/**
 * Chooses the scales of a layer, and rounds its weights.
 *
 * Each output channel has the range that costs it least. An input channel has it where the weights take over its scale whole; as this
 * makes steps of its weights coarser, it is divided by the largest number of the channel to a power that makes the error of the outputs
 * least, by an estimate: the inputs' rounding through the weights, and the weights' rounding through the inputs (after Xiao et al. 2023,
 * "SmoothQuant", section 4). Joined images so have ranges of their own, as those of a skip connection need (Li et al. 2023,
 * "Q-Diffusion", section 3.3).
 *
 * @param weight `[O, C, ...]`
 * @param inputs Numbers of each input channel.
 * @param outputs Numbers of each output channel, before they are rounded.
 */
export function quantizeLayer(
  weight: Tensor,
  inputs: ChannelSamples,
  outputs: ChannelSamples,
): QuantizedLayer {
  const [count, channels] = weight.shape;
  const seen = Array.from({ length: channels }, (_, c) => inputs.channel(c));
  const ranges = seen.map((values) => {
    const { min, max } = clippingRange(values, false);
    return { min: MARGIN * min, max: MARGIN * max };
  });
  const powers = seen.map((values) => values.reduce((sum, x) => sum + x * x, 0) / values.length);
  const weightPowers = channelPowers(weight);
  let best: InputScales | undefined;
  let least = Infinity;
  for (const strength of STRENGTHS) {
    const scales = inputScales(ranges, strength);
    const { inputScale, inputZeroPoint: zero } = scales;
    // Of each output's weights, a step is as long as any's.
    const weightStep = weightSteps(weight, inputScale).reduce((sum, step) => sum + step * step, 0) / 12;
    const kernel = weight.data.length / (count * channels);
    const error = seen.reduce((sum, values, c) => {
      const ofInput = roundingError(values, inputScale[c], -zero, INPUT_STEPS - zero) * weightPowers[c];
      return sum + ofInput + powers[c] * kernel * weightStep / inputScale[c] ** 2;
    }, 0);
    if (error < least) [least, best] = [error, scales];
  }
  return { ...best!, ...quantizeWeight(weight, best!.inputScale), ...outputScales(outputs, count) };
}

/** The steps of each output channel, on both sides of the middle of what it was seen to be. */
function outputScales(
  outputs: ChannelSamples,
  count: number,
): Pick<QuantizedLayer, "outputScale" | "outputCentre"> {
  const outputCentre = new Float32Array(count);
  const outputScale = new Float32Array(count);
  for (let o = 0; o < count; o++) {
    const values = outputs.channel(o);
    const [min, max] = extremes(values);
    outputCentre[o] = (min + max) / 2;
    const { max: reach } = clippingRange(values.map((value) => value - outputCentre[o]), true);
    outputScale[o] = MARGIN * reach / OUTPUT_STEPS || 1;
  }
  return { outputScale, outputCentre };
}

type InputScales = Pick<QuantizedLayer, "inputScale" | "inputZeroPoint">;

/** A step of each channel in proportion to a power of its reach, and the zero that all of them share. */
function inputScales(ranges: readonly Range[], strength: number): InputScales {
  const reaches = ranges.map(({ min, max }) => Math.max(-min, max));
  const largest = Math.max(...reaches);
  // A channel that was never seen to be anything but 0 has steps as any.
  const factors = reaches.map((reach) => (reach / largest || 1) ** strength);
  const min = Math.min(...ranges.map((range, c) => range.min / factors[c]));
  const max = Math.max(...ranges.map((range, c) => range.max / factors[c]));
  const step = (max - min) / INPUT_STEPS || 1;
  return {
    inputScale: Float32Array.from(factors, (factor) => step * factor),
    inputZeroPoint: Math.round(-min / step),
  };
}

/** Of each input channel, the sum of all its weights' squares. */
function channelPowers({ data, shape: [outputs, channels] }: Tensor): Float64Array {
  const powers = new Float64Array(channels);
  const kernel = data.length / (outputs * channels);
  data.forEach((w, i) => powers[Math.floor(i / kernel) % channels] += w * w);
  return powers;
}
