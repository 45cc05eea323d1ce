/**
 * `deno task bench:sample`: how long a sampling step of the class-conditioned network takes, and how much of that time is
 * spent outside the runtime. Where `models/` lacks the network, one with random weights takes the same time.
 */
import { findModel, listModels, openMnistModel } from "../lib/models/mod.ts";
import { declare } from "../lib/nn/mod.ts";
import { sampleDigits } from "../lib/pipelines/mod.ts";
import { Generator } from "../lib/random.ts";
import { tensor } from "../lib/tensor.ts";
import { mnistClass } from "../recipes/mnist_diffusion.ts";
import { writeModel } from "../recipes/model_folder.ts";
import { randomDigits } from "./train/random_digits.ts";

const CLASSES = 10;
/** How many runs are measured, after one that is not. */
const RUNS = 3;
/** Two pictures of each digit. */
const labels = Array.from({ length: 2 * CLASSES }, (_, n) => n % CLASSES);

/** Writes the network that training would start from. */
async function writeRandomModel(folder: string): Promise<void> {
  const plan = mnistClass.plan(mnistClass.defaults, randomDigits(1));
  const { parameters, buffers } = declare(plan.objective(1));
  const generator = new Generator(0);
  const drawn = [...parameters, ...buffers].map(({ name, shape, init }) => {
    return [name, tensor(init(shape, generator), shape)] as const;
  });
  await writeModel(folder, plan.files, Object.fromEntries(drawn));
}

const shipped = (await listModels()).includes(mnistClass.name);
await using temporary = new AsyncDisposableStack();
let folder: string;
if (shipped) {
  folder = await findModel(mnistClass.name);
} else {
  folder = await Deno.makeTempDir();
  temporary.defer(() => Deno.remove(folder, { recursive: true }));
  await writeRandomModel(folder);
}

await using model = await openMnistModel(folder);
let [steps, total, runtime] = [0, 0, 0];
for (let run = 0; run <= RUNS; run++) {
  const [start, runtimeBefore] = [performance.now(), model.runtimeMs];
  let count = 0;
  for await (const _ of sampleDigits(model, labels, { seed: run })) count++;
  if (run === 0) continue; // in it, the program itself is compiled
  steps += count;
  total += performance.now() - start;
  runtime += model.runtimeMs - runtimeBefore;
}
console.log(
  `sampling mnist-class${shipped ? "" : " (random weights)"}: ${labels.length} pictures with guidance, ` +
    `${(total / steps).toFixed(1)} ms a step, ${
      (100 * (1 - runtime / total)).toFixed(2)
    }% of it outside the runtime`,
);
