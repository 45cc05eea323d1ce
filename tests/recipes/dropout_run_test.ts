/** A run with dropout that stops and resumes drops what it would have dropped. */
import { assertEquals, assertGreater } from "@std/assert";
import { mean, reshape } from "../../lib/onnx/mod.ts";
import { broadcastTo, dropout } from "../../lib/onnx/ops/mod.ts";
import { readLosses } from "../../recipes/loss_log.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { TrainOptions } from "../../recipes/train.ts";
import { countSteps, digestOf, inFolder, noiseRun } from "./noise_run.ts";

/** A recipe whose loss is dropped by halves. */
function dropping(recipe: Recipe): Recipe {
  return {
    ...recipe,
    plan(settings, data) {
      const plan = recipe.plan(settings, data);
      return {
        ...plan,
        objective: (pictures) => (scope) => {
          const loss = reshape(plan.objective(pictures)(scope), [1]);
          return mean(dropout(broadcastTo(loss, [8]), 0.5));
        },
      };
    },
  };
}

Deno.test("a run with dropout goes on as if it had not stopped", () =>
  inFolder(async (folder) => {
    const run = (out: string, more: Partial<TrainOptions> = {}) => {
      const options = noiseRun(`${folder}/${out}`, more);
      return countSteps({ ...options, recipe: dropping(options.recipe) });
    };
    await run("whole");
    await run("stopped", { maxSteps: 4 });
    assertEquals(await run("stopped", { resume: true }), 6);
    for (const file of ["checkpoint.safetensors", "loss.jsonl"]) {
      assertEquals(
        await digestOf(`${folder}/stopped/${file}`),
        await digestOf(`${folder}/whole/${file}`),
        file,
      );
    }
    // Dropped it was: without, the same weights and noise have another loss.
    await countSteps(noiseRun(`${folder}/plain`, { maxSteps: 1 }));
    const [[first], [plain]] = await Promise.all(
      ["whole", "plain"].map((name) => readLosses(`${folder}/${name}/loss.jsonl`)),
    );
    assertGreater(Math.abs(first.loss / plain.loss - 1), 0.01);
  }));
