import { assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { ArgumentError } from "../../lib/argument_error.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import {
  encodeSafetensors,
  SafetensorsFile,
  type TypedTensor,
  writeSafetensors,
} from "../../lib/checkpoints/safetensors.ts";
import { batchNormLayer, channelLinearLayer, convLayer } from "../../lib/nn/layers.ts";
import { FileSource, folderOfAll } from "../../lib/nn/file_source.ts";
import { Scope } from "../../lib/nn/scope.ts";
import { TensorSource } from "../../lib/nn/sources.ts";
import { add, Graph, openSession, type Value } from "../../lib/onnx/mod.ts";
import { MemoryFiles } from "../../lib/platform/mod.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { ShardedWeights } from "../../lib/checkpoints/shards.ts";
import { temporaryFolder, writeJson } from "../models/checkpoints.ts";

type Given = Record<string, Tensor | TypedTensor>;

async function sourceOf(folder: string, tensors: Given, dtype: "F16" | "BF16" | "F32" | "F64" = "F32") {
  const path = join(folder, "weights.safetensors");
  await writeSafetensors(path, tensors, { dtype });
  const file = await SafetensorsFile.open(path);
  return { file, source: new FileSource(file) };
}

/** A convolution and a batch norm, which the runtime fuses. */
function network(scope: Scope): Value {
  const x = scope.graph.input("x", "float32", ["batch", 2, 5, 5]);
  return batchNormLayer(scope.at("bn"), convLayer(scope.at("conv"), x, 3, 3, { padding: 1 }));
}

function weights(): Record<string, Tensor> {
  const generator = new Generator(1);
  const vector = () => generator.rand([3]);
  return {
    "conv.weight": generator.randn([3, 2, 3, 3]),
    "conv.bias": vector(),
    "bn.weight": vector(),
    "bn.bias": vector(),
    "bn.running_mean": vector(),
    "bn.running_var": vector(),
  };
}

for (const dtype of ["F64", "F32", "F16", "BF16"] as const) {
  Deno.test(`weights in a ${dtype} file are those that the file holds`, async () => {
    await using folder = await temporaryFolder();
    // The odd one out moves the others to places that are no multiple of their size.
    const odd: TypedTensor = { dtype: "I64", data: BigInt64Array.of(1n), shape: [] };
    const given = { ...weights(), "bn.num_batches_tracked": odd };
    const { file, source } = await sourceOf(folder.path, given, dtype);
    const stored: Record<string, Tensor> = {};
    for (const name of Object.keys(weights())) stored[name] = await file.read(name);
    const x = new Generator(2).randn([4, 2, 5, 5]);
    const run = async (from: FileSource | TensorSource) => {
      const graph = new Graph();
      graph.output("y", network(new Scope(graph, from, false)));
      await using session = await openSession(graph, { folder: folder.path });
      return (await session.run({ x })).y.data;
    };
    const expected = await run(new TensorSource(stored));
    const found = await run(source);
    source.assertAllUsed();
    found.forEach((value, i) => assertLess(Math.abs(value - expected[i]), 1e-6));
  });
}

Deno.test("large matrices of half precision are read in blocks, which together are the matrix", async () => {
  await using folder = await temporaryFolder();
  const generator = new Generator(3);
  // 8.4 million elements are one block, 8200 rows of 1025 are not; 4100 are half of them.
  const [rows, columns] = [8200, 1025];
  const given = {
    "big.weight": generator.randn([rows, columns]),
    "small.weight": generator.randn([3, columns]),
  };
  const x = generator.randn([2, columns, 3]);
  const run = async (dtype: "F16" | "F32", name: string, out: number) => {
    const { file, source } = await sourceOf(folder.path, given, dtype);
    const graph = new Graph();
    const scope = new Scope(graph, source, false);
    const value = channelLinearLayer(
      scope.at(name),
      graph.input("x", "float32", ["batch", columns, 3]),
      out,
      {
        bias: false,
      },
    );
    graph.output("y", value);
    const casts = graph.nodes.filter(({ op, values: [{ name }] }) => op === "Cast" && isUsed(graph, name));
    await using session = await openSession(graph, { folder: folder.path, prepack: false, arena: false });
    const { y } = await session.run({ x });
    return {
      y,
      shapes: casts.map(({ values: [{ shape }] }) => shape),
      stored: await file.read(`${name}.weight`),
    };
  };
  const isUsed = (graph: Graph, name: string) => {
    return graph.nodes.some(({ inputs }) => inputs.some((input) => input?.name === name));
  };
  const big = await run("F16", "big", rows);
  assertEquals(big.shapes, [[rows / 2, columns], [rows / 2, columns]]);
  assertEquals((await run("F16", "small", 3)).shapes, [[3, columns]]);
  assertEquals((await run("F32", "big", rows)).shapes, []);
  // A product of each block, by hand.
  for (const [n, row, column] of [[0, 0, 0], [1, rows / 2 - 1, 2], [0, rows / 2, 1], [1, rows - 1, 2]]) {
    let expected = 0;
    for (let c = 0; c < columns; c++) {
      expected += big.stored.data[row * columns + c] * x.data[(n * columns + c) * 3 + column];
    }
    assertLess(Math.abs(big.y.data[(n * rows + row) * 3 + column] - expected), 1e-3);
  }
});

Deno.test("a file of another network is refused with the tensor's name and shapes", async () => {
  await using folder = await temporaryFolder();
  const one: Tensor = { data: Float32Array.of(1), shape: [1] };
  const typed: TypedTensor = { dtype: "I32", data: Int32Array.of(1), shape: [1] };
  const { file, source } = await sourceOf(folder.path, { a: one, b: one, c: one, d: one, e: typed });
  const graph = new Graph();
  const refused = (name: string, shape: number[], message: string) => {
    const error = assertThrows(() => source.parameter(graph, name, shape), CheckpointError);
    assertEquals(error.message, `${file.path}: tensor "${name}": ${message}`);
  };
  refused("z", [2, 3], "missing, shape [2,3] is expected");
  refused("a", [2], "shape [1] where [2] is expected");
  refused("a", [1, 1], "shape [1] where [1,1] is expected");
  refused("e", [1], "type I32 where one of F64, F32, F16, BF16 is expected");
  source.parameter(graph, "a", [1]);
  const error = assertThrows(() => source.assertAllUsed(), CheckpointError);
  assertEquals(error.message.includes('"b", "c", "d" and 1 more; '), true, error.message);
});

Deno.test("links are followed, as long as they lead to one folder", async () => {
  await using folder = await temporaryFolder();
  const [blobs, snapshot, other] = ["blobs", "snapshot", "other"].map((name) => join(folder.path, name));
  for (const path of [blobs, snapshot, other]) await Deno.mkdir(path);
  const one: Tensor = { data: Float32Array.of(2, 3), shape: [2] };
  const two: Tensor = { data: Float32Array.of(10, 20), shape: [2] };
  await writeSafetensors(join(blobs, "0a1b"), { one });
  await writeSafetensors(join(blobs, "2c3d"), { two });
  const files = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  await Deno.symlink("../blobs/0a1b", join(snapshot, files[0]));
  await Deno.symlink("../blobs/2c3d", join(snapshot, files[1]));
  const index = join(snapshot, "model.safetensors.index.json");
  await writeJson(index, { weight_map: { one: files[0], two: files[1] } });
  const build = async () => {
    const source = new FileSource(await ShardedWeights.open(index));
    const graph = new Graph();
    graph.output("y", add(source.parameter(graph, "one", [2]), source.parameter(graph, "two", [2])));
    return { source, graph };
  };
  const { source, graph } = await build();
  assertEquals(source.folder, await Deno.realPath(blobs));
  await using session = await openSession(graph, { folder: source.folder, prepack: false });
  assertEquals([...(await session.run({})).y.data], [12, 23]);
  await Deno.rename(join(blobs, "2c3d"), join(other, "2c3d"));
  await Deno.remove(join(snapshot, files[1]));
  await Deno.symlink("../other/2c3d", join(snapshot, files[1]));
  await assertRejects(build, CheckpointError, `${files[1]}: lies in ${await Deno.realPath(other)} where `);
});

Deno.test("a folder without a name before it is the current one", async () => {
  await using folder = await temporaryFolder();
  const before = Deno.cwd();
  Deno.chdir(folder.path);
  try {
    await writeSafetensors("w.safetensors", { w: { data: Float32Array.of(2, 3), shape: [2] } });
    const source = new FileSource(await SafetensorsFile.open("w.safetensors"));
    const graph = new Graph();
    graph.output("y", add(graph.input("x", "float32", [2]), source.parameter(graph, "w", [2])));
    await using session = await openSession(graph, { folder: source.folder });
    const { y } = await session.run({ x: { data: Float32Array.of(1, 1), shape: [2] } });
    assertEquals([...y.data], [3, 4]);
  } finally {
    Deno.chdir(before);
  }
});

/** A linear layer over channels whose weights are integers. */
function quantizedLinear(out = 3): Record<string, TypedTensor> {
  const counted = Int8Array.from({ length: out * 2 }, (_, i) => (i % 251) - 125);
  return {
    "to_q.weight": { dtype: "I8", data: counted, shape: [out, 2] },
    "to_q.weight_scale": {
      dtype: "F32",
      data: Float32Array.from({ length: out }, (_, o) => 1 + o % 7),
      shape: [out],
    },
    "to_q.bias": { dtype: "F32", data: new Float32Array(out), shape: [out] },
  };
}

/** The layer's outputs for a sequence of two. */
async function linearOutputs(folder: string, given: Given, out = 3, options: { integers?: boolean } = {}) {
  const path = join(folder, "weights.safetensors");
  await writeSafetensors(path, given);
  const source = new FileSource(await SafetensorsFile.open(path), options);
  const graph = new Graph();
  const x = graph.input("x", "float32", [1, 2, 2]);
  graph.output("y", channelLinearLayer(new Scope(graph, source, false).at("to_q"), x, out));
  source.assertAllUsed();
  await using session = await openSession(graph, { folder, prepack: false });
  return (await session.run({ x: { data: Float32Array.of(1, 0, 0, 1), shape: [1, 2, 2] } })).y.data;
}

Deno.test("weights that are integers count in steps of each output's own", async () => {
  await using folder = await temporaryFolder();
  const found = await linearOutputs(folder.path, quantizedLinear());
  assertEquals([...found], [-125, -124, 2 * -123, 2 * -122, 3 * -121, 3 * -120]);
  // In blocks, each with its part of the scales.
  const out = 2 ** 22 + 2;
  const many = await linearOutputs(folder.path, quantizedLinear(out), out);
  const { weight, scale } = { weight: (i: number) => (i % 251) - 125, scale: (o: number) => 1 + o % 7 };
  for (const o of [0, 1, out / 2 - 1, out / 2, out - 1]) {
    assertEquals([many[2 * o], many[2 * o + 1]], [weight(2 * o) * scale(o), weight(2 * o + 1) * scale(o)]);
  }
});

Deno.test("a layer in integers gives nearly what its widened weights give", async () => {
  await using folder = await temporaryFolder();
  const vector = (...data: number[]): TypedTensor => ({
    dtype: "F32",
    data: Float32Array.from(data),
    shape: [data.length],
  });
  const given = {
    ...quantizedLinear(),
    "to_q.input_scale": vector(0.01, 0.02),
    "to_q.input_zero_point": { dtype: "U8", data: Uint8Array.of(10), shape: [] } as const,
    "to_q.output_scale": vector(200, 200, 200),
    "to_q.output_centre": vector(0, 0, 0),
  };
  // A weight is its number times its scale, over the scale of its input.
  const widened = await linearOutputs(folder.path, given, 3, { integers: false });
  assertEquals(
    [...widened].map((value) => Math.round(value)),
    [-12500, -6200, 2 * -12300, 2 * -6100, 3 * -12100, 3 * -6000],
  );
  const integers = await linearOutputs(folder.path, given);
  // All are whole steps of 200, as far as 128 of them.
  assertEquals([...integers], [-12400, -6200, -24600, -12200, -25600, -18000]);
});

Deno.test("integers without their scales are refused", async () => {
  await using folder = await temporaryFolder();
  const { "to_q.weight_scale": _, ...rest } = quantizedLinear();
  await assertRejects(
    () => linearOutputs(folder.path, rest),
    CheckpointError,
    'tensor "to_q.weight": type I8 where one of F64, F32, F16, BF16 is expected',
  );
  const short = { dtype: "F32", data: new Float32Array(2), shape: [2] } as const;
  await assertRejects(
    () => linearOutputs(folder.path, { ...quantizedLinear(), "to_q.weight_scale": short }),
    CheckpointError,
    'tensor "to_q.weight_scale": shape [2] where [3] is expected',
  );
});

Deno.test("one graph refers to the files of several folders from one above them", async () => {
  await using folder = await temporaryFolder();
  const files = await Promise.all(["first", "second/deeper"].map(async (name, i) => {
    const path = join(folder.path, name, "weights.safetensors");
    await Deno.mkdir(join(folder.path, name), { recursive: true });
    await writeSafetensors(path, { [`x${i}`]: { data: Float32Array.of(i + 1, 10), shape: [2] } });
    return await SafetensorsFile.open(path);
  }));
  const common = folderOfAll(files)!;
  assertEquals(common, await Deno.realPath(folder.path));
  assertEquals(folderOfAll([files[0]]), join(common, "first"));
  const graph = new Graph();
  const [a, b] = files.map((file, i) => {
    return new FileSource(file, { folder: common }).parameter(graph, `x${i}`, [2]);
  });
  graph.output("sum", add(a, b));
  await using session = await openSession(graph, { folder: common });
  assertEquals((await session.run({})).sum.data, Float32Array.of(3, 20));
  assertEquals(new FileSource(files[0], { folder: join(common, "first") }).folder, join(common, "first"));
  assertThrows(
    () => new FileSource(files[0], { folder: join(common, "second") }),
    ArgumentError,
    "one that the files lie in or below",
  );
  const inMemory = await SafetensorsFile.open("x", new MemoryFiles({ x: encodeSafetensors({}) }));
  assertEquals(folderOfAll([files[0], inMemory]), undefined);
});
