/** `emoji-II`: stage II of the cascade, which enlarges four times. */
import { isHidden } from "./hidden_layers.ts";
import { Config } from "../../lib/checkpoints/mod.ts";
import { addNoise, cosineSchedule } from "../../lib/diffusion/mod.ts";
import { deepFloydUnet, readDeepFloydConfig } from "../../lib/nn/mod.ts";
import { resize } from "../../lib/image.ts";
import { upsampleBilinear } from "../../lib/pipelines/mod.ts";
import { concat, type Tensor, tensor } from "../../lib/tensor.ts";
import { loadIconImages } from "../data/icons/icon_images.ts";
import { loadHeldOutIcons } from "../data/icons/held_out_icons.ts";
import type { Recipe } from "../recipe.ts";
import {
  pipelineIndex,
  schedulerConfig,
  stageTwoConfig,
  TEXT_LENGTH,
  TEXT_WIDTH,
  TIMESTEPS,
} from "./configs.ts";
import { damage } from "./damage.ts";
import { type EncodedSet, withEncoder } from "./encoded_set.ts";
import { hybridLoss, noisyPictures } from "./hybrid_loss.ts";

/** Height and width of its pictures. */
const SIZE = 128;

/** How many times it enlarges. */
const FACTOR = 4;

/** It is trained on parts of pictures, so many times smaller in height and width: its work is local. */
const PARTS = 2;

/** The strongest noise in the small pictures of training, as a timestep (Ho et al. 2022, section 3). */
const MAX_NOISE = 500;

/** How often the caption is left out: what is near says more than a text does. */
const DROP = 0.5;

const noising = cosineSchedule(TIMESTEPS);

/** Enlarges small pictures of captions. The text encoder is that of stage I, and stays as it is. */
export const emojiII: Recipe<EncodedSet> = {
  name: "emoji-II",
  title: "stage II of the cascade: enlarges small pictures of captions four times",
  needsLabels: false,
  defaults: { epochs: 20, batch: 16, microbatches: 2, learningRate: 1e-3, width: 24, size: SIZE },
  schedule: "warmup-stable-decay",
  optimizer: { clipNorm: 1, weightDecay: 0.01 },
  muon: { parameters: isHidden, scale: 0.8 },
  load: async ({ size = SIZE, encoder = "emoji-I" }) =>
    await withEncoder(await loadIconImages({ size }), encoder),
  loadTest: ({ size = SIZE }) => loadHeldOutIcons({ size }),
  plan: ({ width, size = SIZE }, set) => {
    const unet = stageTwoConfig(width, size);
    const network = readDeepFloydConfig(new Config("unet", unet));
    const part = size / PARTS;
    return {
      objective: (pictures) => (scope) => {
        const { graph } = scope;
        const text = graph.input("text", "float32", [pictures, TEXT_LENGTH, TEXT_WIDTH]);
        const x = graph.input("x", "float32", [pictures, 6, part, part]);
        const t = graph.input("t", "float32", [pictures]);
        const noiseLevel = graph.input("noiseLevel", "float32", [pictures]);
        return hybridLoss(deepFloydUnet(scope.at("unet"), network, { x, t, text, noiseLevel }));
      },
      feeds: async (batch, generator) => {
        const drawn = await Promise.all(batch.pictures.map((subject) => set.draw(subject, generator)));
        const images = concat(drawn.map(({ image }): Tensor => ({
          data: Float32Array.from(image, (byte) => byte / 127.5 - 1),
          shape: [1, 3, size, size],
        })));
        const small = damage(resize(images, size / FACTOR, size / FACTOR, { filter: "bilinear" }), generator);
        const corners = drawn.map(() => [0, 0].map(() => generator.randomInt(size - part + 1)));
        const cut = (x: Tensor) => concat(corners.map((corner, n) => crop(x, n, corner, part)));
        const clean = cut(upsampleBilinear(small, size, size));
        const levels = drawn.map(() => generator.randomInt(MAX_NOISE));
        const lowRes = addNoise(clean, generator.randn(clean.shape), levels, noising);
        const dropped = generator.rand([drawn.length]).data;
        const captions = drawn.map(({ caption }, n) => dropped[n] < DROP ? "" : caption);
        const noisy = noisyPictures(cut(images), generator);
        return {
          ...noisy,
          x: concat([noisy.x, lowRes], 1),
          noiseLevel: tensor(Float32Array.from(levels), [levels.length]),
          text: await set.encode(captions),
        };
      },
      files: {
        weights: { "unet/diffusion_pytorch_model.safetensors": "unet." },
        configs: {
          "model_index.json": pipelineIndex("IFSuperResolutionPipeline"),
          "sampling_config.json": {
            num_inference_steps: 20,
            guidance_scale: 1,
            cache_interval: 2,
            noise_level: 100,
          },
          "unet/config.json": unet,
          ...set.encoderFiles,
          "scheduler/scheduler_config.json": schedulerConfig({ ratio: 0.95, max: 1 }),
          "image_noising_scheduler/scheduler_config.json": schedulerConfig({ ratio: 0.95, max: 1 }),
        },
      },
    };
  },
};

/** A square of one image of `[N, C, H, W]`: `[1, C, side, side]`. */
function crop(
  { data, shape: [, channels, height, width] }: Tensor,
  image: number,
  [top, left]: readonly number[],
  side: number,
): Tensor {
  const out = new Float32Array(channels * side * side);
  for (let channel = 0, to = 0; channel < channels; channel++) {
    for (let row = 0; row < side; row++, to += side) {
      const from = ((image * channels + channel) * height + top + row) * width + left;
      out.set(data.subarray(from, from + side), to);
    }
  }
  return { data: out, shape: [1, channels, side, side] };
}
