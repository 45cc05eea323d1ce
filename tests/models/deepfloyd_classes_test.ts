/** Networks of DeepFloyd IF's kind with other classes and embeddings than its own, as running models, against diffusers. */
import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { type DeepFloydCondition, type DeepFloydModel, openDeepFloyd } from "../../lib/models/mod.ts";
import { deepFloydUnet, readDeepFloydConfig } from "../../lib/nn/deepfloyd/mod.ts";
import { labelShape } from "../../lib/nn/unet/class_embedding.ts";
import { concat, reshape, slice, type Tensor } from "../../lib/tensor.ts";
import { difference } from "../nn/deepfloyd.ts";
import { configOf, drawWeights, networks, readGoldenTensors } from "../nn/unets.ts";
import { temporaryFolder, writeJson } from "./checkpoints.ts";
import { schedulerConfig } from "./deepfloyd_checkpoints.ts";

const LENGTH = 5;

async function withNetwork(name: string, body: (model: DeepFloydModel) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  const config = readDeepFloydConfig(configOf(name));
  const weights = drawWeights((scope) => {
    const input = (name: string, shape: readonly number[]) =>
      scope.graph.input(name, "float32", [1, ...shape]);
    deepFloydUnet(scope, config, {
      x: input("x", [3, 8, 8]),
      t: input("t", []),
      text: input("text", [LENGTH, config.textWidth]),
      ...(config.classes && { classLabel: input("classLabel", labelShape(config.classes)) }),
    });
  }, networks[name].seed);
  await writeJson(join(folder.path, "scheduler", "scheduler_config.json"), schedulerConfig);
  await writeJson(join(folder.path, "unet", "config.json"), networks[name].config);
  await writeSafetensors(join(folder.path, "unet", "diffusion_pytorch_model.safetensors"), weights);
  await using model = await openDeepFloyd(folder.path, { device: "cpu", threads: 1, textLength: LENGTH });
  await body(model);
}

const row = (x: Tensor, i: number) => slice(x, i, i + 1);
const flat = (x: Tensor) => reshape(x, x.shape.slice(1));

for (const name of Object.keys(networks).filter((name) => name.startsWith("cond_"))) {
  Deno.test(`${name}: a running model answers as diffusers does`, async () => {
    const { x, t, text, classLabel, out } = await readGoldenTensors(name);
    await withNetwork(name, async (model) => {
      assertEquals(model.config.enlarges, false);
      const conditions = await model.prepare([0, 1].map((i): DeepFloydCondition => {
        const one = { text: flat(row(text, i)) };
        if (!classLabel) return one;
        return {
          ...one,
          classLabel: classLabel.shape.length === 1 ? classLabel.data[i] : flat(row(classLabel, i)),
        };
      }));
      const answers = await model.run(conditions.map((condition, i) => ({
        model,
        input: { x: row(x, i) },
        t: t.data[i],
        condition,
      })));
      for (const [i, { noise, variance }] of answers.entries()) {
        assertLess(difference(concat([noise, variance!], 1), row(out, i)), 1e-5);
      }
    });
  });
}

Deno.test("a class is missing, superfluous or unknown: refused by its name", async () => {
  const refused = async (name: string, classLabel: number | Tensor | undefined) => {
    const { text } = await readGoldenTensors(name);
    await withNetwork(name, async (model) => {
      const prepare = () => model.prepare([{ text: flat(row(text, 0)), classLabel }]);
      assertEquals((await assertRejects(prepare, ArgumentError)).argument, "classLabel");
    });
  };
  await refused("cond_table", undefined);
  await refused("cond_table", 6);
  await refused("cond_none", 0);
  await refused("cond_projection", 3);
  await refused("cond_projection", { data: new Float32Array(6), shape: [6] });
  await refused("cond_timestep", NaN);
});
