/**
 * `deno task bench:train [NETWORK]`: how fast a network trains, and how much memory that takes: `mnist-class` unless another
 * is named, `emoji-I` or `emoji-II`.
 *
 * Where PyTorch is to be had (`python3`, or the program that `DENOISE_PYTHON` names; for the cascade diffusers and transformers
 * too, where `PYTHONPATH` may lead), it trains the same network in the same run, in both of its memory layouts, of which the
 * faster one counts. The three take turns, so that whatever else the machine does weighs on all alike. `--rounds N` sets how
 * often each has its turn.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeAtomic } from "../recipes/atomic_write.ts";
import { ALLOCATOR, findPython } from "./python.ts";
import { median } from "./median.ts";
import { type Ready, StepProcess } from "./step_process.ts";
import { networks, planOf } from "./train/networks.ts";

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

const { values, positionals: [name = "mnist-class"] } = parseArgs({
  options: { rounds: { type: "string", default: "3" } },
  allowPositionals: true,
});
if (!Object.hasOwn(networks, name)) {
  throw new RangeError(`network: "${name}" where one of ${Object.keys(networks).join(", ")} is expected`);
}
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds >= 1)) {
  throw new RangeError(`rounds: ${values.rounds} where a whole number from 1 is expected`);
}
const threads = navigator.hardwareConcurrency;
const { recipe, peer } = networks[name];
const { batch, width } = recipe.defaults;
const path = (program: string) => fileURLToPath(new URL(`train/${program}`, import.meta.url));

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
  path("our_steps.ts"),
  name,
  `${threads}`,
]);
const python = await findPython(peer.packages);
if (python) {
  // The peer builds its network from the same configurations.
  const folder = await Deno.makeTempDir();
  processes.defer(() => Deno.remove(folder, { recursive: true }));
  const { plan } = await planOf(networks[name]);
  for (const [file, config] of Object.entries(plan.files.configs)) {
    await writeAtomic(`${folder}/${file}`, JSON.stringify(config));
  }
  for (const layout of ["nchw", "nhwc"]) {
    const command = [python, path(peer.program), `${threads}`, layout, folder, `${batch}`];
    await enter(`, ${layout}`, command, ALLOCATOR);
  }
}

console.log(
  `training ${name}: width ${width}, batch ${batch}, ${parameters} parameters, ${threads} threads`,
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
    ? `nothing to compare with: set DENOISE_PYTHON to a Python that has ${peer.packages.join(", ")}`
    : `ratio to PyTorch: ${(imagesPerSecond(ours) / Math.max(...theirs.map(imagesPerSecond))).toFixed(3)}`,
);
