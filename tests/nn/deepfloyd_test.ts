/** The UNet of DeepFloyd IF against diffusers: names and shapes at full size, numbers at a small one, gradients. */
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { Config } from "../../lib/checkpoints/config.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { timestepEmbedding } from "../../lib/nn/unet/timestep_embedding.ts";
import {
  deepFloydContext,
  deepFloydPrompt,
  deepFloydStep,
  deepFloydUnet,
  readDeepFloydConfig,
} from "../../lib/nn/deepfloyd/mod.ts";
import { textPooling } from "../../lib/nn/deepfloyd/text_pooling.ts";
import { FileSource } from "../../lib/nn/file_source.ts";
import { Scope } from "../../lib/nn/scope.ts";
import { declare } from "../../lib/nn/sources.ts";
import {
  gradients,
  Graph,
  GraphError,
  mean,
  mul,
  openSession,
  square,
  sum,
  transpose,
} from "../../lib/onnx/mod.ts";
import { Generator } from "../../lib/random.ts";
import { combine, scale, slice, type Tensor } from "../../lib/tensor.ts";
import { difference, FIXTURES, type Golden, published, readGolden } from "./deepfloyd.ts";

const goldens = ["unet_I_tiny", "unet_II_tiny"] as const;

/** The inputs of the whole network, declared. */
function inputs(graph: Graph, config: Golden["config"], batch: number | string, size = config.size) {
  return {
    x: graph.input("x", "float32", [batch, config.inChannels, size, size]),
    t: graph.input("t", "float32", [batch]),
    text: graph.input("text", "float32", [batch, 77, config.textWidth]),
    noiseLevel: config.enlarges ? graph.input("noiseLevel", "float32", [batch]) : undefined,
  };
}

/** What the golden tensors say of the inputs. */
function feeds({ config, io }: Golden): Record<string, Tensor> {
  const count = io.sample.shape[0];
  return {
    x: io.sample,
    t: { data: new Float32Array(count).fill(io.timestep.data[0]), shape: [count] },
    text: io.encoder_hidden_states,
    ...(config.enlarges && { noiseLevel: io.class_labels }),
  };
}

for (const [name, values] of Object.entries(published)) {
  Deno.test(`names and shapes of ${name} are those of its state dictionary`, async () => {
    const config = readDeepFloydConfig(new Config(name, values));
    const { parameters, buffers } = declare((scope) => {
      deepFloydUnet(scope, config, inputs(scope.graph, config, 1));
    });
    const expected = JSON.parse(await Deno.readTextFile(`${FIXTURES}/state_dict_${name}.json`));
    const found = parameters.map(({ name, shape }) => [name, [...shape]] as const);
    assertEquals(new Set(found.map(([name]) => name)).size, found.length, "each is asked for once");
    assertEquals(Object.fromEntries(found), expected);
    assertEquals(buffers, []);
  });
}

for (const name of goldens) {
  Deno.test(`${name}: output and intermediates are those of diffusers`, async () => {
    const golden = await readGolden(name);
    const { config, io } = golden;
    const source = new FileSource(golden.weights);
    const graph = new Graph();
    const given = inputs(graph, config, "batch");
    graph.output("out", deepFloydUnet(new Scope(graph, source, false), config, given));
    source.assertAllUsed();
    await using session = await openSession(graph, { folder: source.folder });
    const { out } = await session.run(feeds(golden));
    assertLess(difference(out, io.out), 2e-5);
    assertLess(difference(out, io.out_f64), 2e-5);

    const parts = new Graph();
    const scope = new Scope(parts, new FileSource(golden.weights), false);
    const t = parts.input("t", "float32", ["batch"]);
    const text = parts.input("text", "float32", ["batch", 77, config.textWidth]);
    parts.output(
      "time_emb",
      timestepEmbedding(scope.at("time_embedding"), t, config.down[0].channels, config),
    );
    parts.output("enc_hid_proj", transpose(deepFloydContext(scope, config, text), [0, 2, 1]));
    parts.output(
      "add_emb",
      textPooling(scope.at("add_embedding"), text, config.poolingHeads, config.embeddingWidth),
    );
    await using partial = await openSession(parts, { folder: source.folder });
    const all = feeds(golden);
    const found = await partial.run({ t: all.t, text: all.text });
    for (const key of ["time_emb", "add_emb", "enc_hid_proj"]) {
      assertLess(difference(found[key], io[key]), 2e-5, key);
    }
  });

  Deno.test(`${name}: a batch of prompts and timesteps is as each picture by itself`, async () => {
    const { config, weights } = await readGolden(name);
    const source = new FileSource(weights);
    const graph = new Graph();
    graph.output(
      "out",
      deepFloydUnet(new Scope(graph, source, false), config, inputs(graph, config, "batch")),
    );
    await using session = await openSession(graph, { folder: source.folder });
    const generator = new Generator(5);
    const vector = (...data: number[]): Tensor => ({ data: Float32Array.from(data), shape: [data.length] });
    const batch: Record<string, Tensor> = {
      x: generator.randn([3, config.inChannels, 16, 16]),
      t: vector(999, 0, 421),
      text: generator.randn([3, 77, config.textWidth]),
      ...(config.enlarges && { noiseLevel: vector(0, 250, 999) }),
    };
    const { out } = await session.run(batch);
    for (const i of [0, 1, 2]) {
      const one = Object.fromEntries(
        Object.entries(batch).map(([key, value]) => [key, slice(value, i, i + 1)]),
      );
      const alone = await session.run(one);
      assertLess(difference(alone.out, slice(out, i, i + 1)), 2e-5, `picture ${i}`);
    }
  });

  Deno.test(`${name}: gradients along a random direction are those of differences`, async () => {
    const { config, weights } = await readGolden(name);
    const [batch, size] = [2, 8];
    // A network may be part of a larger one.
    const build = (scope: Scope) => {
      const out = deepFloydUnet(scope.at("unet"), config, inputs(scope.graph, config, batch, size));
      return mean(square(mul(out, scope.graph.input("cotangent", "float32", out.shape))));
    };
    const { parameters } = declare(build);
    const names = parameters.map(({ name }) => name);
    const graph = new Graph();
    const values = new Map(parameters.map(({ name, shape }) => [name, graph.input(name, "float32", shape)]));
    const get = (_graph: Graph, name: string) => values.get(name)!;
    const loss = build(new Scope(graph, { parameter: get, buffer: get, update() {} }, true));
    graph.output("loss", loss);
    gradients(loss, [...values.values()]).forEach((gradient, i) => {
      const direction = graph.input(`along.${names[i]}`, "float32", gradient.shape);
      graph.output(`slope.${names[i]}`, sum(mul(gradient, direction)));
    });

    const generator = new Generator(7);
    const start: Record<string, Tensor> = {};
    const along: Record<string, Tensor> = {};
    for (const { name, shape } of parameters) {
      start[name] = await weights.read(name.slice("unet.".length));
      // As large as the weights, so that each moves by the same part of itself.
      const { data } = start[name];
      const size = Math.sqrt(data.reduce((total, v) => total + v * v, 0) / data.length);
      along[name] = scale(generator.randn(shape), size || 0.1);
    }
    const fixed: Record<string, Tensor> = {
      x: generator.randn([batch, config.inChannels, size, size]),
      t: { data: Float32Array.of(700, 30), shape: [batch] },
      text: generator.randn([batch, 77, config.textWidth]),
      cotangent: generator.randn([batch, config.outChannels, size, size]),
      ...(config.enlarges && { noiseLevel: { data: Float32Array.of(100, 250), shape: [batch] } }),
      ...Object.fromEntries(names.map((name) => [`along.${name}`, along[name]])),
    };
    await using session = await openSession(graph, { threads: 1, memoryPattern: false });
    const found = await session.run({ ...fixed, ...start });
    const slope = (name: string) => found[`slope.${name}`].data[0];
    // All together, then the layers of one kind, whose gradients are smaller.
    for (
      const kind of ["", "to_q", "add_v_proj", "norm_cross", "time_emb_proj", "norm2", "pool", "_embedding"]
    ) {
      const moving = names.filter((name) => name.includes(kind));
      const at = async (h: number) => {
        const moved = Object.fromEntries(
          moving.map((name) => [name, combine(1, start[name], h, along[name])]),
        );
        return (await session.run({ ...fixed, ...start, ...moved }, { outputs: ["loss"] })).loss.data[0];
      };
      const h = 0.002;
      const near = await at(h) - await at(-h);
      const measured = (8 * near - (await at(2 * h) - await at(-2 * h))) / (12 * h);
      const predicted = moving.reduce((total, name) => total + slope(name), 0);
      const size = Math.hypot(...moving.map(slope));
      assert(size > 0, kind);
      assertLess(Math.abs(measured - predicted) / size, 1e-2, kind);
    }
  });
}

Deno.test("attention of large images in one kernel is attention by its parts", async () => {
  const { config, weights } = await readGolden("unet_I_tiny");
  // What is observed is computed by its parts.
  const by = async (observe?: () => void) => {
    const source = new FileSource(weights);
    const graph = new Graph();
    const scope = new Scope(graph, source, false);
    const given = inputs(graph, config, 1, 64);
    const prompt = deepFloydPrompt(scope, config, given);
    graph.output("out", deepFloydStep(scope, config, given, prompt, observe));
    const kernels = graph.nodes.filter(({ op }) => op === "MultiHeadAttention").length;
    await using session = await openSession(graph, { folder: source.folder });
    const generator = new Generator(6);
    const { out } = await session.run({
      x: generator.randn([1, 3, 64, 64]),
      t: { data: Float32Array.of(421), shape: [1] },
      text: generator.randn([1, 77, config.textWidth]),
    });
    return { out, kernels };
  };
  const [fused, parts] = [await by(), await by(() => {})];
  assert(fused.kernels > 0);
  assertEquals(parts.kernels, 0);
  assertLess(difference(fused.out, parts.out), 2e-5);
});

Deno.test("a configuration of another network is refused, with the key and what is expected", () => {
  const refused = (changes: Record<string, unknown>, message: string) => {
    const config = new Config("config.json", { ...published.II_M_guess, ...changes });
    assertThrows(() => readDeepFloydConfig(config), CheckpointError, `config.json: "${message}`);
  };
  refused(
    { down_block_types: Array<string>(5).fill("CrossAttnDownBlock2D") },
    'down_block_types" is ["CrossAttnDownBlock2D","CrossAttnDownBlock2D",',
  );
  refused(
    { up_block_types: ["ResnetUpsampleBlock2D"] },
    'up_block_types" is ["ResnetUpsampleBlock2D"] where a list of 5, each SimpleCrossAttnUpBlock2D or ' +
      "ResnetUpsampleBlock2D, is expected",
  );
  refused(
    { mid_block_type: "UNetMidBlock2DCrossAttn" },
    'mid_block_type" is "UNetMidBlock2DCrossAttn" where',
  );
  for (const type of ["text_image", "text_time", "image", "image_hint"]) {
    refused({ addition_embed_type: type }, `addition_embed_type" is "${type}" where "text" is expected`);
  }
  refused(
    { class_embed_type: "projection" },
    'projection_class_embeddings_input_dim" is missing where a whole number from 1 to 65536 is expected',
  );
  refused(
    { class_embed_type: "text" },
    'class_embed_type" is "text" where one of timestep, identity, projection, simple_projection is expected',
  );
  refused({ resnet_time_scale_shift: "ada_group" }, 'resnet_time_scale_shift" is "ada_group" where one of');
  refused({ act_fn: "mish" }, 'act_fn" is "mish" where one of gelu, silu, relu is expected');
  refused({ cross_attention_norm: "layer_norm" }, 'cross_attention_norm" is "layer_norm" where "group_norm"');
  refused({ encoder_hid_dim_type: "text_image_proj" }, 'encoder_hid_dim_type" is "text_image_proj" where');
  refused(
    { encoder_hid_dim: null, encoder_hid_dim_type: "text_proj" },
    'encoder_hid_dim" is null where a number',
  );
  refused({ num_attention_heads: 8 }, 'num_attention_heads" is 8 where null is expected');
  refused({ center_input_sample: true }, 'center_input_sample" is true where false is expected');
  refused(
    { block_out_channels: [96, 192, 384, 576, 760] },
    'block_out_channels" is [96,192,384,576,760] where',
  );
  refused(
    { layers_per_block: [2, 2] },
    'layers_per_block" is [2,2] where a whole number from 1 to 64, or a list of 5',
  );
  refused(
    { attention_head_dim: 128 },
    'attention_head_dim" is 128 where a divisor of 576 channels is expected',
  );
  refused(
    { only_cross_attention: ["yes"] },
    'only_cross_attention" is ["yes"] where true or false, or a list of 5',
  );
  refused({ out_channels: 4 }, 'out_channels" is 4 where one of 3, 6 is expected');
  refused({ in_channels: 7 }, 'in_channels" is 7 where an even number');
  refused({ sample_size: 100 }, 'sample_size" is 100 where a multiple of 16, for 5 levels, is expected');
  refused({ cross_attention_dim: 100 }, 'cross_attention_dim" is 100 where a multiple of 32 is expected');
  refused(
    { addition_embed_type_num_heads: 63 },
    'addition_embed_type_num_heads" is 63 where a divisor of 4096',
  );
  refused({ freq_shift: 48 }, 'freq_shift" is 48 where a number below 48 is expected');
  refused(
    { mid_block_scale_factor: 0 },
    'mid_block_scale_factor" is 0 where a number from 0.001 to 1000 is expected',
  );
  refused({ attention_type: "gated" }, 'attention_type" is "gated" where "default" is expected');
  refused({ norm_num_groups: null }, 'norm_num_groups" is null where a number of groups is expected');
  refused({ flip_sin_to_cos: 1 }, 'flip_sin_to_cos" is 1 where true or false is expected');
  refused({ quantization_config: { load_in_8bit: true } }, "quantization_config");
});

Deno.test("keys that do not matter to these blocks are accepted, and null and swish read as in Python", () => {
  const read = (changes: Record<string, unknown> = {}) => {
    return readDeepFloydConfig(new Config("config.json", { ...published.II_M_guess, ...changes }));
  };
  const same = {
    use_linear_projection: true,
    upcast_attention: true,
    transformer_layers_per_block: 4,
    downsample_padding: 0,
    dropout: 0.1,
    addition_time_embed_dim: 256,
    projection_class_embeddings_input_dim: 2816,
    attention_type: "other",
    mid_block_only_cross_attention: null,
  };
  assertEquals(read(same), read());
  assertEquals([read().cosineFirst, read({ flip_sin_to_cos: null }).cosineFirst], [true, false]);
  assertEquals(read({ act_fn: "swish", time_embedding_act_fn: "swish" }).embeddingActivation, "silu");
});

Deno.test("every number of a network's configuration has bounds, and is refused by its key and file", () => {
  const values = [4294967295, 1e308, -1e308, 2 ** 53, NaN, -Infinity, -1, 0.5, "7", {}];
  const numbers = Object.entries(published.II_M_guess).filter(([, value]) => {
    return typeof value === "number" || (Array.isArray(value) && typeof value[0] === "number");
  }).map(([key]) => key);
  for (const key of [...numbers, "norm_eps", "freq_shift", "encoder_hid_dim", "time_embedding_dim"]) {
    for (const value of values) {
      const changed = [value, Array<unknown>(5).fill(value)];
      for (const one of changed) {
        const config = new Config("a.json", { ...published.II_M_guess, [key]: one });
        const small = ["freq_shift", "norm_eps", "resnet_out_scale_factor", "mid_block_scale_factor"];
        if (small.includes(key) && [0.5, -1].includes(one as number)) continue;
        assertThrows(() => readDeepFloydConfig(config), CheckpointError, 'a.json: "', `${key}: ${one}`);
      }
    }
  }
});

Deno.test("keys that are absent, lists and single values are read by diffusers' rules", () => {
  const read = (changes: Record<string, unknown> = {}) => {
    return readDeepFloydConfig(new Config("config.json", { ...published.II_M_guess, ...changes }));
  };
  const config = read({ only_cross_attention: [true, true, true, false, true] });
  assertEquals(config.down.map(({ resnets }) => resnets), [2, 2, 3, 5, 5]);
  assertEquals(config.up.map(({ resnets }) => resnets), [6, 6, 4, 3, 3]);
  assertEquals(config.down.map(({ attention }) => attention?.textOnly), [
    undefined,
    undefined,
    undefined,
    false,
    true,
  ]);
  assertEquals(config.up.map(({ attention }) => attention?.textOnly), [
    true,
    false,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(config.mid.attention, { headWidth: 64, textOnly: false }, "a list says nothing of the middle");
  assertEquals(read().mid.attention, { headWidth: 64, textOnly: true });
  assertEquals(read({ mid_block_only_cross_attention: false }).mid.attention?.textOnly, false);
  assertEquals([config.groups, config.epsilon, config.cosineFirst, config.frequencyShift], [
    32,
    1e-5,
    true,
    0,
  ]);
  assertEquals(read({ time_embedding_dim: null }).embeddingWidth, 4 * 96);
  assertEquals([read().textWidth, read().contextWidth, read().projectsText], [4096, 768, true]);
  const direct = read({ encoder_hid_dim: null });
  assertEquals([direct.textWidth, direct.contextWidth, direct.projectsText], [768, 768, false]);
  assertEquals([config.blocksActivateEmbedding, config.embeddingActivation], [false, "gelu"]);
  // Head widths are the one list that is not turned round for the way up.
  const heads = read({
    attention_head_dim: [96, 48, 64, 32, 16],
    up_block_types: published.II_M_guess.up_block_types,
  });
  assertEquals(heads.down[4].attention?.headWidth, 16);
  assertEquals(heads.up[0].attention?.headWidth, 96);
});

Deno.test("what only one stage knows is refused in the other", () => {
  const graph = new Graph();
  const scope = new Scope(graph, { parameter: fail, buffer: fail, update() {} }, false);
  const text = graph.input("text", "float32", [1, 77, 4096]);
  const stage = (name: keyof typeof published) => readDeepFloydConfig(new Config(name, published[name]));
  assertThrows(
    () => deepFloydPrompt(scope, stage("II_M_guess"), { text }),
    GraphError,
    "noiseLevel: missing",
  );
  const noiseLevel = graph.input("noiseLevel", "float32", [1]);
  assertThrows(
    () => deepFloydPrompt(scope, stage("I_M"), { text, noiseLevel }),
    GraphError,
    "noiseLevel: given",
  );
});

function fail(): never {
  throw new Error("no parameter is expected to be asked for");
}
