/**
 * `deno task bench:train`: how fast the class-conditioned network trains, and how much memory that takes.
 *
 * Where PyTorch is to be had (`python3`, or the program that `DENOISE_PYTHON` names), it trains the same network in the same
 * run, in both of its memory layouts, of which the faster one counts. The three take turns, so that whatever else the machine
 * does weighs on all alike. `--rounds N` sets how often each has its turn.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { mnistClass } from "../recipes/mnist_diffusion.ts";
import { ALLOCATOR, findPython } from "./python.ts";
import { median } from "./median.ts";
import { type Ready, StepProcess } from "./step_process.ts";

/** Steps at first, and steps of each turn, that do not count. */
const WARM_UP = 2;
const SETTLE = 1;
/** Steps of a turn that count. */
const STEPS = 3;

/** What each side says when it is ready. */
interface TrainingReady extends Ready {
  /** How many values it trains. */
  readonly parameters: number;
}

interface Contestant {
  readonly name: string;
  readonly process: StepProcess;
  readonly milliseconds: number[];
  peakBytes: number;
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds >= 1)) {
  throw new RangeError(`rounds: ${values.rounds} where a whole number from 1 is expected`);
}
const threads = navigator.hardwareConcurrency;
const { batch, width } = mnistClass.defaults;
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const imagesPerSecond = ({ milliseconds }: Contestant) => 1000 * batch / median(milliseconds);

await using processes = new AsyncDisposableStack();
const contestants: Contestant[] = [];
let parameters: number | undefined;

async function enter(
  layout: string,
  command: readonly string[],
  env?: Record<string, string>,
): Promise<void> {
  const { process, ready } = await StepProcess.start<TrainingReady>(command, env);
  processes.use(process);
  parameters ??= ready.parameters;
  if (ready.parameters !== parameters) {
    throw new Error(
      `bench: ${ready.engine} trains ${ready.parameters} values where ${parameters} are expected`,
    );
  }
  contestants.push({ name: ready.engine + layout, process, milliseconds: [], peakBytes: 0 });
}

await enter("", [
  "deno",
  "run",
  "--allow-read",
  "--allow-ffi=node_modules",
  path("train_steps.ts"),
  `${threads}`,
]);
const python = await findPython(["torch"]);
for (const layout of python ? ["nchw", "nhwc"] : []) {
  await enter(`, ${layout}`, [python!, path("torch_mnist_unet.py"), `${threads}`, layout], ALLOCATOR);
}

console.log(
  `training mnist-class: width ${width}, batch ${batch}, ${parameters} parameters, ${threads} threads`,
);
for (const { process } of contestants) await process.run(WARM_UP);
for (let round = 0; round < rounds; round++) {
  for (const contestant of contestants) {
    await contestant.process.run(SETTLE);
    const { milliseconds, peakBytes } = await contestant.process.run(STEPS);
    contestant.milliseconds.push(...milliseconds);
    contestant.peakBytes = peakBytes;
  }
}

for (const contestant of contestants) {
  const speed = `${imagesPerSecond(contestant).toFixed(1)} images/s`.padStart(18);
  const time = `${median(contestant.milliseconds).toFixed(0)} ms a step`.padStart(16);
  const memory = `${(contestant.peakBytes / 1e9).toFixed(2)} GB at most`.padStart(18);
  console.log(`${contestant.name.padEnd(24)}${speed}${time}${memory}`);
}
const [ours, ...theirs] = contestants;
console.log(
  theirs.length === 0
    ? "no PyTorch to compare with: set DENOISE_PYTHON to a Python that has it"
    : `ratio to PyTorch: ${(imagesPerSecond(ours) / Math.max(...theirs.map(imagesPerSecond))).toFixed(3)}`,
);
