/** Training runs: resumable, logged, checkpointed. */
import type { DeviceChoice } from "../lib/onnx/mod.ts";
import { countOf, declare } from "../lib/nn/sources.ts";
import { Generator } from "../lib/random.ts";
import { assertSound, DivergenceError } from "../lib/training/divergence.ts";
import {
  decayStart,
  type LearningRateSchedule,
  learningRateSchedules,
} from "../lib/training/learning_rate.ts";
import { Trainer } from "../lib/training/trainer.ts";
import { CheckpointClock } from "./checkpoint_clock.ts";
import { Batches } from "./data/batches.ts";
import type { PictureSet } from "./data/dataset.ts";
import { removeLeftovers } from "./leftovers.ts";
import { LARGEST_WEIGHT, readWeights, writeModel, writeWeights } from "./model_folder.ts";
import { appendLosses, type LossLine, readLossesTo, writeLosses } from "./loss_log.ts";
import type { Plan, Recipe, RecipeSettings } from "./recipe.ts";
import { lockRun } from "./run_lock.ts";
import { checkIdentity, loadHeader, loadRun, type RunIdentity, saveRun } from "./run_state.ts";
import { checkSettings } from "./settings.ts";
import { removeSnapshots, snapshotFolder } from "./snapshots.ts";

export { cosineRate } from "../lib/training/learning_rate.ts";

/** How a run is started. */
export interface TrainOptions<Data extends PictureSet = PictureSet> {
  /** The recipe. */
  readonly recipe: Recipe<Data>;
  /** Its settings. */
  readonly settings: RecipeSettings;
  /** The pictures. */
  readonly data: Data;
  /** What weights, noise and order are drawn from. */
  readonly seed: number;
  /** The folder that is written: checkpoint, log, and the model's files after each epoch. */
  readonly out: string;
  /** Whether to go on from the folder's checkpoint. */
  readonly resume?: boolean;
  /** A model's folder, or the one safetensors file of a model that has one, to start from with fresh moments. */
  readonly from?: string;
  /** Stops after this step of the run, if before the end. */
  readonly maxSteps?: number;
  /** Where to train. */
  readonly device?: DeviceChoice;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Told why a device is passed over. */
  readonly onFallback?: (message: string) => void;
  /** Stops the run after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
}

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

/** The checkpoint of a run with a flat rate from before the decay: from there it can be made longer at any time. */
const BEFORE_DECAY = "before-decay.safetensors";

/** The most parameters that a network may have: with what Adam keeps of each, 5 GB. */
const MOST_PARAMETERS = 2 ** 28;

/**
 * Trains, yielding after each step. The folder then holds a checkpoint (`checkpoint.safetensors`), the log
 * (`loss.jsonl`), and after each epoch the model's files with the averaged weights, also as `epoch-N/`.
 *
 * A checkpoint is there from the start on. It is only replaced by one whose numbers are all finite, and which the model's
 * files can hold: where a training diverges, the last good one stays. A run with a flat learning rate keeps another from
 * before its decay (`before-decay.safetensors`): resumed with more epochs, it goes on from there.
 *
 * @throws {RangeError} if a setting is out of its bounds, the data do not fit the recipe, the folder holds another run, or
 * none to resume.
 * @throws {DivergenceError} if the loss or the weights are not finite any more; it names the step, and that of the checkpoint.
 * @throws {Error} if the folder cannot be written or a file in it is damaged.
 */
export async function* train<Data extends PictureSet>(
  options: TrainOptions<Data>,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { recipe, settings, data, seed, out, signal, maxSteps = Infinity } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`seed: ${seed} where an integer within ±(2^53 - 1) is expected`);
  }
  if (maxSteps !== Infinity && !(Number.isSafeInteger(maxSteps) && maxSteps >= 1)) {
    throw new RangeError(`maxSteps: ${maxSteps} where a whole number from 1 is expected`);
  }
  const classes = data.classes?.length ?? 0;
  if (recipe.needsLabels && (!data.labels || classes < 2)) {
    throw new RangeError(`data: no classes where ${recipe.name} needs some (a folder for each)`);
  }
  const { batch: whole, shares } = settings;
  const identity: RunIdentity = {
    recipe: recipe.name,
    settings,
    seed,
    classes,
    pictures: data.count,
    fingerprint: data.fingerprint,
  };
  const checkpoint = `${out}/checkpoint.safetensors`;
  const log = `${out}/loss.jsonl`;
  await assertPlace(options, checkpoint);
  const schedule = settings.learningRateSchedule ?? recipe.schedule ?? "cosine";
  // Settings that are not the run's are told as such, whatever else is wrong with them.
  if (options.resume) await resumePoint(out, identity, schedule);
  checkSettings(settings);
  if (settings.optimizer === "muon" && !recipe.muon) {
    throw new RangeError(`optimizer: muon where adam is expected: ${recipe.name} has no matrices for it`);
  }
  const plan = recipe.plan(settings, data);
  assertSize(plan, settings);
  // What cannot be read is told before there is a folder.
  const weights = options.from && !options.resume ? await readWeights(options.from, plan.files) : undefined;
  using _lock = await lockRun(out);
  await assertPlace(options, checkpoint); // another run may have begun, and ended, since
  await removeLeftovers(out);
  const saved = options.resume ? await loadRun(await resumePoint(out, identity, schedule)) : undefined;
  if (saved) {
    await removeSnapshots(out, saved.training.step);
    await writeLosses(log, await readLossesTo(log, saved.training.step));
  } else await writeLosses(log, []);

  // One generator for weights, then noise; another for the order of the data.
  const generator = new Generator(seed);
  const { device = "cpu", threads = navigator.hardwareConcurrency, onFallback } = options;
  const replicas = device === "cpu" ? Math.min(settings.shares, threads) : 1;
  await using trainer = await Trainer.create(plan.objective(whole / shares), {
    ...recipe.optimizer,
    generator,
    device,
    threads,
    replicas,
    onFallback,
    powerAverages: settings.powerAverages,
    ...(settings.optimizer === "muon" && { muon: recipe.muon }),
  });
  const batches = new Batches(data, { batch: settings.batch, generator: new Generator(BigInt(seed) + 1n) });
  let noise = generator;
  if (saved) {
    trainer.restore(saved.training);
    batches.restore(saved.batches);
    noise = Generator.fromState(saved.generator);
  } else if (weights) {
    trainer.start(weights);
  }

  const steps = batches.perEpoch * settings.epochs;
  const last = Math.min(steps, maxSteps);
  const first = trainer.steps;
  const started = performance.now();
  const waiting: LossLine[] = [];
  const clock = new CheckpointClock(started);
  let good = first;
  // The feeds of a step are drawn while the step before it computes: a checkpoint has the place before they were drawn.
  const draw = () => {
    const place = { generator: noise.state(), batches: batches.state() };
    const batch = batches.next();
    const feeds = Promise.resolve(plan.feeds(batch, noise));
    feeds.catch(() => {}); // told where it is awaited
    return { place, batch, feeds };
  };
  let next = draw();
  const lastFlat = schedule === "warmup-stable-decay" ? decayStart(steps) : -1;
  const save = async (path = checkpoint) => {
    const { state } = trainer;
    assertSound(state, LARGEST_WEIGHT);
    await appendLosses(log, waiting.splice(0));
    await saveRun(path, {
      identity,
      training: state,
      ...next.place,
    });
    if (path === checkpoint) good = state.step;
    clock.saved(performance.now());
  };
  if (!saved) await save();

  try {
    while (trainer.steps < last) {
      if (signal?.aborted) break;
      const begun = performance.now();
      const learningRate = learningRateSchedules[schedule](settings.learningRate, trainer.steps, steps);
      const { batch } = next;
      const feeds = await next.feeds;
      next = draw();
      const report = await trainer.step(feeds, learningRate);
      const now = performance.now();
      const line: LossLine = { ...report, epoch: batch.epoch + 1, learningRate };
      waiting.push(line);
      const epochEnded = report.step % batches.perEpoch === 0;
      const { writeEvery = 1 } = recipe;
      const modelWritten = epochEnded && (line.epoch % writeEvery === 0 || report.step === steps);
      if (modelWritten) {
        assertSound(trainer.state, LARGEST_WEIGHT);
        await writeModel(out, plan.files, trainer.weights(true));
        await writeModel(`${out}/epoch-${line.epoch}`, plan.files, trainer.weights(true));
        for (const [n, sigmaRel] of (settings.powerAverages ?? []).entries()) {
          await writeWeights(
            snapshotFolder(out, report.step, sigmaRel),
            plan.files.weights,
            trainer.powerAverage(n),
          );
        }
      }
      if (report.step === lastFlat) await save(`${out}/${BEFORE_DECAY}`);
      if (modelWritten || report.step === last || clock.isDue(now, now - begun)) await save();
      yield {
        ...line,
        steps,
        imagesPerSecond: settings.batch / (now - begun) * 1000,
        secondsLeft: (last - report.step) * (now - started) / (report.step - first) / 1000,
        epochEnded,
        modelWritten,
      };
    }
    if (waiting.length) await save();
    await next.feeds.catch(() => {}); // nothing is left at work
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    await appendLosses(log, waiting); // for whoever wants to know how it came to that
    throw new DivergenceError(
      `${error.message}: the training has diverged and stops; ${checkpoint} holds step ${good}, the last good one`,
      { cause: error },
    );
  }
}

/**
 * The checkpoint that a run goes on from: its last, or, where it is made longer and the last is of its decay, the one before
 * that.
 *
 * @throws {RangeError} if neither belongs to the run.
 */
async function resumePoint(
  out: string,
  identity: RunIdentity,
  schedule: LearningRateSchedule,
): Promise<string> {
  const path = `${out}/checkpoint.safetensors`;
  try {
    checkIdentity(await loadHeader(path), identity, schedule, path);
    return path;
  } catch (error) {
    const before = `${out}/${BEFORE_DECAY}`;
    if (!(error instanceof RangeError) || schedule !== "warmup-stable-decay") throw error;
    if (!await Deno.stat(before).then(() => true, () => false)) throw error;
    try {
      checkIdentity(await loadHeader(before), identity, schedule, before);
    } catch {
      throw error; // what the last checkpoint was trained with is what one knows
    }
    return before;
  }
}

/** Refuses a folder that has a run where a new one is to begin, and one that has none where one is to go on. */
async function assertPlace(
  { resume, out }: Pick<TrainOptions, "resume" | "out">,
  checkpoint: string,
): Promise<void> {
  const exists = await Deno.stat(checkpoint).then(() => true, () => false);
  if (resume && !exists) {
    throw new RangeError(`resume: "${out}" where a folder with a run's checkpoint is expected`);
  }
  if (!resume && exists) {
    throw new RangeError(`out: "${out}" holds a run, where an empty folder, or resume, is expected`);
  }
}

/** Refuses a network that no memory would hold. */
function assertSize(plan: Plan, { batch, shares, width }: RecipeSettings): void {
  const count = countOf(declare(plan.objective(batch / shares)).parameters);
  if (count <= MOST_PARAMETERS) return;
  throw new RangeError(
    `width: ${width}, which makes ${count} parameters, where one that makes at most ${MOST_PARAMETERS} is expected`,
  );
}
