/**
 * `deno task bench:t5`: how long a text encoder in half precision takes to open and to encode a prompt, and how much memory of
 * its own that takes: the weights stay in their files. It has the widths of T5 v1.1 XXL, 2.2 GB of random weights, which are
 * written once, to the cache folder.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../lib/checkpoints/hub.ts";
import { openWeights } from "../lib/checkpoints/mod.ts";
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

const folder = join(cacheFolder(), "bench", "t5-random");
await writeRandomEncoder(folder);
const encoder = join(folder, "text_encoder");
const { tensors } = await openWeights(encoder, "model", { variant: "fp16" });
const bytes = [...tensors.values()].reduce((sum, { length }) => sum + length, 0);
const threads = navigator.hardwareConcurrency;
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;

const program = fileURLToPath(new URL("t5/encode.ts", import.meta.url));
const command = [Deno.execPath(), "run", "--allow-read", "--allow-ffi=node_modules", program];
const { process } = await StepProcess.start([...command, encoder, `${threads}`]);
await using _ = process;
console.log(`a text encoder, ${gigabytes(bytes)} of weights in half precision, ${threads} threads`);
console.log(`before: ${gigabytes((await memoryOf(process.pid)).anonymous)} anonymous`);
for (const task of ["open", ...Array<string>(PROMPTS).fill("encode")]) {
  const work = process.ask<{ milliseconds: number; finite?: boolean }>(task);
  const { result, anonymous } = await watch(process.pid, work);
  if (result.finite === false) throw new Error("bench: the embeddings are not finite");
  const after = (await memoryOf(process.pid)).anonymous;
  console.log(
    `${task}: ${(result.milliseconds / 1000).toFixed(2)} s, at most ${gigabytes(anonymous)} anonymous, ` +
      `${gigabytes(after)} afterwards`,
  );
}
