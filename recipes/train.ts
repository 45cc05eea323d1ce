/** Training runs: resumable, logged, checkpointed. `prepare_run.ts` starts them, `save_run.ts` writes their files. */
import { decayStart, DivergenceError, learningRateSchedules } from "../lib/training/mod.ts";
import type { Batch } from "./data/batches.ts";
import type { PictureSet } from "./data/dataset.ts";
import type { LossLine } from "./loss_log.ts";
import { type PreparedRun, prepareRun, type TrainOptions } from "./prepare_run.ts";
import type { Feeds } from "./recipe.ts";
import { type Place, RunSaver } from "./save_run.ts";

export type { TrainOptions };

/** What a run reports after each step. */
export interface TrainEvent extends LossLine {
  /** Steps of the whole run. */
  readonly steps: number;
  /** Pictures a second, over this step. */
  readonly imagesPerSecond: number;
  /** Seconds left, by the speed of the steps so far. */
  readonly secondsLeft: number;
  /** Whether an epoch ended here. */
  readonly epochEnded: boolean;
  /** Whether the model's files were written here, as they are at the end of (some) epochs. */
  readonly modelWritten: boolean;
}

/**
 * Trains, yielding after each step. The folder then holds a checkpoint (`checkpoint.safetensors`), the log
 * (`loss.jsonl`), and after each epoch the model's files with the averaged weights, also as `epoch-N/`.
 *
 * A checkpoint is there from the start on. It is only replaced by one whose numbers are all finite, and which the model's
 * files can hold: where a training diverges, the last good one stays. A run with a flat learning rate keeps another from
 * before its decay (`before-decay.safetensors`): resumed with more epochs, it continues from there.
 *
 * @throws {ArgumentError} if a setting is out of its bounds, the data do not fit the recipe, the folder holds another run, or
 * none to resume.
 * @throws {DivergenceError} if the loss or the weights are not finite any more; it names the step, and that of the checkpoint.
 * @throws {Error} if the folder cannot be written or a file in it is damaged.
 */
export async function* train<Data extends PictureSet>(
  options: TrainOptions<Data>,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { settings, recipe: { writeEvery = 1 }, signal, maxSteps = Infinity } = options;
  await using run = await prepareRun(options);
  const { trainer, batches, schedule } = run;
  const steps = batches.perEpoch * settings.epochs;
  const last = Math.min(steps, maxSteps);
  const rate = learningRateSchedules[schedule];
  const { warmupSteps } = settings;
  const lastFlat = schedule === "warmup-stable-decay" ? decayStart(steps) : -1;
  const first = trainer.steps;
  const started = performance.now();
  const saver = new RunSaver(run, options.out, started);
  let next = drawStep(run);
  if (!run.resumed) await saver.checkpoint(next.place);

  try {
    while (trainer.steps < last) {
      if (signal?.aborted) break;
      const begun = performance.now();
      const learningRate = rate(settings.learningRate, trainer.steps, steps, { warmupSteps });
      const { batch } = next;
      const feeds = await next.feeds;
      next = drawStep(run); // while this step computes
      const report = await trainer.step(feeds, learningRate);
      const now = performance.now();
      const line: LossLine = { ...report, epoch: batch.epoch + 1, learningRate };
      saver.log(line);
      const epochEnded = report.step % batches.perEpoch === 0;
      const modelWritten = epochEnded && (line.epoch % writeEvery === 0 || report.step === steps);
      if (modelWritten) await saver.model(line.epoch);
      if (report.step === lastFlat) await saver.beforeDecay(next.place);
      if (modelWritten || report.step === last || saver.isDue(now, now - begun)) {
        await saver.checkpoint(next.place);
      }
      yield {
        ...line,
        steps,
        imagesPerSecond: settings.batch / (now - begun) * 1000,
        secondsLeft: (last - report.step) * (now - started) / (report.step - first) / 1000,
        epochEnded,
        modelWritten,
      };
    }
    if (saver.hasUnsaved) await saver.checkpoint(next.place);
    await next.feeds.catch(() => {}); // nothing is left at work
  } catch (error) {
    throw error instanceof DivergenceError ? await saver.diverged(error) : error;
  }
}

/** A step's batch and inputs, and the state of the generators before they were drawn: a checkpoint goes on from there. */
function drawStep(
  { batches, noise, plan }: PreparedRun,
): { readonly place: Place; readonly batch: Batch; readonly feeds: Promise<Feeds> } {
  const place = { generator: noise.state(), batches: batches.state() };
  const batch = batches.next();
  const feeds = Promise.resolve(plan.feeds(batch, noise));
  feeds.catch(() => {}); // thrown where it is awaited
  return { place, batch, feeds };
}
