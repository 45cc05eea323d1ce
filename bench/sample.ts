/**
 * `deno task bench:sample`: how long a sampling step of the class-conditioned network and of the cascade of emoji takes, and
 * how much of that time is spent outside the runtime. Where `models/` lacks the first, one with random weights takes the
 * same time; where it lacks the others, they are left out.
 */
import { StepClock } from "../cli/sample/step_clock.ts";
import type { SampleStep } from "../lib/diffusion/mod.ts";
import { findModel, listModels, openDeepFloyd, openMnistModel } from "../lib/models/mod.ts";
import { declare } from "../lib/nn/mod.ts";
import { cascade, openTextToImage, sampleDigits, textToImage } from "../lib/pipelines/mod.ts";
import { Generator } from "../lib/random.ts";
import { tensor } from "../lib/tensor.ts";
import { mnistClass } from "../recipes/mnist_diffusion.ts";
import { writeModel } from "../recipes/model_folder.ts";
import { median } from "./median.ts";
import { randomDigits } from "./train/random_digits.ts";

const CLASSES = 10;
/** How many runs are measured. */
const RUNS = 3;
/** Both stages of emoji. */
const CASCADE = ["emoji-I", "emoji-II"];
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

const names = await listModels();
const shipped = names.includes(mnistClass.name);
await using temporary = new AsyncDisposableStack();
let folder: string;
if (shipped) {
  folder = await findModel(mnistClass.name);
} else {
  folder = await Deno.makeTempDir();
  temporary.defer(() => Deno.remove(folder, { recursive: true }));
  await writeRandomModel(folder);
}

/** Samples some times over, and says how long a step took and how much of that was outside the runtime. */
async function measure(
  what: string,
  runtimeMs: () => number,
  steps: (seed: number) => AsyncIterable<SampleStep>,
): Promise<void> {
  const clock = new StepClock(runtimeMs);
  for (let run = 0; run < RUNS; run++) {
    for await (const { index } of steps(run)) clock.tick(index);
  }
  const time = `${median(clock.stepMs).toFixed(1)} ms a step`;
  console.log(`sampling ${what}: ${time}, ${(100 * clock.overhead).toFixed(2)}% of it outside the runtime`);
}

await using model = await openMnistModel(folder);
await measure(
  `mnist-class${shipped ? "" : " (random weights)"}, ${labels.length} pictures with guidance`,
  () => model.runtimeMs,
  (seed) => sampleDigits(model, labels, { seed }),
);

if (CASCADE.every((name) => names.includes(name))) {
  await using pipeline = await openTextToImage(CASCADE[0]);
  const first = await pipeline.network();
  await using second = await openDeepFloyd(CASCADE[1], { textLength: pipeline.textLength });
  const [text, negative] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
  const common = { negative, numImagesPerPrompt: 4 };
  const own = { numInferenceSteps: 20, guidanceScale: 2.5 };
  await measure(
    "emoji-I, 4 pictures with guidance",
    () => first.runtimeMs,
    (seed) => textToImage(first, text, { ...common, ...own, seed }),
  );
  await measure(
    "emoji-I and emoji-II, 4 pictures",
    () => first.runtimeMs + second.runtimeMs,
    (seed) => {
      const enlarging = { numInferenceSteps: 20, guidanceScale: 1, noiseLevel: 100 };
      return cascade([first, second], text, { ...common, first: own, second: enlarging, seed });
    },
  );
}
