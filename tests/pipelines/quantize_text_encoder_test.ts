/** Text encoders in integers of 4 bits: how near they are, and that they are opened as any other. */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { writeSafetensors } from "../../lib/checkpoints/mod.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { openT5 } from "../../lib/models/mod.ts";
import { quantizeTextEncoder } from "../../lib/pipelines/mod.ts";
import { quantizeBlocks } from "../../lib/pipelines/quantize/quantize_blocks.ts";
import { Generator } from "../../lib/random.ts";
import { encodeForT5, SentencePieceTokenizer } from "../../lib/text/mod.ts";

Deno.test("the number of a block that is farthest from 0 is kept, the others are within half a step", () => {
  const matrix = new Generator(1).randn([3, 64]);
  const { weight, scales } = quantizeBlocks(matrix, 32);
  assertEquals([weight.length, scales.length], [96, 6]);
  for (let i = 0; i < 192; i++) {
    const number = i % 2 === 0 ? weight[i >> 1] & 15 : weight[i >> 1] >> 4;
    const scale = scales[Math.floor(i / 32)];
    const error = Math.abs(scale * (number - 8) - matrix.data[i]);
    // A number opposite the farthest one, and as far, is cut off at 7 steps.
    const isCut = -matrix.data[i] / scale < -7.5;
    assertLess(error, (isCut ? 1 : 0.5) * Math.abs(scale) + 1e-6);
    if (number === 0) assertLess(error, 0.5 * Math.abs(scale) + 1e-6);
  }
  const zeros = quantizeBlocks({ data: new Float32Array(32), shape: [1, 32] }, 32);
  assertEquals([...zeros.weight], Array(16).fill(0x88));
});

Deno.test("the shipped encoder in 4 bits: embeddings point where they did, from a fraction of the bytes", async () => {
  const folder = await Deno.makeTempDir();
  const { config, tensors } = await quantizeTextEncoder("emoji-I");
  assertEquals(config.quantization, { weights: "int4", block_size: 64 });
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  await writeSafetensors(join(folder, "model.safetensors"), tensors);
  const tokenizer = await SentencePieceTokenizer.open("models/emoji-I/tokenizer/spiece.model");
  const prompts = ["a rocket ship", "an oil painting of a snowy mountain village", "a photo of a dog", ""];
  const { ids, mask } = encodeForT5(tokenizer, prompts, { maxLength: 24 });
  await using original = await openT5("models/emoji-I/text_encoder", { length: 24 });
  await using quantized = await openT5(folder, { length: 24 });
  const [a, b] = [await original.encode(ids, mask), await quantized.encode(ids, mask)];
  const cosine = (n: number) => {
    const size = a.data.length / prompts.length;
    let [ab, aa, bb] = [0, 0, 0];
    for (let i = n * size; i < (n + 1) * size; i++) {
      ab += a.data[i] * b.data[i];
      aa += a.data[i] ** 2;
      bb += b.data[i] ** 2;
    }
    return ab / Math.sqrt(aa * bb);
  };
  const cosines = prompts.map((_, n) => cosine(n));
  assert(cosines.every((value) => value > 0.99 && value < 0.999999), cosines.join(", "));
  const bytes = async (path: string) => (await Deno.stat(path)).size;
  assertLess(
    await bytes(join(folder, "model.safetensors")),
    0.75 * await bytes("models/emoji-I/text_encoder/model.safetensors"),
  );
});

Deno.test("blocks that do not fit, and encoders that are quantised already, are refused", async () => {
  await assertRejects(
    () => quantizeTextEncoder("emoji-I", { blockSize: 48 }),
    ArgumentError,
    "blockSize: 48",
  );
  await assertRejects(
    () => quantizeTextEncoder("emoji-I", { blockSize: 256 }),
    ArgumentError,
    "a divisor of",
  );
});
