/**
 * Training before spectators: some steps, with the loss and samples as they come.
 *
 * @module
 */
import { z } from "zod";
import { ArgumentError } from "../../lib/errors.ts";
import { Generator } from "../../lib/random.ts";
import type { PixelRange } from "../../lib/image.ts";
import { machine } from "../../lib/platform/mod.ts";
import { cosineRate, Trainer } from "../../lib/training/mod.ts";
import { Batches } from "../../recipes/data/batches.ts";
import type { PictureSet } from "../../recipes/data/dataset.ts";
import { loadMnist } from "../../recipes/data/mnist.ts";
import { encodeModel } from "../../recipes/encode_model.ts";
import type { LossLine } from "../../recipes/loss_log.ts";
import { previewDigits } from "../../recipes/preview.ts";
import { readWeights } from "../../recipes/read_weights.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure, strip } from "../drawing/sheet.ts";
import { choice, decimal, whole } from "../fields.ts";
import type { Context } from "../context.ts";
import type { SectionEvent } from "../section.ts";
import { drawingWork, trainingStepWork, trainingWork } from "../work.ts";
import { curveMedia, finalLoss, wholeFigure } from "./records.ts";
import { openTrained } from "./trained.ts";

/** Digits are in [0, 1]. */
const RANGE: PixelRange = [0, 1];

/** How it is trained. */
const liveFields = {
  from: choice(["scratch", "checkpoint"], "scratch", {
    label: "From",
    help: "Whether to start from random weights or from those of the model.",
  }),
  width: whole({
    min: 1,
    max: 128,
    value: 16,
    label: "Width",
    help: "Hidden width of a network from scratch; a narrow one learns in a minute.",
  }),
  batch: whole({ min: 2, max: 512, value: 64, label: "Batch", help: "Digits in a step." }),
  learningRate: decimal({
    min: 1e-6,
    max: 0.1,
    value: 1e-3,
    step: 1e-4,
    label: "Learning rate",
    help: "At the start; a cosine takes it to zero.",
  }),
  drawings: whole({
    min: 1,
    max: 20,
    value: 2,
    label: "Drawings",
    help: "How often samples are drawn while it trains.",
  }),
} as const;

/**
 * The fields of a live training.
 *
 * @param expected What it shows after how many steps, in a sentence: people decide by it how long they train.
 */
export const liveTraining = (expected: string) => ({
  trainSteps: whole({
    min: 0,
    max: 20_000,
    value: 0,
    control: "steps",
    label: "Train live",
    help: `Number of steps to train right now; 0 only shows the records. ${expected}`,
  }),
  ...liveFields,
});

/** What the networks that draw digits show, for {@linkcode liveTraining}. */
export const DRAWN_DIGITS =
  "Strokes appear after some hundred steps; the digits of the network that ships, 64 wide, took thousands.";

/** The parameters of a live training, and of the section around it. */
export interface LiveParameters {
  readonly model: string;
  readonly seed: number;
  readonly trainSteps: number;
  readonly from: "scratch" | "checkpoint";
  readonly width: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly drawings: number;
}

/** The steps after which points of the curve are sent, at most. */
const POINTS = 5;

/** So many points at the beginning are sent one by one. */
const FIRST = 3;

/** The slot of the samples that are drawn while a network learns. */
const SLOT = "samples while it learns";

/**
 * Trains a network for some steps, and tells of it; nothing for no steps.
 *
 * @param recipe The recipe.
 * @param parameters The steps and the rest.
 * @param context The signal, and models to start from.
 * @param progress Of the whole section, where there is more to it: it is advanced by `trainingWork`.
 * @yields Progress, points of the curve `loss`, samples as previews, and in the end the model, its last samples and the curve.
 * @throws {ArgumentError} if the model is not one of the recipe's.
 */
export async function* trainLive(
  recipe: Recipe,
  parameters: LiveParameters & Record<string, unknown>,
  { models, signal }: Context,
  progress: Progress = new Progress(trainingWork(parameters)),
): AsyncGenerator<SectionEvent, void, undefined> {
  const { model, seed, trainSteps, from, batch, learningRate, drawings } = parameters;
  if (trainSteps === 0) return;
  const data = await loadMnist("train");
  const start = from === "checkpoint" ? await models.folder(model) : undefined;
  const width = start === undefined ? parameters.width : await widthOf(start);
  const settings = { ...recipe.defaults, width, batch, learningRate, microbatches: 1 };
  const plan = recipe.plan(settings, data);
  const generator = new Generator(seed);
  await using trainer = await Trainer.create(plan.objective(batch), { ...recipe.optimizer, generator });
  if (start !== undefined) trainer.start(await readWeights(start, plan.files));
  const batches = new Batches(data, { batch, generator: new Generator(seed + 1) });
  const lines: LossLine[] = [];
  let reported = 0;
  let drawn;
  let test: PictureSet | undefined;
  for (let step = 0; step < trainSteps; step++) {
    signal.throwIfAborted();
    const rate = cosineRate(learningRate, step, trainSteps);
    const next = batches.next();
    const report = await trainer.step(await plan.feeds(next, generator), rate, { signal });
    lines.push({ ...report, epoch: next.epoch + 1, learningRate: rate });
    const words = `step ${report.step}, loss ${report.loss.toPrecision(3)}`;
    yield progress.advance(words, trainingStepWork(parameters));
    const done = step + 1;
    // The first ones at once: who waits sees that it has begun.
    if (done <= FIRST || done % POINTS === 0 || done === trainSteps) {
      const points = lines.slice(reported).map(({ step, loss }) => [step, loss] as const);
      reported = done;
      yield { type: "points", curve: "loss", points };
      // Whoever waits for events, such as the one who aborts, gets a turn.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (Math.floor(done * drawings / trainSteps) === Math.floor(step * drawings / trainSteps)) continue;
    await using network = await openTrained(plan.files, trainer.weights(true));
    drawn = await previewDigits(network, { seed, data: test ??= await loadMnist("test") });
    yield progress.advance("samples", drawingWork(parameters));
    const x = strip(drawn.digits, RANGE);
    const count = drawn.digits.shape[0];
    yield { type: "preview", preview: { slot: SLOT, step: done, steps: trainSteps, t: -1, x, x0: x, count } };
  }
  yield { type: "model", name: model, files: encodeModel(plan.files, trainer.weights(true)) };
  const shown = JSON.parse(JSON.stringify(parameters));
  const { digits, columns, rows = [], given = 0 } = drawn!;
  const all = picturesOf(digits);
  yield {
    type: "figure",
    figure: sheetFigure({
      name: "live-samples",
      caption: `Output of the network after ${trainSteps} steps.`,
      alt: "Rows of handwritten digits.",
      rows,
      pictures: Array.from(
        { length: all.length / columns },
        (_, row) => all.slice(row * columns, (row + 1) * columns),
      ),
      origin: (row, column) => row < given ? undefined : { slots: [SLOT], index: row * columns + column },
      range: RANGE,
      parameters: shown,
    }),
  };
  yield {
    type: "figure",
    figure: wholeFigure({
      name: "live-curve",
      caption: `The loss over ${trainSteps} steps, trained just now; in the end ${finalLoss(lines)}.`,
      alt: "A falling curve of the loss over the steps.",
      media: curveMedia(lines),
      parameters: shown,
    }),
  };
}

/** The hidden width of a model. */
async function widthOf(folder: string): Promise<number> {
  for (const path of ["unet/config.json", "config.json"]) {
    const text = await machine.open(folder).readText(path).catch(() => undefined);
    if (text) return z.object({ hidden_width: z.int().min(1) }).parse(JSON.parse(text)).hidden_width;
  }
  throw new ArgumentError("model", folder, "the folder of a network for digits");
}
