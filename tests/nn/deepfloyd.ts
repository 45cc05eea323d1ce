/** Configurations of DeepFloyd IF's UNets, and the golden ones, for tests. */
import { Config } from "../../lib/checkpoints/config.ts";
import { SafetensorsFile } from "../../lib/checkpoints/safetensors.ts";
import { type DeepFloydConfig, readDeepFloydConfig } from "../../lib/nn/deepfloyd/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** Where the golden tensors lie. */
export const FIXTURES = "tests/fixtures";

/** A golden UNet: its configuration, its weights, and what it makes of some inputs. */
export interface Golden {
  readonly config: DeepFloydConfig;
  readonly weights: SafetensorsFile;
  /** Inputs, outputs and intermediates by name; integers as floats. */
  readonly io: Readonly<Record<string, Tensor>>;
}

/** Reads a golden UNet. */
export async function readGolden(name: "unet_I_tiny" | "unet_II_tiny"): Promise<Golden> {
  const file = await SafetensorsFile.open(`${FIXTURES}/${name}_io.safetensors`);
  const io: Record<string, Tensor> = {};
  for (const [key, { dtype }] of file.tensors) {
    if (dtype !== "I64") io[key] = await file.read(key);
    else {
      const { data, shape } = await file.readBigIntegers(key);
      io[key] = { data: Float32Array.from(data, Number), shape };
    }
  }
  return {
    config: readDeepFloydConfig(await Config.read(`${FIXTURES}/${name}_config.json`)),
    weights: await SafetensorsFile.open(`${FIXTURES}/${name}.safetensors`),
    io,
  };
}

/** The largest difference of two tensors of one shape; Infinity where the shapes differ. */
export function difference(a: Tensor, b: Tensor): number {
  if (String(a.shape) !== String(b.shape)) return Infinity;
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);
}

const stageI = {
  _class_name: "UNet2DConditionModel",
  sample_size: 64,
  in_channels: 3,
  out_channels: 6,
  down_block_types: ["ResnetDownsampleBlock2D", ...Array<string>(3).fill("SimpleCrossAttnDownBlock2D")],
  up_block_types: [...Array<string>(3).fill("SimpleCrossAttnUpBlock2D"), "ResnetUpsampleBlock2D"],
  mid_block_type: "UNetMidBlock2DSimpleCrossAttn",
  layers_per_block: 3,
  encoder_hid_dim: 4096,
  attention_head_dim: 64,
  addition_embed_type: "text",
  addition_embed_type_num_heads: 64,
  cross_attention_norm: "group_norm",
  resnet_time_scale_shift: "scale_shift",
  act_fn: "gelu",
};

/** `config.json` of the networks whose state dictionaries are known, with the keys that differ from the defaults. */
export const published: Readonly<Record<"I_M" | "I_XL" | "II_M_guess", Record<string, unknown>>> = {
  I_M: { ...stageI, block_out_channels: [192, 384, 576, 768], cross_attention_dim: 768 },
  I_XL: { ...stageI, block_out_channels: [704, 1408, 2112, 2816], cross_attention_dim: 2816 },
  II_M_guess: {
    ...stageI,
    sample_size: 256,
    in_channels: 6,
    block_out_channels: [96, 192, 384, 576, 768],
    cross_attention_dim: 768,
    layers_per_block: [2, 2, 3, 5, 5],
    down_block_types: [
      ...Array<string>(3).fill("ResnetDownsampleBlock2D"),
      ...Array<string>(2).fill("SimpleCrossAttnDownBlock2D"),
    ],
    up_block_types: [
      ...Array<string>(2).fill("SimpleCrossAttnUpBlock2D"),
      ...Array<string>(3).fill("ResnetUpsampleBlock2D"),
    ],
    only_cross_attention: true,
    class_embed_type: "timestep",
    time_embedding_dim: 768,
    time_embedding_act_fn: "gelu",
    resnet_skip_time_act: true,
    resnet_out_scale_factor: 1.4142271248762552,
    mid_block_scale_factor: 1.4142271248762552,
  },
};
