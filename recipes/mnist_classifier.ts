/** A classifier of digits, to judge samples with. */
import { mnistClassifier as network } from "../lib/nn/mnist_classifier.ts";
import { logSoftmax, mean, neg, pick } from "../lib/onnx/mod.ts";
import { tensor } from "../lib/tensor.ts";
import { loadDigits } from "./data/digits.ts";
import type { Recipe } from "./recipe.ts";

/** Two pairs of convolutions, two linear layers, cross-entropy. */
export const mnistClassifier: Recipe = {
  name: "mnist-classifier",
  title: "classifier of MNIST digits",
  needsLabels: true,
  defaults: { epochs: 5, batch: 128, microbatches: 4, learningRate: 1e-3, width: 16 },
  load: loadDigits,
  plan: ({ width }, { classes = [] }) => ({
    objective: (pictures) => (scope) => {
      const x = scope.graph.input("x", "float32", [pictures, 1, 28, 28]);
      const label = scope.graph.input("label", "int64", [pictures]);
      return neg(mean(pick(logSoftmax(network(scope, x, width, classes.length)), label)));
    },
    feeds: ({ images, labels }) => {
      return { x: images, label: tensor(BigInt64Array.from(labels!, BigInt), [labels!.length]) };
    },
    files: {
      weights: { "diffusion_pytorch_model.safetensors": "" },
      configs: {
        "config.json": {
          _class_name: "MnistClassifier",
          _denoise_version: "0.1.0",
          sample_size: 28,
          in_channels: 1,
          num_classes: classes.length,
          hidden_width: width,
        },
      },
    },
  }),
};
