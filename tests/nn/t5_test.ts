/** The T5 encoder against transformers, and its parts. */
import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { Config } from "../../lib/checkpoints/config.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { SafetensorsFile } from "../../lib/checkpoints/safetensors.ts";
import { FileSource } from "../../lib/nn/file_source.ts";
import { Scope } from "../../lib/nn/scope.ts";
import { declare } from "../../lib/nn/sources.ts";
import { t5Encoder } from "../../lib/nn/t5.ts";
import { readT5Config } from "../../lib/nn/t5_config.ts";
import { distanceBucket, distanceBuckets } from "../../lib/nn/t5_position.ts";
import { gradients, Graph, mean, openSession, square } from "../../lib/onnx/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { difference, FIXTURES } from "./deepfloyd.ts";

const tiny = await Config.read(`${FIXTURES}/t5_tiny_config.json`);

Deno.test("t5: output with and without a mask is that of transformers", async () => {
  const config = readT5Config(tiny);
  const io = await SafetensorsFile.open(`${FIXTURES}/t5_tiny_io.safetensors`);
  const ids = await io.readBigIntegers("input_ids");
  const mask = await io.readBigIntegers("attention_mask");
  const source = new FileSource(await SafetensorsFile.open(`${FIXTURES}/t5_tiny.safetensors`));
  const graph = new Graph();
  const inputs = {
    ids: graph.input("ids", "int64", ["batch", 77]),
    mask: graph.input("mask", "float32", ["batch", 77]),
  };
  graph.output("text", t5Encoder(new Scope(graph, source, false), config, inputs));
  source.assertAllUsed();
  await using session = await openSession(graph, { folder: source.folder });
  const run = async (data: Float32Array) => {
    return (await session.run({ ids, mask: { data, shape: mask.shape } })).text;
  };
  const masked = await run(Float32Array.from(mask.data, Number));
  assertLess(difference(masked, await io.read("out")), 1e-4);
  const open = await run(new Float32Array(mask.data.length).fill(1));
  assertLess(difference(open, await io.read("out_nomask")), 1e-4);
});

Deno.test("t5: distances are sorted into buckets as in PyTorch", () => {
  const config = { distanceBuckets: 32, maxDistance: 128 };
  const table: [number, number, number][] = [
    [8, 11, 8],
    [12, 15, 9],
    [16, 22, 10],
    [23, 31, 11],
    [32, 45, 12],
    [46, 63, 13],
    [64, 90, 14],
    [91, 2000, 15],
  ];
  for (let far = 0; far < 8; far++) table.push([far, far, far]);
  for (const [first, last, bucket] of table) {
    for (const far of [first, last]) {
      assertEquals(distanceBucket(-far, config), bucket, `-${far}`);
      if (far > 0) assertEquals(distanceBucket(far, config), bucket + 16, `${far}`);
    }
  }
  assertEquals(distanceBuckets(2, config), [0, 17, 1, 0]);
});

Deno.test("t5: parameters have transformers' names, and gradients", async () => {
  const config = readT5Config(tiny);
  const build = (scope: Scope) => {
    return t5Encoder(scope, config, {
      ids: scope.graph.input("ids", "int64", [1, 9]),
      mask: scope.graph.input("mask", "float32", [1, 9]),
    });
  };
  const { parameters } = declare(build);
  const file = await SafetensorsFile.open(`${FIXTURES}/t5_tiny.safetensors`);
  const shapes = (list: Iterable<readonly [string, readonly number[]]>) => {
    return Object.fromEntries(
      [...list].sort(([a], [b]) => a < b ? -1 : 1).map(([name, s]) => [name, [...s]]),
    );
  };
  assertEquals(
    shapes(parameters.map(({ name, shape }) => [name, shape] as const)),
    shapes([...file.tensors].map(([name, { shape }]) => [name, shape] as const)),
  );

  const graph = new Graph();
  const values = new Map(parameters.map(({ name, shape }) => [name, graph.input(name, "float32", shape)]));
  const get = (_graph: Graph, name: string) => values.get(name)!;
  const out = build(new Scope(graph, { parameter: get, buffer: get, update() {} }, true));
  gradients(mean(square(out)), [...values.values()]).forEach((gradient, i) => {
    graph.output(`gradient.${parameters[i].name}`, gradient);
  });
  await using session = await openSession(graph);
  const weights: Record<string, Tensor> = {};
  for (const { name } of parameters) weights[name] = await file.read(name);
  const found = await session.run({
    ...weights,
    ids: { data: BigInt64Array.from([5, 6, 7, 8, 9, 10, 1, 0, 0].map(BigInt)), shape: [1, 9] },
    mask: { data: Float32Array.of(1, 1, 1, 1, 1, 1, 1, 0, 0), shape: [1, 9] },
  });
  for (const { name } of parameters) {
    const { data } = found[`gradient.${name}`];
    assertEquals(data.every(Number.isFinite) && data.some((value) => value !== 0), true, name);
  }
});

Deno.test("t5: another model's configuration is refused, with the key", () => {
  const refused = (values: Record<string, unknown>, message: string) => {
    assertThrows(
      () => readT5Config(new Config("c", { ...tiny.values, ...values })),
      CheckpointError,
      message,
    );
  };
  refused({ model_type: "umt5" }, 'c: "model_type" is "umt5" where "t5" is expected');
  refused({ feed_forward_proj: "relu" }, '"feed_forward_proj" is "relu" where "gated-gelu" is expected');
  refused({ relative_attention_num_buckets: 30 }, "a multiple of 4");
  refused({ d_model: 0 }, "a whole number from 1 to");
  refused({ dense_act_fn: "gelu" }, '"dense_act_fn" is "gelu" where one of gelu_new, gelu_pytorch_tanh');
  refused({ is_gated_act: false }, '"is_gated_act" is false where true is expected');
  refused({ is_decoder: true }, '"is_decoder" is true');
  refused({ quantization_config: {} }, '"quantization_config" is {} where null is expected');
  refused({ pruned_heads: { 0: [1] } }, '"pruned_heads" is {"0":[1]}');
  const numbers = ["vocab_size", "d_model", "num_layers", "num_heads", "d_kv", "d_ff", "layer_norm_epsilon"];
  for (const key of [...numbers, "relative_attention_num_buckets", "relative_attention_max_distance"]) {
    for (const value of [4294967295, 1e308, NaN, Infinity, -1, "8"]) {
      refused({ [key]: value }, `c: "${key}" is `);
    }
  }
});
