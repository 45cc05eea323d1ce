/** The diffusion model in the plane: what it has learned after a short training, and its figure. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { sample, sampleToEnd, trailingTimesteps } from "../../lib/diffusion/mod.ts";
import { ddim } from "../../lib/diffusion/samplers/mod.ts";
import { conditioned } from "../../lib/effects/mod.ts";
import { openImages, openModels } from "../../report/mod.ts";
import { spiral } from "../../report/sections/spiral.ts";
import {
  drawSpiral,
  onSpiral,
  PointModel,
  pointObjective,
  spiralBatch,
} from "../../report/training/spiral.ts";
import { Generator } from "../../lib/random.ts";
import { cosineRate, Trainer } from "../../lib/training/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { eventsOf, figuresOf } from "./run_section.ts";
import type { Section } from "../../report/mod.ts";

/** The mean distance of points `[N, 2]` to the curve. */
function distance({ data, shape: [count] }: Tensor): number {
  const curve = Array.from({ length: 2000 }, (_, i) => onSpiral(i / 1999));
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += Math.min(...curve.map(([x, y]) => Math.hypot(data[2 * i] - x, data[2 * i + 1] - y)));
  }
  return sum / count;
}

Deno.test("the data lie on the spiral, in about unit variance", () => {
  const { data, shape } = drawSpiral(500, new Generator(0));
  assertEquals(shape, [500, 2]);
  assertLess(distance({ data, shape }), 0.05);
  const variance = data.reduce((sum, value) => sum + value ** 2, 0) / data.length;
  assert(variance > 0.6 && variance < 1.6, `${variance}`);
});

Deno.test("points flow onto the spiral after a short training", async () => {
  const [steps, width, generator] = [800, 64, new Generator(0)];
  await using trainer = await Trainer.create(pointObjective(256, width), { generator, averageDecay: 0.99 });
  const drawn = async () => {
    await using model = await PointModel.open(trainer.weights(true), width);
    const start = new Generator(1).randn([200, 2]);
    const options = { sampler: ddim(), timesteps: trailingTimesteps(20, 1000), start, noise: () => start };
    return await sampleToEnd(sample(conditioned(model, { inputs: {} }), options));
  };
  const before = distance(await drawn());
  for (let step = 0; step < steps; step++) {
    await trainer.step(spiralBatch(256, generator), cosineRate(3e-3, step, steps));
  }
  const after = distance(await drawn());
  assertLess(after, 0.2);
  assertLess(after, before / 2);
});

Deno.test("the section tells of the training, shows the points move, and draws them", async () => {
  await using models = openModels();
  const context = { models, images: openImages(), signal: new AbortController().signal };
  const given = { trainSteps: 300, steps: 10, count: 50, width: 64 };
  const events = await eventsOf(spiral as unknown as Section, given, context);
  const points = events.filter((event) => event.type === "points").flatMap(({ points }) => points);
  assertLess(points.at(-1)![1], points[0][1], "the loss falls");
  const last = events.findLast((event) => event.type === "progress")!;
  assertEquals(last.done, last.total);
  const slots = new Set(
    events.filter((event) => event.type === "preview").map(({ preview }) => preview.slot),
  );
  assertEquals([...slots], ["points while it learns", "points"]);
  const figure = figuresOf(events).get("points")!;
  assertEquals([figure.rows, figure.columns.at(-1)], [["points", "estimates"], "the data"]);
});
