/** Training runs: resumable, logged, checkpointed. */
import type { DeviceChoice } from "../lib/onnx/mod.ts";
import { Generator } from "../lib/random.ts";
import { Trainer } from "../lib/training/trainer.ts";
import { writeAtomic } from "./atomic_write.ts";
import { Batches } from "./data/batches.ts";
import type { PictureSet } from "./data/dataset.ts";
import { readWeights, writeModel } from "./model_folder.ts";
import { appendLosses, type LossLine, readLosses } from "./loss_log.ts";
import type { Recipe, RecipeSettings } from "./recipe.ts";
import { lockRun } from "./run_lock.ts";
import { checkIdentity, loadRun, type RunIdentity, saveRun } from "./run_state.ts";

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

/** The longest time between two checkpoints, in milliseconds. */
const CHECKPOINT_EVERY = 5 * 60 * 1000;

/** The learning rate of a step, from 0: half a cosine from the given rate to zero (Loshchilov and Hutter 2017). */
export function cosineRate(rate: number, step: number, steps: number): number {
  return rate * 0.5 * (1 + Math.cos(Math.PI * step / steps));
}

/**
 * Trains, yielding after each step. The folder then holds a checkpoint (`checkpoint.safetensors`), the log
 * (`loss.jsonl`), and after each epoch the model's files with the averaged weights, also as `epoch-N/`.
 *
 * @throws {RangeError} if the data do not fit the recipe, the folder holds another run, or none to resume.
 * @throws {Error} if the folder cannot be written or a file in it is damaged.
 */
export async function* train<Data extends PictureSet>(
  options: TrainOptions<Data>,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { recipe, settings, data, seed, out, signal } = options;
  const classes = data.classes?.length ?? 0;
  if (recipe.needsLabels && (!data.labels || classes < 2)) {
    throw new RangeError(`data: no classes where ${recipe.name} needs some (a folder for each)`);
  }
  const { batch: whole, shares } = settings;
  if (!(Number.isInteger(shares) && shares >= 1 && whole % shares === 0)) {
    throw new RangeError(`shares: ${shares} where a divisor of the batch, ${whole}, is expected`);
  }
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
  const exists = await Deno.stat(checkpoint).then(() => true, () => false);
  if (options.resume && !exists) {
    throw new RangeError(`resume: "${out}" where a folder with a run's checkpoint is expected`);
  }
  if (!options.resume && exists) {
    throw new RangeError(`out: "${out}" holds a run, where an empty folder, or resume, is expected`);
  }
  const plan = recipe.plan(settings, data);
  // What cannot be read is told before there is a folder.
  const weights = options.from && !options.resume ? await readWeights(options.from, plan.files) : undefined;
  using _lock = await lockRun(out);
  const saved = options.resume ? await loadRun(checkpoint) : undefined;
  if (saved) checkIdentity(saved.identity, identity);
  else await writeAtomic(log, "");

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
  });
  const batches = new Batches(data, { batch: settings.batch, generator: new Generator(seed + 1) });
  let noise = generator;
  if (saved) {
    trainer.restore(saved.training);
    batches.restore(saved.batches);
    noise = Generator.fromState(saved.generator);
    const kept = (await readLosses(log)).filter(({ step }) => step <= saved.training.step);
    await writeAtomic(log, "");
    await appendLosses(log, kept);
  } else if (weights) {
    trainer.start(weights);
  }

  const steps = batches.perEpoch * settings.epochs;
  const last = Math.min(steps, options.maxSteps ?? steps);
  const first = trainer.steps;
  const started = performance.now();
  const waiting: LossLine[] = [];
  let lastSave = started;
  // The feeds of a step are drawn while the step before it computes: a checkpoint has the place before they were drawn.
  const draw = () => {
    const place = { generator: noise.state(), batches: batches.state() };
    const batch = batches.next();
    const feeds = Promise.resolve(plan.feeds(batch, noise));
    feeds.catch(() => {}); // told where it is awaited
    return { place, batch, feeds };
  };
  let next = draw();
  const save = async () => {
    await appendLosses(log, waiting.splice(0));
    await saveRun(checkpoint, { identity, training: trainer.state, ...next.place });
    lastSave = performance.now();
  };

  while (trainer.steps < last) {
    if (signal?.aborted) break;
    const begun = performance.now();
    const learningRate = cosineRate(settings.learningRate, trainer.steps, steps);
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
      await writeModel(out, plan.files, trainer.weights(true));
      await writeModel(`${out}/epoch-${line.epoch}`, plan.files, trainer.weights(true));
    }
    if (modelWritten || report.step === last || now - lastSave > CHECKPOINT_EVERY) await save();
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
}
