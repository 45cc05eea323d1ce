/** A diffusion model in two dimensions. */
import { z } from "zod";
import { sample, type SampleStep, trailingTimesteps } from "../../lib/diffusion/mod.ts";
import { createSampler, samplerRegistrations } from "../../lib/diffusion/samplers/mod.ts";
import { conditioned } from "../../lib/effects/mod.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { cosineRate, Trainer } from "../../lib/training/mod.ts";
import type { Context } from "../context.ts";
import { Progress } from "../drawing/progress.ts";
import { type Colour, colourOfDirection, scatter } from "../drawing/scatter.ts";
import { png, sheetFigure } from "../drawing/sheet.ts";
import { sampler, seed, steps, whole } from "../fields.ts";
import { defineSection, type SectionEvent } from "../section.ts";
import { drawSpiral, PointModel, pointObjective, spiralBatch, spiralSchedule } from "../training/spiral.ts";

/** Pictures of the plane: their size in pixels, and the coordinate at their edges. */
const [SIZE, REACH] = [192, 3];

/** The slots of the samplings: after a part of the training, and in the end. */
const [LEARNING, DRAWING] = ["points while it learns", "points"];

/** How often points are drawn while it learns. */
const DRAWINGS = 4;

/** A sampling of a network that still learns goes so many steps. */
const QUICK = 15;

/** Losses are reported as means over so many steps: each alone says little. */
const POINTS = 20;

/** The learning rate at the start of the training, and the decay of the weights' average. */
const [LEARNING_RATE, AVERAGE] = [3e-3, 0.99];

/** More previews of a sampling are not worth their encoding. */
const PREVIEWS = 20;

/** The moments of the sampling that are shown, as parts of it: most happens late. */
const SHOWN_PARTS = [0, 0.5, 0.75, 0.9, 1];

/** A diffusion model in two dimensions. */
export const spiral = defineSection({
  id: "spiral",
  title: "A diffusion model in the plane",
  summary:
    "Points instead of images: the whole distribution can be seen, and a network learns it in seconds.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "An image of 32 × 32 pixels is a point among 3,072 dimensions; here a point has two, and nothing " +
        "else differs. The data lie on a spiral. A small network, three layers of a perceptron, is trained to " +
        "estimate the velocity $v$ of noisy points, from which $\\epsilon$ and $\\hat x_0$ follow; then the sampler takes " +
        "points of " +
        "pure noise through the steps, and they flow onto the spiral. Each point keeps the colour of the " +
        "direction in which it began; a sampler without noise of its own, such as DDIM, keeps neighbours together. The estimates $\\hat x_0$ show what a posterior mean is: at first, when any " +
        "point of the spiral could be behind the noise, all estimates lie near the middle, where there are no " +
        "data; as the noise falls, they spread and find the arms.",
    },
  ],
  parameters: z.object({
    trainSteps: whole({
      min: 1,
      max: 20_000,
      value: 2000,
      control: "steps",
      label: "Train live",
      help:
        "Number of steps to train right now. After some hundred the points know the outline, after 2,000 the arms.",
    }),
    steps: steps(50),
    sampler: sampler("ddim"),
    count: whole({ min: 10, max: 5000, value: 1000, label: "Points", help: "How many points are drawn." }),
    width: whole({ min: 4, max: 512, value: 128, label: "Width", help: "Units of a hidden layer." }),
    batch: whole({ min: 8, max: 4096, value: 256, label: "Batch", help: "Points in a training step." }),
    seed: seed(0),
  }),
  quick: { trainSteps: 300, steps: 20, count: 300 },
  async *run(parameters, context) {
    const { trainSteps, steps, sampler, count, width, batch, seed } = parameters;
    const { signal } = context;
    const generator = new Generator(seed);
    const progress = new Progress(trainSteps + steps);
    const start = new Generator(seed + 1).randn([count, 2]);
    const colours = Array.from(
      { length: count },
      (_, i) => colourOfDirection(start.data[2 * i], start.data[2 * i + 1]),
    );
    const draw = (model: PointModel, steps: number, name = sampler) => {
      const noise = new Generator(seed + 2);
      return sample(conditioned(model, { inputs: {} }), {
        sampler: createSampler(name),
        timesteps: trailingTimesteps(steps, spiralSchedule.length),
        start,
        noise: (shape) => noise.randn(shape),
        signal,
      });
    };
    // More threads would wait for each other: a step takes a millisecond.
    const options = { generator, averageDecay: AVERAGE, threads: 1 };
    await using trainer = await Trainer.create(pointObjective(batch, width), options);
    let losses: number[] = [];
    for (let step = 0; step < trainSteps; step++) {
      signal.throwIfAborted();
      const rate = cosineRate(LEARNING_RATE, step, trainSteps);
      const { loss } = await trainer.step(spiralBatch(batch, generator), rate, { signal });
      const done = step + 1;
      losses.push(loss);
      if (done % POINTS === 0 || done === 1 || done === trainSteps) {
        yield progress.advance(`step ${done}, loss ${loss.toPrecision(3)}`, losses.length);
        yield {
          type: "points",
          curve: "loss",
          points: [[done, losses.reduce((a, b) => a + b) / losses.length]],
        };
        losses = [];
        // Whoever waits for events, such as the one who aborts, gets a turn.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (
        done === trainSteps ||
        Math.floor(done * DRAWINGS / trainSteps) === Math.floor(step * DRAWINGS / trainSteps)
      ) {
        continue;
      }
      await using model = await PointModel.open(trainer.weights(true), width);
      const drawn = await Array.fromAsync(draw(model, QUICK, "ddim"));
      yield* preview(LEARNING, drawn.at(-1)!, { done, of: trainSteps }, colours, context);
    }
    await using model = await PointModel.open(trainer.weights(true), width);
    const all: SampleStep[] = [];
    for await (const step of draw(model, steps)) {
      all.push(step);
      yield progress.advance("points");
      const done = all.length;
      if (done % Math.ceil(steps / PREVIEWS) === 0 || done === steps) {
        yield* preview(DRAWING, step, { done, of: steps }, colours, context);
      }
    }
    const shown = [...new Set(SHOWN_PARTS.map((part) => all[Math.round(part * (steps - 1))]))];
    const data = drawSpiral(count, new Generator(seed + 3));
    const picture = (points: Tensor) => scatter(points, colours, REACH, SIZE);
    const gray = Array<Colour>(count).fill([0.4, 0.4, 0.4]);
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "points",
        caption:
          `${count} points on their way from noise to the spiral, by ${
            samplerRegistrations[sampler].title
          } in ${steps} steps, after ${trainSteps} steps ` +
          "of training; below, the estimates $\\hat x_0$ by which each step was taken. On the right, the data.",
        alt:
          "Clouds of coloured points: a round one at first, a spiral in the end; the estimates begin as a small cloud in the middle.",
        rows: ["points", "estimates"],
        columns: [...shown.map(({ tNext }) => tNext < 0 ? "the samples" : `t = ${tNext}`), "the data"],
        pictures: [
          [...shown.map(({ x }) => picture(x)), scatter(data, gray, REACH, SIZE)],
          shown.map(({ x0 }) => picture(x0)),
        ],
        origin: (row, column) =>
          row === 0 && column === shown.length - 1 ? { slots: [DRAWING], index: 0 } : undefined,
        parameters,
      }),
    };
  },
});

function* preview(
  slot: string,
  { x, x0, tNext }: SampleStep,
  { done, of }: { readonly done: number; readonly of: number },
  colours: readonly Colour[],
  { previews = true }: Context,
): Iterable<SectionEvent> {
  if (!previews) return;
  const picture = (points: Tensor) => png(scatter(points, colours, REACH, SIZE));
  yield {
    type: "preview",
    preview: {
      slot,
      step: done,
      steps: of,
      t: tNext,
      x: picture(x),
      x0: picture(x0),
      count: 1,
      ...(slot === DRAWING && { compresses: true as const }),
    },
  };
}
