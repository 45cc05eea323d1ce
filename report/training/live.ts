/**
 * Live training: some steps, with the loss and samples as they come.
 *
 * @module
 */
import { Generator } from "../../lib/random.ts";
import type { PixelRange } from "../../lib/image.ts";
import { cosineRate, Trainer } from "../../lib/training/mod.ts";
import { Batches } from "../../recipes/data/batches.ts";
import type { PictureSet } from "../../recipes/data/dataset.ts";
import { loadMnist } from "../../recipes/data/mnist.ts";
import { encodeModel } from "../../recipes/encode_model.ts";
import type { LossLine } from "../../recipes/loss_log.ts";
import { previewDigits, type PreviewOptions } from "../../recipes/preview.ts";
import { readWeights } from "../../recipes/read_weights.ts";
import { optimizerOptions } from "../../recipes/optimizers.ts";
import type { OptimizerName, Recipe } from "../../recipes/recipe.ts";
import { encodeRun, type RunIdentity } from "../../recipes/run_state.ts";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure, strip } from "../drawing/sheet.ts";
import type { Context } from "../context.ts";
import type { SectionEvent } from "../section.ts";
import { drawingWork, isTraining, trainingStepWork, trainingWork } from "../work.ts";
import { type DigitSource, trainingDigits } from "./digits.ts";
import { curveMedia, finalLoss, wholeFigure } from "./records.ts";
import { resumedRun } from "./resumed_run.ts";
import type { StartingPoint } from "./start.ts";
import { openTrained } from "./trained.ts";
import { widthOf } from "./width.ts";

/** Digits are in [0, 1]. */
const RANGE: PixelRange = [0, 1];

/** The parameters of a live training, and of the section around it. */
export interface LiveParameters {
  readonly model: string;
  readonly seed: number;
  readonly from: StartingPoint;
  readonly data: DigitSource;
  readonly trainSteps: number;
  readonly width: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly optimizer: OptimizerName;
  readonly drawings: number;
}

/** The maximum number of steps between updates of the curve. */
const POINTS = 5;

/** How many initial points are sent one by one. */
const FIRST = 3;

/** The slot of the samples during training. */
const SLOT = "samples while it learns";

/** How samples are drawn during and after training. */
export type DrawingOptions = Pick<
  PreviewOptions,
  "rows" | "numInferenceSteps" | "sampler" | "guidanceScale"
>;

/**
 * Trains a network for some steps, reporting progress; does nothing without training steps. If the context has a place for
 * checkpoints, the run saves one regularly and when it is interrupted.
 *
 * @param recipe The recipe.
 * @param parameters The steps and the rest.
 * @param context The signal, models to start from, the reader's digits, the checkpoint to resume from.
 * @param drawing How samples are drawn.
 * @param progress The progress of the whole section, which is advanced by `trainingWork`.
 * @yields Progress, points of the curve `loss`, samples as previews, and finally the model, its last samples and the curve.
 * @throws {ArgumentError} if the model is not one of the recipe's, there are no digits to train on, or the checkpoint is that of
 * another run.
 */
export async function* trainLive(
  recipe: Recipe,
  parameters: LiveParameters & Record<string, unknown>,
  { models, signal, training }: Context,
  drawing: DrawingOptions = {},
  progress: Progress = new Progress(trainingWork(parameters)),
): AsyncGenerator<SectionEvent, void, undefined> {
  if (!isTraining(parameters)) return;
  const { model, seed, trainSteps, from, batch, learningRate, optimizer, drawings } = parameters;
  const data = await trainingDigits(parameters.data, training?.drawn);
  const start = from === "checkpoint" ? await models.folder(model) : undefined;
  const width = start === undefined
    ? parameters.width
    : await widthOf(model, start, recipe.plan(recipe.defaults, data).files);
  const perEpoch = Math.floor(data.count / batch);
  const epochs = Math.ceil(trainSteps / perEpoch);
  const settings = { ...recipe.defaults, epochs, width, batch, learningRate, optimizer, microbatches: 1 };
  const plan = recipe.plan(settings, data);
  const identity: RunIdentity = {
    recipe: recipe.name,
    settings,
    seed,
    classes: data.classes.length,
    pictures: data.count,
  };
  let generator = new Generator(seed);
  await using trainer = await Trainer.create(plan.objective(batch), {
    ...optimizerOptions(recipe, optimizer),
    generator,
  });
  const batches = new Batches(data, { batch, generator: new Generator(seed + 1) });
  const lines: LossLine[] = [];
  if (training?.resume) {
    const run = await resumedRun(training.resume, identity);
    trainer.restore(run.training);
    batches.restore(run.batches);
    generator = Generator.fromState(run.generator);
    lines.push(...training.resume.losses);
    const done = trainer.steps * trainingStepWork(parameters) +
      drawnBefore(trainer.steps) * drawingWork(parameters);
    yield progress.advance(`going on from step ${trainer.steps}`, done);
  } else if (start !== undefined) {
    trainer.start(await readWeights(start, plan.files));
  }
  /** The state of a checkpoint besides the trainer's, as of its last complete step. */
  const placeNow = () => ({ generator: generator.state(), batches: batches.state() });
  let place = placeNow();
  let kept = { step: trainer.steps, at: performance.now() };
  const keep = async () => {
    if (!training || kept.step === trainer.steps) return;
    kept = { step: trainer.steps, at: performance.now() };
    const bytes = encodeRun({ identity, training: trainer.state, ...place });
    await training.keep({ step: kept.step, bytes, losses: [...lines] });
  };
  let reported = 0;
  let drawn;
  let test: PictureSet | undefined;
  try {
    for (let step = trainer.steps; step < trainSteps || drawn === undefined; step++) {
      signal.throwIfAborted();
      if (step < trainSteps) {
        const rate = cosineRate(learningRate, step, trainSteps);
        const next = batches.next();
        const report = await trainer.step(await plan.feeds(next, generator), rate, { signal });
        place = placeNow();
        lines.push({ ...report, epoch: next.epoch + 1, learningRate: rate });
        const words = `step ${report.step} of ${trainSteps}, loss ${report.loss.toPrecision(3)}`;
        yield progress.advance(words, trainingStepWork(parameters));
      }
      const done = Math.min(step + 1, trainSteps);
      // The first ones right away, to show that it has started.
      if (done <= FIRST || done % POINTS === 0 || done === trainSteps) {
        const points = lines.slice(reported).map(({ step, loss }) => [step, loss] as const);
        reported = lines.length;
        yield { type: "points", curve: "loss", points };
        // Yields to the event loop, so that an abort is noticed.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (training && performance.now() - kept.at >= training.every) await keep();
      if (done < trainSteps && drawnBefore(done) === drawnBefore(step)) continue;
      // Drawing may take longer than many steps.
      await keep();
      await using network = await openTrained(plan.files, trainer.weights(true));
      drawn = await previewDigits(network, {
        ...drawing,
        seed,
        data: test ??= await loadMnist("test"),
        signal,
      });
      yield progress.advance("samples", drawingWork(parameters));
      const x = strip(drawn.digits, RANGE);
      const count = drawn.digits.shape[0];
      yield {
        type: "preview",
        preview: { slot: SLOT, step: done, steps: trainSteps, t: -1, x, x0: x, count },
      };
    }
  } finally {
    // An aborted run can be resumed.
    await keep();
  }
  yield { type: "model", name: model, files: encodeModel(plan.files, trainer.weights(true)) };
  const shown = JSON.parse(JSON.stringify(parameters));
  const { digits, columns, rows = [], given = 0 } = drawn!;
  const all = picturesOf(digits);
  const began = from === "scratch" ? "random weights" : "the trained network";
  yield {
    type: "figure",
    figure: sheetFigure({
      name: "live-samples",
      caption: `Output of the network after ${trainSteps} steps from ${began}${
        learnedFrom(parameters.data)
      }.`,
      alt: "Rows of handwritten digits.",
      rows,
      columns: rows.length === 0 && recipe.needsLabels ? data.classes : [],
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
      media: curveMedia(lines, "step"),
      parameters: shown,
    }),
  };

  /** How often samples were drawn after a number of steps. */
  function drawnBefore(steps: number): number {
    return Math.floor(steps * drawings / trainSteps);
  }
}

/** The training data, if it differs from that of the report's networks. */
function learnedFrom(data: DigitSource): string {
  if (data === "mnist") return "";
  return data === "drawn"
    ? ", on the digits that you have drawn"
    : ", half of them on the digits that you have drawn";
}
