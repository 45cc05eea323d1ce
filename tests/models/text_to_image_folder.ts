/** Whole pipelines of DeepFloyd IF, tiny ones: the golden UNets, the tiny vocabulary, and an encoder with random weights. */
import { join } from "node:path";
import { Config } from "../../lib/checkpoints/config.ts";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { declare } from "../../lib/nn/sources.ts";
import { t5Encoder } from "../../lib/nn/t5.ts";
import { readT5Config } from "../../lib/nn/t5_config.ts";
import { Generator } from "../../lib/random.ts";
import { SentencePieceTokenizer } from "../../lib/text/sentencepiece.ts";
import { FIXTURES } from "../nn/deepfloyd.ts";
import { writeJson } from "./checkpoints.ts";
import { type PipelineChanges, writeDeepFloyd } from "./deepfloyd_checkpoints.ts";

/** The width of texts in both golden UNets. */
const WIDTH = 48;

/** Positions of a text. */
export const TEXT_LENGTH = 20;

/** Height and width of the pictures of both. */
export const SIZE = 16;

/** Writes the encoder: its configuration, and random weights. */
async function writeEncoder(folder: string, vocabulary: number, width: number): Promise<void> {
  const values = {
    model_type: "t5",
    feed_forward_proj: "gated-gelu",
    vocab_size: vocabulary,
    d_model: width,
    d_kv: 8,
    d_ff: 32,
    num_layers: 1,
    num_heads: 4,
  };
  await writeJson(join(folder, "config.json"), values);
  const config = readT5Config(new Config("config.json", values));
  const generator = new Generator(0);
  const { parameters } = declare((scope) => {
    const ids = scope.graph.input("ids", "int64", [1, TEXT_LENGTH]);
    const mask = scope.graph.input("mask", "float32", [1, TEXT_LENGTH]);
    t5Encoder(scope, config, { ids, mask });
  });
  const weights = parameters.map(({ name, shape, init }) => [name, { data: init(shape, generator), shape }]);
  await writeSafetensors(join(folder, "model.safetensors"), Object.fromEntries(weights));
}

/** What of a tiny pipeline is otherwise. */
export interface TextToImageChanges extends PipelineChanges {
  /** The encoder's width. */
  readonly width?: number;
}

/** Writes the pipeline of a stage. */
export async function writeTextToImage(
  folder: string,
  stage: "I" | "II",
  { width = WIDTH, ...changes }: TextToImageChanges = {},
): Promise<string> {
  const path = `${FIXTURES}/spiece_tiny.model`;
  await writeJson(join(folder, "model_index.json"), {
    _class_name: stage === "I" ? "IFPipeline" : "IFSuperResolutionPipeline",
    safety_checker: [null, null],
    tokenizer: ["transformers", "T5Tokenizer"],
    text_encoder: ["transformers", "T5EncoderModel"],
    unet: ["diffusers", "UNet2DConditionModel"],
    scheduler: ["diffusers", "DDPMScheduler"],
  });
  await writeJson(join(folder, "tokenizer", "tokenizer_config.json"), { model_max_length: TEXT_LENGTH });
  await Deno.copyFile(path, join(folder, "tokenizer", "spiece.model"));
  const { vocabularySize } = await SentencePieceTokenizer.open(path);
  await Deno.mkdir(join(folder, "text_encoder"));
  await writeEncoder(join(folder, "text_encoder"), vocabularySize, width);
  return await writeDeepFloyd(folder, `unet_${stage}_tiny`, changes);
}
