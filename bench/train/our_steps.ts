/**
 * Our side of `bench/train.ts`: steps of a recipe, timed; `bench/step_process.ts` says what is spoken.
 *
 * Arguments: the network, and the threads.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { Generator } from "../../lib/random.ts";
import { Trainer } from "../../lib/training/trainer.ts";
import { Batches } from "../../recipes/data/batches.ts";
import { networks, planOf } from "./networks.ts";

const [name, threadCount] = Deno.args;
const threads = Number(threadCount);
const { recipe } = networks[name];
const { plan, set } = await planOf(networks[name]);
const { batch, microbatches, learningRate } = recipe.defaults;
const generator = new Generator(0);
await using trainer = await Trainer.create(plan.objective(batch / microbatches), {
  ...recipe.optimizer,
  generator,
  threads,
  replicas: Math.min(microbatches, threads),
});
const batches = new Batches(set, { batch, generator });
console.log(JSON.stringify({ parameters: trainer.parameterCount, engine: `Deno ${Deno.version.deno}` }));

for await (const line of createInterface({ input: process.stdin })) {
  const milliseconds: number[] = [];
  for (let i = 0; i < Number(line); i++) {
    const start = performance.now();
    await trainer.step(await plan.feeds(batches.next(), generator), learningRate);
    milliseconds.push(performance.now() - start);
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ milliseconds, peakBytes }));
}
