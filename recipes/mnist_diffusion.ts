/** The time-conditioned and the class-conditioned UNet: they learn to tell the noise in a noisy digit. */
import { addNoise, linearSchedule } from "../lib/diffusion/mod.ts";
import { mnistUnet } from "../lib/nn/mod.ts";
import { mean, square, sub } from "../lib/onnx/mod.ts";
import type { Generator } from "../lib/random.ts";
import { type Tensor, tensor } from "../lib/tensor.ts";
import { loadDigits } from "./data/digits.ts";
import { isHiddenLayer } from "./mnist_hidden_layers.ts";
import type { Recipe } from "./recipe.ts";

/** The number of timesteps. */
const STEPS = 300;
const BETA_START = 1e-4;
const BETA_END = 0.02;

/** How often the class is left out in training, so that guidance has an unconditional network (Ho and Salimans 2022). */
const DROP = 0.1;

const schedule = linearSchedule(STEPS, BETA_START, BETA_END);

/** The labels of a batch as one-hot rows, some of them dropped: all zeros. */
function oneHot(labels: Uint8Array, classes: number, generator: Generator): Tensor {
  const rows = new Float32Array(labels.length * classes);
  const draws = generator.rand([labels.length]).data;
  labels.forEach((label, i) => {
    if (draws[i] >= DROP) rows[i * classes + label] = 1;
  });
  return tensor(rows, [labels.length, classes]);
}

function recipe(name: string, title: string, conditional: boolean): Recipe {
  return {
    name,
    title,
    needsLabels: conditional,
    defaults: { epochs: 6, batch: 128, microbatches: 4, learningRate: 1e-3, width: 64 },
    muon: { parameters: isHiddenLayer, scale: 0.4 },
    load: loadDigits,
    plan: ({ width }, { classes = [] }) => ({
      objective: (pictures) => (scope) => {
        const { graph } = scope;
        const x = graph.input("x", "float32", [pictures, 1, 28, 28]);
        const noise = graph.input("noise", "float32", [pictures, 1, 28, 28]);
        const time = graph.input("time", "float32", [pictures, 1]);
        const label = conditional ? graph.input("label", "float32", [pictures, classes.length]) : undefined;
        return mean(square(sub(mnistUnet(scope, x, width, { time, label }), noise)));
      },
      // DDPM, algorithm 1 (Ho, Jain and Abbeel 2020).
      feeds: ({ images, labels }, generator) => {
        const n = images.shape[0];
        const steps = Array.from({ length: n }, () => generator.randomInt(STEPS));
        const noise = generator.randn(images.shape);
        return {
          x: addNoise(images, noise, steps, schedule),
          noise,
          time: tensor(Float32Array.from(steps, (t) => t / STEPS), [n, 1]),
          ...(conditional && { label: oneHot(labels!, classes.length, generator) }),
        };
      },
      files: {
        weights: { "unet/diffusion_pytorch_model.safetensors": "" },
        configs: {
          "model_index.json": {
            _class_name: "MnistPipeline",
            _denoise_version: "0.1.0",
            unet: ["denoise", "MnistUNet"],
            scheduler: ["diffusers", "DDPMScheduler"],
          },
          "unet/config.json": {
            _class_name: "MnistUNet",
            _denoise_version: "0.1.0",
            sample_size: 28,
            in_channels: 1,
            out_channels: 1,
            hidden_width: width,
            time_conditioned: true,
            num_class_embeds: conditional ? classes.length : null,
            num_train_timesteps: STEPS,
            sample_range: [0, 1],
          },
          "scheduler/scheduler_config.json": {
            _class_name: "DDPMScheduler",
            num_train_timesteps: STEPS,
            beta_start: BETA_START,
            beta_end: BETA_END,
            beta_schedule: "linear",
            trained_betas: null,
            variance_type: "fixed_small",
            clip_sample: false,
            prediction_type: "epsilon",
            thresholding: false,
            timestep_spacing: "leading",
            steps_offset: 0,
          },
        },
      },
    }),
  };
}

/** The UNet that knows the time. */
export const mnistTime: Recipe = recipe("mnist-time", "time-conditioned UNet on MNIST", false);

/** The UNet that knows the time and the class. */
export const mnistClass: Recipe = recipe("mnist-class", "class-conditioned UNet on MNIST", true);
