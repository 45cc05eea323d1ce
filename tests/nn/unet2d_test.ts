/** Diffusers' `UNet2DModel`, and `UNet2DConditionModel` beside DeepFloyd's own, against diffusers: names, shapes, outputs. */
import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { Config } from "../../lib/checkpoints/config.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { SafetensorsFile, writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { deepFloydUnet, readDeepFloydConfig } from "../../lib/nn/deepfloyd/mod.ts";
import { FileSource } from "../../lib/nn/file_source.ts";
import { Scope } from "../../lib/nn/scope.ts";
import { declare } from "../../lib/nn/sources.ts";
import { labelShape } from "../../lib/nn/unet/class_embedding.ts";
import { readUnet2DConfig, unet2D } from "../../lib/nn/unet2d/mod.ts";
import { type Dim, Graph, GraphError, openSession, type Value } from "../../lib/onnx/mod.ts";
import { sizeOf, type Tensor } from "../../lib/tensor.ts";
import { difference } from "./deepfloyd.ts";
import { configOf, drawWeights, namesDigest, networks, readGoldenTensors } from "./unets.ts";

/** A network on inputs of its own, whatever its class. */
function networkOf(name: string, batch: Dim): (scope: Scope) => Value {
  const values = configOf(name);
  const input = (scope: Scope, name: string, shape: readonly Dim[]) =>
    scope.graph.input(name, "float32", [batch, ...shape]);
  if (values.text("_class_name") === "UNet2DModel") {
    const config = readUnet2DConfig(values);
    return (scope) =>
      unet2D(scope, config, {
        x: input(scope, "x", [config.inChannels, config.size, config.size]),
        t: input(scope, "t", []),
        ...(config.classes && { classLabel: input(scope, "classLabel", labelShape(config.classes)) }),
      });
  }
  const config = readDeepFloydConfig(values);
  return (scope) =>
    deepFloydUnet(scope, config, {
      x: input(scope, "x", [config.inChannels, config.size, config.size]),
      t: input(scope, "t", []),
      text: input(scope, "text", [5, config.textWidth]),
      ...(config.classes && { classLabel: input(scope, "classLabel", labelShape(config.classes)) }),
    });
}

for (const [name, golden] of Object.entries(networks)) {
  Deno.test(`${name}: names, shapes and outputs are those of diffusers`, async () => {
    const build = networkOf(name, "batch");
    const weights = drawWeights(build, golden.seed);
    assertEquals(Object.keys(weights).length, golden.parameters);
    assertEquals(await namesDigest(weights), golden.names);
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/weights.safetensors`;
      await writeSafetensors(path, weights);
      const source = new FileSource(await SafetensorsFile.open(path));
      const graph = new Graph();
      graph.output("out", build(new Scope(graph, source, false)));
      source.assertAllUsed();
      const { out: expected, ...feeds } = await readGoldenTensors(name);
      await using session = await openSession(graph, { folder: source.folder });
      const { out } = await session.run(feeds as Record<string, Tensor>);
      assertLess(difference(out, expected), 1e-5);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("networks with classes are told of them, others are not", () => {
  for (const name of ["course", "cond_table"]) {
    const values = configOf(name).values;
    const without = new Config("config.json", { ...values, num_class_embeds: null });
    const inputs = (scope: Scope) => ({
      x: scope.graph.input("x", "float32", [1, 3, 8, 8]),
      t: scope.graph.input("t", "float32", [1]),
      text: scope.graph.input("text", "float32", [1, 5, 10]),
    });
    const label = (scope: Scope) => ({ classLabel: scope.graph.input("classLabel", "float32", [1]) });
    const build = (config: Config, scope: Scope, labelled: boolean) => {
      const given = { ...inputs(scope), ...(labelled && label(scope)) };
      return config.values._class_name === "UNet2DModel"
        ? unet2D(scope, readUnet2DConfig(config), given)
        : deepFloydUnet(scope, readDeepFloydConfig(config), given);
    };
    assertThrows(
      () => declare((scope) => build(configOf(name), scope, false)),
      GraphError,
      "classLabel: missing",
    );
    assertThrows(() => declare((scope) => build(without, scope, true)), GraphError, "classLabel: given");
  }
});

/** Configurations of published checkpoints: those of the oldest files lack keys. */
const cifar = {
  _class_name: "UNet2DModel",
  _diffusers_version: "0.0.4",
  act_fn: "silu",
  attention_head_dim: null,
  block_out_channels: [128, 256, 256, 256],
  center_input_sample: false,
  down_block_types: ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"],
  downsample_padding: 0,
  flip_sin_to_cos: false,
  freq_shift: 1,
  in_channels: 3,
  layers_per_block: 2,
  mid_block_scale_factor: 1,
  norm_eps: 1e-6,
  norm_num_groups: 32,
  out_channels: 3,
  sample_size: 32,
  time_embedding_type: "positional",
  up_block_types: ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"],
};
const celebahq = {
  ...cifar,
  sample_size: 256,
  block_out_channels: [128, 128, 256, 256, 512, 512],
  down_block_types: [...Array<string>(4).fill("DownBlock2D"), "AttnDownBlock2D", "DownBlock2D"],
  up_block_types: ["UpBlock2D", "AttnUpBlock2D", ...Array<string>(4).fill("UpBlock2D")],
};

Deno.test("networks of published configurations have as many parameters as in diffusers", () => {
  const count = (values: Record<string, unknown>) => {
    const config = readUnet2DConfig(new Config("config.json", values));
    const { parameters } = declare((scope) => {
      const x = scope.graph.input("x", "float32", ["batch", 3, config.size, config.size]);
      unet2D(scope, config, { x, t: scope.graph.input("t", "float32", ["batch"]) });
    });
    return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  };
  assertEquals(count(cifar), 35746307);
  assertEquals(count(celebahq), 113673219);
});

Deno.test("a configuration that is not understood is refused by its key and file", () => {
  const refused = (changes: Record<string, unknown>, message: string) => {
    const config = new Config("config.json", { ...cifar, ...changes });
    assertThrows(() => readUnet2DConfig(config), CheckpointError, `config.json: "${message}`);
  };
  refused({ _class_name: "UNet2DConditionModel" }, '_class_name" is "UNet2DConditionModel" where');
  refused(
    { down_block_types: ["SkipDownBlock2D", "DownBlock2D", "DownBlock2D", "DownBlock2D"] },
    'down_block_types" is ["SkipDownBlock2D",',
  );
  refused({ up_block_types: ["UpBlock2D"] }, 'up_block_types" is ["UpBlock2D"] where a list of 4');
  refused({ block_out_channels: [128, 256, 256, 250] }, 'block_out_channels" is [128,256,256,250] where');
  refused({ sample_size: 30 }, 'sample_size" is 30 where a multiple of 8, for 4 levels, is expected');
  refused({ sample_size: [32, 64] }, 'sample_size" is [32,64] where');
  refused({ sample_size: null }, 'sample_size" is null where');
  refused({ out_channels: 4 }, 'out_channels" is 4 where one of 3, 6 is expected');
  refused({ downsample_padding: 2 }, 'downsample_padding" is 2 where one of 0, 1 is expected');
  refused({ downsample_type: "fir" }, 'downsample_type" is "fir" where one of conv, resnet is expected');
  refused(
    { mid_block_type: "UNetMidBlock2DCrossAttn" },
    'mid_block_type" is "UNetMidBlock2DCrossAttn" where',
  );
  refused({ attention_head_dim: 7 }, 'attention_head_dim" is 7 where a divisor of 256 channels');
  refused({ attn_norm_num_groups: 7 }, 'attn_norm_num_groups" is 7 where a divisor of 256 channels');
  refused({ resnet_time_scale_shift: "spatial" }, 'resnet_time_scale_shift" is "spatial" where one of');
  refused({ time_embedding_type: "gaussian" }, 'time_embedding_type" is "gaussian" where one of');
  refused({ time_embedding_type: "learned" }, 'num_train_timesteps" is missing where');
  refused({ class_embed_type: "projection" }, 'class_embed_type" is "projection" where one of');
  refused({ act_fn: "mish" }, 'act_fn" is "mish" where one of gelu, silu, relu is expected');
  refused({ norm_num_groups: null }, 'norm_num_groups" is null where');
  refused({ freq_shift: 64 }, 'freq_shift" is 64 where a number below 64 is expected');
  refused({ quantization_config: {} }, "quantization_config");
});

Deno.test("old block names, lists and nulls are read as in diffusers", () => {
  const read = (changes: Record<string, unknown> = {}) =>
    readUnet2DConfig(new Config("config.json", { ...cifar, ...changes }));
  assertEquals(read({ down_block_types: cifar.down_block_types.map((type) => `UNetRes${type}`) }), read());
  assertEquals(read({ sample_size: [32, 32], dropout: 0.1, class_embed_type: null }), read());
  assertEquals(read().mid, { outputScale: 1, attention: { headWidth: 256, groups: 32 } });
  assertEquals(read({ add_attention: false }).mid, { outputScale: 1 });
  assertEquals(read({ mid_block_type: null }).mid, undefined);
  assertEquals(read({ resnet_time_scale_shift: "scale_shift" }).mid?.attention, { headWidth: 256 });
});
