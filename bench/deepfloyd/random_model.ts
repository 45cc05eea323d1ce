/** DeepFloyd IF's stage I in its medium size, with random weights: for measurements, where the real ones are not to be had. */
import { join } from "node:path";
import { Config, writeSafetensors } from "../../lib/checkpoints/mod.ts";
import { declare, deepFloydUnet, readDeepFloydConfig } from "../../lib/nn/mod.ts";
import { Generator } from "../../lib/random.ts";
import { tensor } from "../../lib/tensor.ts";

/** `unet/config.json` of `DeepFloyd/IF-I-M-v1.0`, as far as its keys have a meaning. */
const CONFIG = {
  _class_name: "UNet2DConditionModel",
  act_fn: "gelu",
  addition_embed_type: "text",
  addition_embed_type_num_heads: 64,
  attention_head_dim: 64,
  block_out_channels: [192, 384, 576, 768],
  cross_attention_dim: 768,
  cross_attention_norm: "group_norm",
  down_block_types: [
    "ResnetDownsampleBlock2D",
    "SimpleCrossAttnDownBlock2D",
    "SimpleCrossAttnDownBlock2D",
    "SimpleCrossAttnDownBlock2D",
  ],
  encoder_hid_dim: 4096,
  encoder_hid_dim_type: "text_proj",
  in_channels: 3,
  layers_per_block: 3,
  mid_block_type: "UNetMidBlock2DSimpleCrossAttn",
  out_channels: 6,
  resnet_time_scale_shift: "scale_shift",
  sample_size: 64,
  up_block_types: [
    "SimpleCrossAttnUpBlock2D",
    "SimpleCrossAttnUpBlock2D",
    "SimpleCrossAttnUpBlock2D",
    "ResnetUpsampleBlock2D",
  ],
} as const;

/** `scheduler/scheduler_config.json`, likewise. */
const SCHEDULER = {
  _class_name: "DDPMScheduler",
  beta_schedule: "squaredcos_cap_v2",
  dynamic_thresholding_ratio: 0.95,
  num_train_timesteps: 1000,
  prediction_type: "epsilon",
  sample_max_value: 1.5,
  thresholding: true,
  variance_type: "learned_range",
} as const;

/** The bytes of the weights. */
export const WEIGHT_BYTES = 4 * 371_605_830;

/** The name of the network's weights. */
const WEIGHTS = "unet/diffusion_pytorch_model.safetensors";

/**
 * Writes the network, unless it is there: about a minute, once.
 *
 * @param folder The pipeline's folder.
 */
export async function writeRandomModel(folder: string): Promise<void> {
  if (await Deno.stat(join(folder, WEIGHTS)).then(() => true, () => false)) return;
  for (
    const [path, values] of [["unet/config", CONFIG], ["scheduler/scheduler_config", SCHEDULER]] as const
  ) {
    const file = join(folder, `${path}.json`);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    await Deno.writeTextFile(file, JSON.stringify(values));
  }
  const config = readDeepFloydConfig(new Config("config", CONFIG));
  const { parameters } = declare((scope) => {
    const input = (name: string, ...shape: number[]) => scope.graph.input(name, "float32", shape);
    const text = input("text", 1, 77, config.textWidth);
    deepFloydUnet(scope, config, { x: input("x", 1, 3, 64, 64), t: input("t", 1), text });
  });
  const generator = new Generator(0);
  const drawn = parameters.map(({ name, shape, init }) => {
    return [name, tensor(init(shape, generator), shape)] as const;
  });
  await writeSafetensors(join(folder, WEIGHTS), Object.fromEntries(drawn));
}
