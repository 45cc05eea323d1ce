/** Our side of `bench/train.ts`: steps of the recipe `mnist-class`, timed; see `step_process.ts` for what is said. */
import process from "node:process";
import { createInterface } from "node:readline";
import { Generator } from "../lib/random.ts";
import { Trainer } from "../lib/training/trainer.ts";
import { Batches } from "../recipes/data/batches.ts";
import { mnistClass } from "../recipes/mnist_diffusion.ts";
import { randomDigits } from "./random_digits.ts";

const threads = Number(Deno.args[0]);
const { batch, shares, learningRate } = mnistClass.defaults;
const digits = randomDigits(batch);
const plan = mnistClass.plan(mnistClass.defaults, digits);
const generator = new Generator(0);
const replicas = Math.min(shares, threads);
await using trainer = await Trainer.create(plan.objective(batch / shares), { generator, threads, replicas });
const batches = new Batches(digits, { batch, generator });
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
