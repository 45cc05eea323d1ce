import { assertEquals, assertLess } from "@std/assert";
import { loadMnist } from "../../recipes/data/mnist.ts";
import { readLosses } from "../../recipes/loss_log.ts";
import { findRecipe } from "../../recipes/mod.ts";
import { train } from "../../recipes/train.ts";

/** How many steps are run again; at full width they take about a second each on two cores. */
const STEPS = 8;

/** Other processors sum in another order: the losses drift apart, by far less than this in so few steps. */
const TOLERANCE = 0.01;

Deno.test("the recipe of mnist-class, run again, finds the losses of the log that ships", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const recipe = findRecipe("mnist-class");
    // The log was made with whole batches.
    const settings = { ...recipe.defaults, microbatches: 1 };
    const data = await loadMnist("train");
    for await (const _ of train({ recipe, settings, data, seed: 0, out: folder, maxSteps: STEPS }));
    const found = await readLosses(`${folder}/loss.jsonl`);
    const expected = (await readLosses("models/mnist-class/loss.jsonl")).slice(0, STEPS);
    assertEquals(found.map(({ step }) => step), expected.map(({ step }) => step));
    assertEquals(found.length, STEPS);
    found.forEach(({ loss, learningRate }, i) => {
      assertLess(Math.abs(loss / expected[i].loss - 1), TOLERANCE, `step ${i + 1}`);
      assertLess(
        Math.abs(learningRate / expected[i].learningRate - 1),
        1e-6,
        `learning rate of step ${i + 1}`,
      );
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
