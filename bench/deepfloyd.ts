/**
 * `deno task bench:deepfloyd`: how long a step of DeepFloyd IF's stage I takes, in its medium size (372 million parameters,
 * float32, two pictures of 64 x 64), how long it takes to open, and how much memory. The weights are random: they are written
 * once, to the cache folder.
 *
 * Both ways to open it are measured: `prepacked`, in which the runtime copies weights into the layout that is fastest, and
 * `mapped`, in which they stay in their file. Where PyTorch and diffusers are to be had (`python3`, or the program that
 * `DENOISE_PYTHON` names; `PYTHONPATH` may lead to diffusers' source), they run the same network on the same file in the same
 * run, in both of PyTorch's memory layouts, of which the faster one counts. All take turns, so that whatever else the machine
 * does weighs on all alike; where that is much, the work of the CPU with `--threads 1` is what to compare. `--rounds N` sets how often each has its turn, `--threads N` how many threads each has,
 * `--model FOLDER` names another network.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cacheFolder } from "../lib/checkpoints/hub.ts";
import { openWeights } from "../lib/checkpoints/mod.ts";
import { writeRandomModel } from "./deepfloyd/random_model.ts";
import { cpuTimeOf } from "./cpu_time.ts";
import { median } from "./median.ts";
import { type Memory, memoryOf } from "./memory.ts";
import { ALLOCATOR, findPython } from "./python.ts";
import { type Ready, StepProcess } from "./step_process.ts";

/** Steps of a turn that count; one more, before them, does not. */
const STEPS = 2;

interface Contestant {
  readonly name: string;
  readonly process: StepProcess;
  /** Before the network is opened, when it is open, and after all steps. */
  readonly memory: Memory[];
  readonly milliseconds: number[];
  /** How long the processor worked for a step, in each turn. */
  readonly cpuMilliseconds: number[];
  openMilliseconds: number;
  output: readonly number[];
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "4" },
    threads: { type: "string", default: `${navigator.hardwareConcurrency}` },
    model: { type: "string" },
  },
});
const [rounds, threads] = (["rounds", "threads"] as const).map((name) => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`${name}: ${values[name]} where a whole number from 1 is expected`);
});
const path = (name: string) => fileURLToPath(new URL(`deepfloyd/${name}`, import.meta.url));
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;

let folder = values.model;
if (folder === undefined) {
  folder = join(cacheFolder(), "bench", "if-i-m-random");
  await writeRandomModel(folder);
}
const { tensors } = await openWeights(join(folder, "unet"), "diffusion_pytorch_model");
const bytes = [...tensors.values()].reduce((sum, { length }) => sum + length, 0);

await using processes = new AsyncDisposableStack();
const contestants: Contestant[] = [];

async function enter(command: readonly string[], env?: Record<string, string>): Promise<void> {
  const { process, ready } = await StepProcess.start<Ready>(command, env);
  processes.use(process);
  const memory = [await memoryOf(process.pid)];
  const { milliseconds } = await process.ask<{ milliseconds: number }>("open");
  memory.push(await memoryOf(process.pid));
  const output = await process.ask<number[]>("output");
  contestants.push({
    name: ready.engine,
    process,
    memory,
    milliseconds: [],
    cpuMilliseconds: [],
    openMilliseconds: milliseconds,
    output,
  });
}

const ours = ["run", "--allow-read", "--allow-ffi=node_modules", path("our_steps.ts"), folder, `${threads}`];
for (const weights of ["prepacked", "mapped"]) await enter([Deno.execPath(), ...ours, weights]);
const python = await findPython(["torch", "diffusers"]);
for (const layout of python ? ["nchw", "nhwc"] : []) {
  await enter([python!, path("diffusers_steps.py"), folder, `${threads}`, layout], ALLOCATOR);
}

console.log(`a step of ${folder}: ${gigabytes(bytes)} of weights, 2 pictures, ${threads} threads`);
for (let round = 0; round < rounds; round++) {
  for (const { process, milliseconds, cpuMilliseconds } of contestants) {
    await process.run(1);
    const before = await cpuTimeOf(process.pid);
    milliseconds.push(...(await process.run(STEPS)).milliseconds);
    cpuMilliseconds.push((await cpuTimeOf(process.pid) - before) / STEPS);
  }
}
for (const { process, memory } of contestants) memory.push(await memoryOf(process.pid));

const columns = [
  "a step",
  "of the CPU",
  "opened in",
  "anonymous: before",
  "opened",
  "after steps",
  "peak",
  "of weights",
];
const rows = contestants.map(({ name, milliseconds, cpuMilliseconds, openMilliseconds, memory }) => {
  const [before, opened, after] = memory;
  return [
    name,
    seconds(median(milliseconds)),
    seconds(median(cpuMilliseconds)),
    seconds(openMilliseconds),
    ...[before, opened, after].map(({ anonymous }) => gigabytes(anonymous)),
    gigabytes(after.peak),
    (after.peak / bytes).toFixed(2),
  ];
});
const table = [["", ...columns], ...rows];
const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
for (const row of table) {
  console.log(row.map((cell, i) => i ? cell.padStart(widths[i]) : cell.padEnd(widths[i])).join("  "));
}
const [prepacked, , ...theirs] = contestants;
if (theirs.length === 0) {
  console.log("no diffusers to compare with: set DENOISE_PYTHON to a Python that has it");
} else {
  const ratio = (times: (contestant: Contestant) => readonly number[]) => {
    const fastest = Math.min(...theirs.map((contestant) => median(times(contestant))));
    return (fastest / median(times(prepacked))).toFixed(3);
  };
  const [reference] = theirs;
  for (const { name, output } of contestants) {
    if (output === reference.output) continue;
    const difference = Math.max(...output.map((value, i) => Math.abs(value - reference.output[i])));
    console.log(`${name}: differs from ${reference.name} by ${difference.toExponential(1)} at most`);
  }
  const [wall, cpu] = [ratio((c) => c.milliseconds), ratio((c) => c.cpuMilliseconds)];
  console.log(`ratio to diffusers: ${wall} by the time of a step, ${cpu} by the work of the CPU`);
}
