/**
 * `deno task bench:t5`: how long a text encoder takes to open and to encode a prompt, and how much memory of its own that takes: the
 * weights stay in their files. In half precision, and beside it in integers of 4 bits, as `deno task models quantize` makes it. It has
 * the widths of T5 v1.1 XXL, 2.2 GB of random weights, which are written once, to the cache folder.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../lib/checkpoints/hub.ts";
import { openWeights, writeSafetensors } from "../lib/checkpoints/mod.ts";
import { quantizeTextEncoder } from "../lib/pipelines/mod.ts";
import { memoryOf } from "./memory.ts";
import { StepProcess } from "./step_process.ts";
import { writeRandomEncoder } from "./t5/random_model.ts";

/** How many prompts are encoded, one after the other. */
const PROMPTS = 3;

/** Does something while a process is watched: the most anonymous memory that was seen meanwhile, in bytes. */
async function watch<T>(pid: number, work: Promise<T>): Promise<{ result: T; anonymous: number }> {
  let done = false;
  const result = work.finally(() => done = true);
  let anonymous = 0;
  while (!done) anonymous = Math.max(anonymous, (await memoryOf(pid)).anonymous);
  return { result: await result, anonymous };
}

/** Writes the encoder in integers of 4 bits, unless it is there. */
async function writeQuantized(source: string, folder: string): Promise<void> {
  const file = join(folder, "model.safetensors");
  if (await Deno.stat(file).then(() => true, () => false)) return;
  await Deno.mkdir(folder, { recursive: true });
  const { config, tensors } = await quantizeTextEncoder(source, { variant: "fp16" });
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  await writeSafetensors(file, tensors);
}

const threads = navigator.hardwareConcurrency;
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
const program = fileURLToPath(new URL("t5/encode.ts", import.meta.url));

/** Measures an encoder in a process of its own: the shortest time of a prompt, in milliseconds. */
async function measure(encoder: string, words: string, variant?: string): Promise<number> {
  const { tensors } = await openWeights(encoder, "model", { variant });
  const bytes = [...tensors.values()].reduce((sum, { length }) => sum + length, 0);
  const command = [Deno.execPath(), "run", "--allow-read", "--allow-ffi=node_modules", program];
  const { process } = await StepProcess.start([...command, encoder, `${threads}`, variant ?? ""]);
  await using _ = process;
  console.log(`a text encoder ${words}: ${gigabytes(bytes)} of weights, ${threads} threads`);
  console.log(`before: ${gigabytes((await memoryOf(process.pid)).anonymous)} anonymous`);
  let best = Infinity;
  for (const task of ["open", ...Array<string>(PROMPTS).fill("encode")]) {
    const work = process.ask<{ milliseconds: number; finite?: boolean }>(task);
    const { result, anonymous } = await watch(process.pid, work);
    if (result.finite === false) throw new Error("bench: the embeddings are not finite");
    const after = (await memoryOf(process.pid)).anonymous;
    if (task === "encode") best = Math.min(best, result.milliseconds);
    console.log(
      `${task}: ${(result.milliseconds / 1000).toFixed(2)} s, at most ${gigabytes(anonymous)} anonymous, ` +
        `${gigabytes(after)} afterwards`,
    );
  }
  return best;
}

const folder = join(cacheFolder(), "bench", "t5-random");
await writeRandomEncoder(folder);
const quantized = join(folder, "int4");
await writeQuantized(folder, quantized);
const half = await measure(join(folder, "text_encoder"), "in half precision", "fp16");
const small = await measure(quantized, "in integers of 4 bits");
console.log(
  `a prompt in integers of 4 bits takes ${(small / half).toFixed(2)} times as long as in half precision`,
);
