/** Our side of `bench/train.ts`: steps of the recipe `mnist-class`, timed; see `step_process.ts` for what is said. */
import process from "node:process";
import { createInterface } from "node:readline";
import { Generator } from "../lib/random.ts";
import { Trainer } from "../lib/training/trainer.ts";
import { mnistClass } from "../recipes/mnist_diffusion.ts";

const CLASSES = 10;
const threads = Number(Deno.args[0]);
const { defaults } = mnistClass;
const generator = new Generator(0);
const replicas = Math.min(defaults.shares, threads);
const share = { ...defaults, batch: defaults.batch / defaults.shares };
await using trainer = await Trainer.create(mnistClass.objective(share, CLASSES), {
  generator,
  threads,
  replicas,
});
const batch = {
  images: generator.rand([defaults.batch, 1, 28, 28]),
  labels: Uint8Array.from({ length: defaults.batch }, () => generator.randomInt(CLASSES)),
  epoch: 0,
  index: 0,
};
console.log(JSON.stringify({ parameters: trainer.parameterCount, engine: `Deno ${Deno.version.deno}` }));

for await (const line of createInterface({ input: process.stdin })) {
  const milliseconds: number[] = [];
  for (let i = 0; i < Number(line); i++) {
    const start = performance.now();
    await trainer.step(mnistClass.feeds(batch, CLASSES, generator), defaults.learningRate);
    milliseconds.push(performance.now() - start);
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ milliseconds, peakBytes }));
}
