/** T5 as a running model. */
import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { SafetensorsFile, type TypedTensor, writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { openT5, t5Graph, type T5OpenOptions } from "../../lib/models/t5.ts";
import { FileSource } from "../../lib/nn/file_source.ts";
import { slice, type Tensor, zeros } from "../../lib/tensor.ts";
import { difference, FIXTURES } from "../nn/deepfloyd.ts";
import { temporaryFolder } from "./checkpoints.ts";
import { readTensors, writeShards } from "./deepfloyd_checkpoints.ts";

/** Writes the golden encoder's configuration, and its weights as told. */
async function encoderFolder(weights: (folder: string) => Promise<unknown>) {
  const folder = await temporaryFolder();
  await Deno.copyFile(`${FIXTURES}/t5_tiny_config.json`, join(folder.path, "config.json"));
  await weights(folder.path);
  return folder;
}

async function golden() {
  const io = await SafetensorsFile.open(`${FIXTURES}/t5_tiny_io.safetensors`);
  return {
    ids: await io.readBigIntegers("input_ids"),
    mask: await io.readBigIntegers("attention_mask"),
    out: await io.read("out"),
    open: await io.read("out_nomask"),
  };
}

const single = (tensors: Record<string, Tensor>) => (folder: string) => {
  return writeSafetensors(join(folder, "model.safetensors"), tensors);
};

Deno.test("the encoder answers as transformers, with and without a mask, however it is stored", async () => {
  const tensors = await readTensors("t5_tiny");
  const { "shared.weight": table, ...rest } = tensors;
  const layouts: [(folder: string) => Promise<unknown>, T5OpenOptions?][] = [
    [single(tensors)],
    [single(tensors), { prepack: true, threads: 1 }],
    [single({ ...rest, "encoder.embed_tokens.weight": table })],
    [single({
      ...tensors,
      "encoder.embed_tokens.weight": table,
      "decoder.final_layer_norm.weight": zeros([64]),
    })],
    // Where there are two tables, pieces are looked up in the encoder's.
    [single({ ...rest, "shared.weight": zeros(table.shape), "encoder.embed_tokens.weight": table })],
    [(folder) => writeShards(folder, "model", tensors)],
    [(folder) => writeShards(folder, "model", tensors, { infix: ".fp16" })],
  ];
  const { ids, mask, out, open } = await golden();
  for (const [weights, options] of layouts) {
    await using folder = await encoderFolder(weights);
    await using encoder = await openT5(folder.path, options);
    assertLess(difference(await encoder.encode(ids, mask), out), 1e-4);
    assertLess(difference(await encoder.encode(ids), open), 1e-4);
    const first = {
      ids: { data: ids.data.slice(0, 77), shape: [1, 77] },
      mask: { data: mask.data.slice(0, 77), shape: [1, 77] },
    };
    assertLess(difference(await encoder.encode(first.ids, first.mask), slice(out, 0, 1)), 1e-4);
    assertEquals([encoder.device, encoder.length, encoder.config.width], ["cpu", 77, 64]);
  }
});

Deno.test("files of mixed precision are computed in float32", async () => {
  const tensors = await readTensors("t5_tiny");
  // As transformers stores T5 in half precision: all but the output of the feed-forward layers.
  const isHalf = (name: string) => !name.endsWith(".wo.weight");
  await using half = await temporaryFolder();
  const path = join(half.path, "half.safetensors");
  await writeSafetensors(path, tensors, { dtype: "F16" });
  const file = await SafetensorsFile.open(path);
  const mixed: Record<string, Tensor | TypedTensor> = {};
  const rounded: Record<string, Tensor> = {};
  for (const [name, { shape }] of file.tensors) {
    const raw = await file.readRaw(name);
    rounded[name] = isHalf(name) ? await file.read(name) : tensors[name];
    mixed[name] = isHalf(name) ? { dtype: "F16", data: new Uint16Array(raw.buffer), shape } : tensors[name];
  }
  const { ids, mask, out } = await golden();
  await using one = await encoderFolder((folder) => {
    return writeSafetensors(join(folder, "model.fp16.safetensors"), mixed);
  });
  await using two = await encoderFolder(single(rounded));
  await using stored = await openT5(one.path, { variant: "fp16" });
  await using expected = await openT5(two.path);
  const text = await stored.encode(ids, mask);
  // The table is not widened as a whole, and what is widened is not so before it is needed.
  const source = new FileSource(await SafetensorsFile.open(join(one.path, "model.fp16.safetensors")));
  const { nodes } = t5Graph(stored.config, source, 77);
  assertEquals(nodes.find(({ op }) => op === "Gather")?.inputs[0]?.dtype, "float16");
  const ofWeights = nodes.filter(({ inputs }) => inputs[0]?.dtype === "float16" && !inputs[0].node);
  assertEquals(ofWeights.filter(({ op }) => op === "Cast"), nodes.slice(0, file.tensors.size - 3));
  assertLess(difference(text, await expected.encode(ids, mask)), 1e-5);
  assertLess(difference(text, out), 2e-2);
});

Deno.test("rows behind the table are to the last bit what they would be in it, in half precision too", async () => {
  const tensors = await readTensors("t5_tiny");
  const table = tensors["shared.weight"].data.map((value) => Math.round(value * 64) / 64); // exact in float16
  const rounded = { ...tensors, "shared.weight": { data: table, shape: [128, 64] } };
  const { ids, mask } = await golden();
  const chosen = [...new Set(ids.data)].filter((id) => id > 1n).slice(0, 2);
  const added = {
    data: Float32Array.from(
      chosen.flatMap((id) => [...table.subarray(Number(id) * 64, Number(id) * 64 + 64)]),
    ),
    shape: [2, 64],
  };
  const replaced = ids.data.map((id) => chosen.includes(id) ? 128n + BigInt(chosen.indexOf(id)) : id);
  for (const dtype of ["F32", "F16"] as const) {
    await using folder = await encoderFolder((folder) => {
      return writeSafetensors(join(folder, "model.safetensors"), rounded, { dtype });
    });
    await using plain = await openT5(folder.path);
    await using more = await openT5(folder.path, { added });
    const expected = await plain.encode(ids, mask);
    assertEquals(await more.encode({ data: replaced, shape: ids.shape }, mask), expected);
    assertEquals(await more.encode(ids, mask), expected);
    const beyond = { data: replaced.with(0, 130n), shape: ids.shape };
    await assertRejects(() => more.encode(beyond), RangeError, "ids: 130 where a whole number from 0 to 129");
  }
  await using folder = await encoderFolder(single(tensors));
  const narrow = { data: added.data, shape: [4, 32] };
  await assertRejects(() => openT5(folder.path, { added: narrow }), RangeError, "added: a tensor of [4,32]");
});

Deno.test("what does not fit an encoder is refused with the argument's or the tensor's name", async () => {
  const tensors = await readTensors("t5_tiny");
  await using folder = await encoderFolder(single(tensors));
  await using encoder = await openT5(folder.path, { length: 3 });
  const ids = (...data: number[]) => ({
    data: BigInt64Array.from(data, BigInt),
    shape: [data.length / 3, 3],
  });
  const refused = (work: () => Promise<unknown>, message: string) => assertRejects(work, RangeError, message);
  assertEquals((await encoder.encode(ids(5, 127, 1), ids(1, 1, 1))).shape, [1, 3, 64]);
  await refused(
    () => encoder.encode(ids(1, 2, 128)),
    "ids: 128 where a whole number from 0 to 127 is expected",
  );
  await refused(() => encoder.encode(ids(1, 2, -1)), "ids: -1 where");
  await refused(() => encoder.encode(ids(1, 2, 3), ids(1, 2, 0)), "mask: 2 where 0 or 1 is expected");
  await refused(() => encoder.encode(ids()), "ids: shape [0,3] where [N,3] is expected");
  await refused(
    () => encoder.encode(ids(1, 2, 3, 4, 5, 6), ids(1, 1, 1)),
    "mask: shape [1,3] where [2,3] is expected",
  );
  await refused(() => openT5(folder.path, { length: 0 }), "length: 0 where a whole number of at least 1");
  const { "encoder.block.1.layer.0.SelfAttention.q.weight": _, ...less } = tensors;
  for (
    const [changed, message] of [
      [less, 'tensor "encoder.block.1.layer.0.SelfAttention.q.weight": missing, shape [64,64] is expected'],
      [
        { ...tensors, "shared.weight": zeros([127, 64]) },
        'tensor "shared.weight": shape [127,64] where [128,64]',
      ],
      [{ ...tensors, other: zeros([1]) }, 'does not have: "other"'],
    ] as const
  ) {
    await using other = await encoderFolder(single(changed));
    await assertRejects(() => openT5(other.path), CheckpointError, message);
  }
});
