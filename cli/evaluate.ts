/** `deno task evaluate MODEL`: how good a model is, in numbers. */
import { type SamplerName, samplers } from "../lib/diffusion/samplers/mod.ts";
import { loadMnist } from "../recipes/data/mnist.ts";
import { evaluate } from "../recipes/evaluate.ts";
import { runTask } from "./errors.ts";
import {
  addDeviceOptions,
  createCommand,
  type DeviceOptions,
  finiteNumber,
  integer,
  oneOf,
  wholeNumber,
} from "./options.ts";
import { showProgress } from "./progress.ts";

interface Options extends DeviceOptions {
  readonly steps: number;
  readonly sampler: SamplerName;
  readonly guidance: number;
  readonly count: number;
  readonly seed: number;
  readonly classifier: string;
  readonly json?: true;
}

const names = Object.keys(samplers) as SamplerName[];

const command = addDeviceOptions(
  createCommand(
    "evaluate",
    "Measures a model: how often its digits are read as asked, its error, its accuracy.",
  )
    .argument("<model>", "a model's name or folder")
    .option("--steps <n>", "steps of sampling", wholeNumber("steps", 1, 1_000_000), 20)
    .option("--sampler <name>", names.join(", "), oneOf("sampler", names), "dpm-solver++")
    .option("--guidance <scale>", "guidance scale", finiteNumber("guidance"), 5)
    .option("--count <n>", "samples of each class", wholeNumber("count", 1, 10_000), 30)
    .option("--seed <n>", "seed of the noise", integer("seed"), 0)
    .option("--classifier <model>", "the model that reads the samples", "mnist-classifier")
    .option("--json", "prints one line of JSON"),
);

async function run(model: string, options: Options, signal: AbortSignal): Promise<void> {
  const { json, count, ...rest } = options;
  const test = await loadMnist("test");
  using progress = showProgress(`evaluating ${model}`, 100, "%");
  const onProgress = (done: number) => progress.update(Math.round(100 * done));
  const result = await evaluate(model, { ...rest, perClass: count, test, signal, onProgress });
  progress[Symbol.dispose]();
  if (json) return console.log(JSON.stringify({ model, ...result }));
  for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(14)}${value}`);
}

await runTask(async (signal) => {
  await command
    .action((model: string, options: Options) => run(model, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
