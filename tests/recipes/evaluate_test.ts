import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { openMnistClassifier } from "../../lib/models/mnist_classifier.ts";
import { Generator } from "../../lib/random.ts";
import { map, type Tensor } from "../../lib/tensor.ts";
import type { LabelledPictureSet } from "../../recipes/data/dataset.ts";
import { pictures } from "../../recipes/data/pictures_of.ts";
import { evaluate } from "../../recipes/evaluate.ts";
import {
  classifierConfig,
  classifierWeights,
  temporaryFolder,
  unetConfig,
  unetWeights,
  writeModel,
  writePipeline,
} from "../models/checkpoints.ts";

/** More pictures than go through a network at a time, and no multiple of that. */
function noisePictures(): LabelledPictureSet {
  const count = 130;
  const images = Uint8Array.from(new Generator(5).rand([count * 784]).data, (u) => u * 255);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  return {
    images,
    labels,
    count,
    channels: 1,
    size: 28,
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
  };
}

/** The weights of a network that says the same of everything: `value` wherever it looks. */
function constantNetwork(weights: Record<string, Tensor>, value: number): Record<string, Tensor> {
  const zero = (name: string) => name === "last.weight" || name === "last.bias";
  return Object.fromEntries(
    Object.entries(weights).map(([name, tensor]) => {
      return [name, zero(name) ? map(tensor, () => name === "last.bias" ? value : 0) : tensor];
    }),
  );
}

Deno.test("mse of a denoiser: that of a network which always says a quarter", async () => {
  await using folder = await temporaryFolder();
  const test = noisePictures();
  await writeModel(folder.path, unetConfig(), constantNetwork(unetWeights(), 0.25));
  const { mse, sigma, pictures: count } = await evaluate(folder.path, { test });
  const expected = test.images.reduce((sum, byte) => sum + (byte / 255 - 0.25) ** 2, 0) / test.images.length;
  assertAlmostEquals(mse as number, expected, 1e-6);
  assertEquals([sigma, count], [0.5, 130]);
});

Deno.test("testAccuracy of a classifier: counted by hand", async () => {
  await using folder = await temporaryFolder();
  const test = noisePictures();
  await writeModel(folder.path, classifierConfig, classifierWeights());
  await using model = await openMnistClassifier(folder.path);
  const { labels } = await model.classify(pictures(test, 0, test.count));
  // The labels that it gives, but for every third picture.
  const nearly = { ...test, labels: Uint8Array.from(labels, (label, i) => i % 3 ? label : (label + 1) % 10) };
  const right = labels.filter((_, i) => i % 3).length;
  assertAlmostEquals(
    (await evaluate(folder.path, { test: nearly })).testAccuracy as number,
    right / 130,
    1e-12,
  );
});

Deno.test("accuracy of a class-conditioned network: pictures of nothing are read as one class", async () => {
  await using folder = await temporaryFolder();
  const test = noisePictures();
  const classifier = await writeModel(join(folder.path, "judge"), classifierConfig, classifierWeights());
  const weights = unetWeights({ time: true, classes: 10 });
  const model = await writePipeline(join(folder.path, "model"), 10, constantNetwork(weights, 0));
  const options = { test, classifier, steps: 2, perClass: 2 };
  const result = await evaluate(model, { ...options, sampler: "ddim" });
  // A network that sees no noise leaves noise, blown up and cut to black and white: some class for each picture.
  assertEquals([result.samples, result.steps, result.sampler, result.guidance], [20, 2, "ddim", 5]);
  assertEquals(Number.isInteger(Number(result.accuracy) * 20), true);
  assertEquals(result, await evaluate(model, { ...options, sampler: "ddim" }));
  await assertRejects(() => evaluate(model, { ...options, classifier: model }), RangeError, "classifier: ");
  const unconditional = await writePipeline(join(folder.path, "time"), 0);
  assertEquals(Object.keys(await evaluate(unconditional, options)), [
    "confidence",
    "samples",
    "steps",
    "sampler",
    "seed",
  ]);
});
