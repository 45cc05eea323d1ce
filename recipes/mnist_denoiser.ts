/** The single-step denoiser: it learns to tell the digit in a noisy one, at one noise level. */
import { mnistUnet } from "../lib/nn/mod.ts";
import { mean, square, sub } from "../lib/onnx/mod.ts";
import { combine } from "../lib/tensor.ts";
import { loadDigits, loadTestDigits } from "./data/digits.ts";
import { isHiddenLayer } from "./mnist_hidden_layers.ts";
import type { Recipe } from "./recipe.ts";

/** The standard deviation of the noise that it is trained on. */
export const SIGMA = 0.5;

/** The UNet without conditions. */
export const mnistDenoiser: Recipe = {
  name: "mnist-denoiser",
  title: "single-step denoiser on MNIST",
  needsLabels: false,
  defaults: { epochs: 5, batch: 128, microbatches: 4, learningRate: 1e-3, width: 64 },
  muon: { parameters: isHiddenLayer, scale: 0.4 },
  load: loadDigits,
  loadTest: loadTestDigits,
  plan: ({ width }) => ({
    objective: (pictures) => (scope) => {
      const x = scope.graph.input("x", "float32", [pictures, 1, 28, 28]);
      const clean = scope.graph.input("clean", "float32", [pictures, 1, 28, 28]);
      return mean(square(sub(mnistUnet(scope, x, width), clean)));
    },
    feeds: ({ images }, generator) => {
      return { x: combine(1, images, SIGMA, generator.randn(images.shape)), clean: images };
    },
    files: {
      weights: { "diffusion_pytorch_model.safetensors": "" },
      configs: {
        "config.json": {
          _class_name: "MnistUNet",
          _denoise_version: "0.1.0",
          sample_size: 28,
          in_channels: 1,
          out_channels: 1,
          hidden_width: width,
          time_conditioned: false,
          num_class_embeds: null,
          num_train_timesteps: null,
          sample_range: [0, 1],
          sigma: SIGMA,
        },
      },
    },
  }),
};
