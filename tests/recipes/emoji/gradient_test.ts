import { assertLess } from "@std/assert";
import { declare } from "../../../lib/nn/sources.ts";
import { openSession } from "../../../lib/onnx/mod.ts";
import { Generator } from "../../../lib/random.ts";
import { type Tensor, tensor, type TensorData } from "../../../lib/tensor.ts";
import { buildGradientGraph, type Objective } from "../../../lib/training/gradient_graph.ts";
import type { Batch } from "../../../recipes/data/batches.ts";
import { emojiI } from "../../../recipes/emoji/stage_one.ts";
import { emojiII } from "../../../recipes/emoji/stage_two.ts";
import { tinySet } from "./tiny_set.ts";

const batch: Batch = { images: tensor(new Float32Array(0), [0]), pictures: [0, 1], epoch: 0, index: 0 };

/** The loss, its slope along the gradient by finite differences, and the gradient's own norm. */
async function slopes(objective: Objective, feeds: Record<string, Tensor<TensorData>>) {
  const { graph } = buildGradientGraph(objective);
  await using session = await openSession(graph);
  const generator = new Generator(4);
  // Drawn as training would, but for biases and the like, which would be zero.
  const parts = declare(objective).parameters.map(({ shape, init }) => init(shape, generator));
  const start = Float32Array.from(parts.flatMap((part) => [...part]), (value) => value);
  const jitter = generator.randn([start.length]).data;
  const parameters = start.map((value, i) => value + 0.02 * jitter[i]);
  const at = async (values: Float32Array) => {
    return await session.run({ ...feeds, parameters: tensor(values, [values.length]) });
  };
  const gradient = (await at(parameters)).gradient.data;
  const results: { expected: number; found: number }[] = [];
  for (let direction = 0; direction < 6; direction++) {
    const along = generator.randn([parameters.length]).data;
    // Mixed with the gradient, so that the slope is not lost in rounding.
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    const way = along.map((value, i) =>
      value / Math.sqrt(along.length) + (direction - 2) * gradient[i] / norm
    );
    const size = 5e-4;
    const [up, down] = [
      await at(parameters.map((v, i) => v + size * way[i])),
      await at(parameters.map((v, i) => v - size * way[i])),
    ];
    const expected = (up.loss.data[0] - down.loss.data[0]) / (2 * size);
    const found = way.reduce((sum, value, i) => sum + value * gradient[i], 0);
    results.push({ expected, found });
  }
  return results;
}

for (const recipe of [emojiI, emojiII]) {
  Deno.test(`${recipe.name}: the whole network's gradient is the slope of its loss`, async () => {
    const settings = {
      ...recipe.defaults,
      width: recipe === emojiI ? 16 : 8,
      size: recipe === emojiI ? 16 : 32,
    };
    const set = await tinySet(settings.size);
    const plan = recipe.plan(settings, set);
    const feeds = await plan.feeds(batch, new Generator(7));
    // By its error the bound has a slope that is not followed: the mean is held fixed.
    feeds.meanError.data.fill(0 as never);
    for (const { expected, found } of await slopes(plan.objective(2), feeds)) {
      assertLess(Math.abs(found - expected), 1e-2 * Math.max(Math.abs(expected), 0.05));
    }
  });
}
