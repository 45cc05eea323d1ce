import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { ArgumentError } from "../../lib/argument_error.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { SafetensorsError, writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { openWeights, ShardedWeights } from "../../lib/checkpoints/shards.ts";
import { FileSource } from "../../lib/nn/file_source.ts";
import { add, Graph, openSession } from "../../lib/onnx/mod.ts";
import { temporaryFolder, writeJson } from "../models/checkpoints.ts";
import { writeShards } from "../models/deepfloyd_checkpoints.ts";

const vector = (...values: number[]) => ({ data: Float32Array.from(values), shape: [values.length] });
const tensors = { a: vector(1), b: vector(2, 3), c: vector(4), d: vector(5, 6, 7) };

Deno.test("weights in several files are as one, for reading and in place", async () => {
  await using folder = await temporaryFolder();
  const weights = await ShardedWeights.open(await writeShards(folder.path, "model", tensors));
  assertEquals([...weights.tensors.keys()].sort(), ["a", "b", "c", "d"]);
  for (const [name, tensor] of Object.entries(tensors)) assertEquals(await weights.read(name), tensor);
  assertEquals(weights.fileOf("b").path, join(folder.path, "model-00002-of-00003.safetensors"));
  await assertRejects(() => weights.read("e"), CheckpointError, 'no tensor "e" among its 4');
  const source = new FileSource(weights);
  const graph = new Graph();
  graph.output("y", add(source.parameter(graph, "b", [2]), source.parameter(graph, "c", [1])));
  await assertRejects(async () => await source.assertAllUsed(), CheckpointError, 'does not have: "a", "d"');
  source.assertAllUsed((name) => name === "a" || name === "d");
  await using session = await openSession(graph, { folder: source.folder });
  assertEquals([...(await session.run({})).y.data], [6, 7]);
});

Deno.test("an index that does not fit its files is refused", async () => {
  await using folder = await temporaryFolder();
  const index = await writeShards(folder.path, "model", tensors, { count: 2 });
  const { weight_map: map } = JSON.parse(await Deno.readTextFile(index));
  const refused = async (weightMap: unknown, message: string, error = CheckpointError) => {
    await writeJson(index, { weight_map: weightMap });
    await assertRejects(() => ShardedWeights.open(index), error, message);
  };
  const second = map.b;
  await refused({ ...map, a: second }, `${second}: tensor "a": missing, ${index} says that it is here`);
  await refused({ ...map, e: second }, `tensor "e": missing`);
  const { a: _, ...less } = map;
  await refused(less, `tensor "a" where ${index} does not say so`);
  await refused({ ...map, a: "none.safetensors" }, "none.safetensors: cannot be opened", SafetensorsError);
  for (
    const path of [
      "../model.safetensors",
      "/etc/model.safetensors",
      "x/y.safetensors",
      "x\\y.safetensors",
      "C:x.safetensors",
      "model.bin",
      "",
      1,
      null,
    ]
  ) {
    await refused({ ...map, a: path }, "where the name of a file beside it is expected");
  }
  for (const other of [undefined, null, [], {}, "model"]) {
    await refused(other, "where an object, from the names of tensors to those of files, is expected");
  }
});

Deno.test("the files of a model are found by their names, a variant where it is preferred", async () => {
  await using folder = await temporaryFolder();
  const found = async (variant?: string) => {
    const { path } = await openWeights(folder.path, "model", { variant });
    return path.slice(folder.path.length + 1);
  };
  await assertRejects(
    () => found(),
    CheckpointError,
    "no weights, model.safetensors or an index of its parts",
  );
  await Deno.writeTextFile(join(folder.path, "pytorch_model.bin"), "");
  await assertRejects(() => found(), CheckpointError, '"pytorch_model.bin" is in PyTorch\'s own format');
  await writeShards(folder.path, "model", tensors, { infix: ".fp16" });
  assertEquals([await found(), await found("fp16")], Array(2).fill("model.safetensors.index.fp16.json"));
  await assertRejects(() => found("bf16"), CheckpointError, "no weights");
  await writeShards(folder.path, "model", tensors);
  assertEquals([await found(), await found("fp16"), await found("bf16")], [
    "model.safetensors.index.json",
    "model.safetensors.index.fp16.json",
    "model.safetensors.index.json",
  ]);
  await writeSafetensors(join(folder.path, "model.fp16.safetensors"), tensors);
  await writeSafetensors(join(folder.path, "model.safetensors"), tensors);
  assertEquals([await found(), await found("fp16")], ["model.safetensors", "model.fp16.safetensors"]);
  await assertRejects(() => found("../x"), ArgumentError, 'variant: "../x" where a word such as "fp16"');
  await assertRejects(
    () => openWeights(join(folder.path, "none"), "model"),
    CheckpointError,
    "does not exist",
  );
});
