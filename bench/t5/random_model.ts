/** An encoder with the widths of T5 v1.1 XXL, which DeepFloyd IF uses, but fewer layers, and random weights in half precision. */
import { join } from "node:path";
import { Config, type TypedTensor, writeSafetensors } from "../../lib/checkpoints/mod.ts";
import { declare, readT5Config, t5Encoder } from "../../lib/nn/mod.ts";
import { sizeOf } from "../../lib/tensor.ts";

/** XXL's `config.json`, which has 24 layers; each of them has 387 MB. */
const CONFIG = {
  model_type: "t5",
  feed_forward_proj: "gated-gelu",
  d_ff: 10240,
  d_kv: 64,
  d_model: 4096,
  num_heads: 64,
  num_layers: 5,
  vocab_size: 32128,
} as const;

/** How many numbers are drawn at a time: the most that the system gives. */
const DRAWN = 32768;

/** Random numbers in half precision: of either sign, 2^-7 to 2^-6 large. */
function randomHalves(count: number): Uint16Array {
  const bits = new Uint16Array(count);
  for (let i = 0; i < count; i += DRAWN) crypto.getRandomValues(bits.subarray(i, i + DRAWN));
  // Sign and fraction are random, the exponent is 8 - 15.
  return bits.map((value) => value & 0x83ff | 0x2000);
}

/**
 * Writes the encoder, a file for each layer and one for the rest, unless it is there.
 *
 * @param folder Where `text_encoder/` lies.
 */
export async function writeRandomEncoder(folder: string): Promise<void> {
  const encoder = join(folder, "text_encoder");
  const index = join(encoder, "model.safetensors.index.fp16.json");
  if (await Deno.stat(index).then(() => true, () => false)) return;
  await Deno.mkdir(encoder, { recursive: true });
  await Deno.writeTextFile(join(encoder, "config.json"), JSON.stringify(CONFIG));
  const { parameters } = declare((scope) => {
    t5Encoder(scope, readT5Config(new Config("config", CONFIG)), {
      ids: scope.graph.input("ids", "int64", [1, 77]),
      mask: scope.graph.input("mask", "float32", [1, 77]),
    });
  });
  const parts = Object.entries(
    Object.groupBy(parameters, ({ name }) => name.match(/^encoder\.block\.\d+/)?.[0] ?? ""),
  );
  const map: Record<string, string> = {};
  for (const [i, [, part]] of parts.entries()) {
    const number = (n: number) => String(n).padStart(5, "0");
    const file = `model.fp16-${number(i + 1)}-of-${number(parts.length)}.safetensors`;
    const tensors: Record<string, TypedTensor> = {};
    for (const { name, shape } of part!) {
      tensors[name] = { dtype: "F16", shape, data: randomHalves(sizeOf(shape)) };
      map[name] = file;
    }
    await writeSafetensors(join(encoder, file), tensors);
  }
  await Deno.writeTextFile(index, JSON.stringify({ metadata: {}, weight_map: map }));
}
