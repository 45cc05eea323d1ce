/** From Keras's convolutions and batch norms to convolutions with a bias, in the layout of this project. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** What Keras adds to a variance. */
const EPSILON = 1e-3;

/**
 * Of each convolution of a Keras model the kernel as `NAME.weight`, `[out, in, height, width]`, and as `NAME.bias` what its batch
 * norm adds: y = γ (w x - μ) / √(σ² + ε) + β is a convolution with w γ / √(σ² + ε) and the bias β - μ γ / √(σ² + ε)
 * (Ioffe and Szegedy 2015, as it stands after training).
 *
 * @param tensors By Keras's names: kernels `[height, width, in, out]`, those of depthwise convolutions `[height, width, out, 1]`.
 * @param normOf The name of the batch norm that follows a convolution.
 */
export function foldedWeights(
  tensors: ReadonlyMap<string, Tensor>,
  normOf: (convolution: string) => string,
): Record<string, Tensor> {
  const folded: Record<string, Tensor> = {};
  const find = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new ArgumentError("weights", described(`no ${name}`), "it");
    return tensor;
  };
  for (const [key, { data, shape }] of tensors) {
    const [layer, kind] = key.split("/");
    const depthwise = kind === "depthwise_kernel";
    if (shape.length !== 4 || !(depthwise || kind === "kernel")) continue;
    const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map((part) =>
      find(`${normOf(layer)}/${part}`).data
    );
    const [height, width] = shape;
    const [inputs, outputs] = depthwise ? [1, shape[2]] : [shape[2], shape[3]];
    const factor = gamma.map((value, i) => value / Math.sqrt(variance[i] + EPSILON));
    const weight = new Float32Array(data.length);
    for (let place = 0, from = 0; place < height * width; place++) {
      for (let input = 0; input < inputs; input++) {
        for (let output = 0; output < outputs; output++, from++) {
          weight[(output * inputs + input) * height * width + place] = data[from] * factor[output];
        }
      }
    }
    folded[`${layer}.weight`] = { data: weight, shape: [outputs, inputs, height, width] };
    folded[`${layer}.bias`] = { data: beta.map((value, i) => value - mean[i] * factor[i]), shape: [outputs] };
  }
  return folded;
}
