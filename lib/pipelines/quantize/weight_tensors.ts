/** The tensors of a network that is quantised, as its file has them. */
import type { FloatDtype, TypedTensor } from "../../checkpoints/safetensors.ts";
import type { Weights } from "../../checkpoints/shards.ts";
import { layerOfWeight, quantizedNames } from "../../nn/quantized_layer.ts";
import type { QuantizedLayer } from "./quantize_layer.ts";
import { quantizeWeight } from "./quantize_weight.ts";

/**
 * Parts of a network whose weights stay as they are, beside the first and the last convolution: what tells all layers the timestep and
 * the noise level.
 */
const FLOATS = /^(conv_in|conv_out|time_embedding|class_embedding)\b/;

/**
 * All tensors of a network: layers in integers with their scales, the weights of other layers as integers that are widened, the rest
 * as it is.
 *
 * @param weights The network's weights.
 * @param layers The layers in integers, by path.
 * @param floats Paths of further layers whose weights stay as they are.
 */
export async function weightTensors(
  weights: Weights,
  layers: ReadonlyMap<string, QuantizedLayer>,
  floats: ReadonlySet<string>,
): Promise<Record<string, TypedTensor>> {
  const tensors: Record<string, TypedTensor> = {};
  for (const [name, { dtype, shape }] of weights.tensors) {
    const path = layerOfWeight(name);
    const whole = path === undefined ? undefined : layers.get(path);
    if (path !== undefined && whole) {
      Object.assign(tensors, layerTensors(path, shape, whole));
    } else if (path === undefined || shape.length < 2 || floats.has(path) || FLOATS.test(path)) {
      const { data } = await weights.read(name);
      tensors[name] = { dtype: dtype as FloatDtype, data, shape };
    } else {
      const { weight, weightScale } = quantizeWeight(await weights.read(name));
      const names = quantizedNames(path);
      tensors[names.weight] = { dtype: "I8", data: weight, shape };
      tensors[names.weightScale] = vector(weightScale);
    }
  }
  return tensors;
}

function layerTensors(
  path: string,
  shape: readonly number[],
  layer: QuantizedLayer,
): Record<string, TypedTensor> {
  const names = quantizedNames(path);
  return {
    [names.weight]: { dtype: "I8", data: layer.weight, shape },
    [names.weightScale]: vector(layer.weightScale),
    [names.inputScale]: vector(layer.inputScale),
    [names.inputZeroPoint]: { dtype: "U8", data: Uint8Array.of(layer.inputZeroPoint), shape: [] },
    [names.outputScale]: vector(layer.outputScale),
    [names.outputCentre]: vector(layer.outputCentre),
  };
}

function vector(data: Float32Array): TypedTensor {
  return { dtype: "F32", data, shape: [data.length] };
}
