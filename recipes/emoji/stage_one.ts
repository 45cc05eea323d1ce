/** `emoji-I`: stage I of the cascade, with its text encoder. */
import { ArgumentError } from "../../lib/errors.ts";
import { Config } from "../../lib/checkpoints/mod.ts";
import { VOCABULARY_FILE } from "../../lib/models/mod.ts";
import { deepFloydUnet, readDeepFloydConfig, readT5Config, t5Encoder } from "../../lib/nn/mod.ts";
import { concat, type Tensor } from "../../lib/tensor.ts";
import { SentencePieceTokenizer } from "../../lib/text/mod.ts";
import { readWeights } from "../read_weights.ts";
import type { ModelFiles, Recipe } from "../recipe.ts";
import { type CaptionedSet, loadCaptioned } from "./captioned_set.ts";
import {
  pipelineIndex,
  schedulerConfig,
  specialTokens,
  stageOneChannels,
  stageOneConfig,
  TEXT_LENGTH,
  textEncoderConfig,
  tokenizerConfig,
} from "./configs.ts";
import { type GrownFrom, growStageOne } from "./grow.ts";
import { hybridLoss, noisyPictures } from "./hybrid_loss.ts";
import { isHidden } from "./hidden_layers.ts";
import { dropCaptions, textFeeds } from "./text_feeds.ts";

/** Height and width of its pictures. */
const SIZE = 32;

/** The files of its weights, with the start of their names. */
const weightFiles: ModelFiles["weights"] = {
  "unet/diffusion_pytorch_model.safetensors": "unet.",
  "text_encoder/model.safetensors": "text_encoder.",
};

/** A model's weights and what they mean. */
async function readStageOne(folder: string): Promise<GrownFrom> {
  const weights = await readWeights(folder, { weights: weightFiles, configs: {} });
  const unet = await Config.read(`${folder}/unet/config.json`);
  const { down } = readDeepFloydConfig(unet);
  const tokenizer = await SentencePieceTokenizer.open(`${folder}/tokenizer/spiece.model`);
  return { weights, channels: down.map(({ channels }) => channels), tokenizer };
}

/** Draws small pictures of captions. The text encoder is trained with it. */
export const emojiI: Recipe<CaptionedSet> = {
  name: "emoji-I",
  title: "stage I of the cascade: from captions to small pictures",
  needsLabels: false,
  defaults: { epochs: 600, batch: 32, microbatches: 2, learningRate: 1e-3, width: 48, layers: 1, size: SIZE },
  writeEvery: 50,
  optimizer: { clipNorm: 1, weightDecay: 0.01 },
  muon: { parameters: isHidden, scale: 0.8 },
  load: ({ folder, size = SIZE, names }) => {
    if (folder === undefined) return loadCaptioned({ names, size });
    throw new ArgumentError("folder", folder, "none", {
      note: "emoji-I draws its pictures from the packages",
    });
  },
  grow: async (folder, fresh, { width }, { tokenizer }) => {
    return growStageOne(await readStageOne(folder), {
      weights: fresh,
      channels: stageOneChannels(width),
      tokenizer: SentencePieceTokenizer.parse(tokenizer),
    });
  },
  plan: ({ width, layers = 1, size = SIZE }, set) => {
    if (size !== set.size) throw new ArgumentError("size", size, `the data's ${set.size}`);
    const tokenizer = SentencePieceTokenizer.parse(set.tokenizer);
    const encoder = textEncoderConfig(tokenizer.vocabularySize);
    const t5 = readT5Config(new Config("text_encoder", encoder));
    const unet = stageOneConfig(width, size, layers);
    const network = readDeepFloydConfig(new Config("unet", unet));
    return {
      objective: (pictures) => (scope) => {
        const { graph } = scope;
        const ids = graph.input("ids", "int64", [pictures, TEXT_LENGTH]);
        const mask = graph.input("mask", "float32", [pictures, TEXT_LENGTH]);
        const x = graph.input("x", "float32", [pictures, 3, size, size]);
        const t = graph.input("t", "float32", [pictures]);
        const text = t5Encoder(scope.at("text_encoder"), t5, { ids, mask });
        return hybridLoss(deepFloydUnet(scope.at("unet"), network, { x, t, text }));
      },
      feeds: async (batch, generator) => {
        const drawn = await Promise.all(batch.pictures.map((subject) => set.draw(subject, generator)));
        const images = concat(drawn.map(({ image }): Tensor => ({
          data: Float32Array.from(image, (byte) => byte / 127.5 - 1),
          shape: [1, 3, size, size],
        })));
        const captions = dropCaptions(drawn.map(({ caption }) => caption), generator);
        return { ...textFeeds(tokenizer, captions), ...noisyPictures(images, generator) };
      },
      files: {
        weights: weightFiles,
        configs: {
          "model_index.json": pipelineIndex("IFPipeline"),
          "sampling_config.json": {
            num_inference_steps: 20,
            guidance_scale: 2.5,
            super_resolution: "emoji-II",
          },
          "unet/config.json": unet,
          "text_encoder/config.json": encoder,
          "tokenizer/tokenizer_config.json": tokenizerConfig,
          "tokenizer/special_tokens_map.json": specialTokens,
          "tokenizer/spiece.model": set.tokenizer,
          [VOCABULARY_FILE]: set.vocabulary,
          "scheduler/scheduler_config.json": schedulerConfig({ ratio: 0.95, max: 1.5 }),
        },
      },
    };
  },
};
