/** The start of a training run: validates the options and opens the trainer at the first step or the checkpoint. */
import { ArgumentError, described } from "../lib/errors.ts";
import { countOf, declare } from "../lib/nn/mod.ts";
import type { DeviceChoice } from "../lib/onnx/mod.ts";
import { Generator } from "../lib/random.ts";
import { type LearningRateSchedule, Trainer } from "../lib/training/mod.ts";
import { Batches } from "./data/batches.ts";
import type { PictureSet } from "./data/dataset.ts";
import { removeLeftovers } from "./leftovers.ts";
import { readLossesTo, writeLosses } from "./loss_log.ts";
import { readWeights } from "./read_weights.ts";
import { optimizerOptions } from "./optimizers.ts";
import type { Plan, Recipe, RecipeSettings } from "./recipe.ts";
import { runFiles } from "./run_files.ts";
import { lockRun } from "./run_lock.ts";
import { checkIdentity, loadHeader, loadRun, type RunIdentity, type RunState } from "./run_state.ts";
import { checkSettings } from "./settings.ts";
import { removeSnapshots } from "./snapshots.ts";

/** The options of a run. */
export interface TrainOptions<Data extends PictureSet = PictureSet> {
  /** The recipe. */
  readonly recipe: Recipe<Data>;
  /** Its settings. */
  readonly settings: RecipeSettings;
  /** The pictures. */
  readonly data: Data;
  /** The seed of weights, noise and order. */
  readonly seed: number;
  /** The folder that is written: checkpoint, log, and the model's files after each epoch. */
  readonly out: string;
  /** Whether to resume from the folder's checkpoint. */
  readonly resume?: boolean;
  /** A model's folder, or the one safetensors file of a model that has one, to start from with fresh moments. */
  readonly from?: string;
  /** Whether `from` may be a narrower network, or one of another vocabulary, to grow from. */
  readonly grow?: boolean;
  /** Stops after this step of the run, if before the end. */
  readonly maxSteps?: number;
  /** Where to train. */
  readonly device?: DeviceChoice;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Whether activations are computed again for the gradient instead of being kept. */
  readonly activationCheckpointing?: boolean;
  /** Called with the reason why a device is passed over. */
  readonly onFallback?: (message: string) => void;
  /** Stops the run after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** A run that is ready for its next step. Its folder is locked until it is disposed of. */
export interface PreparedRun extends AsyncDisposable {
  /** Its identity. */
  readonly identity: RunIdentity;
  /** The learning rate schedule. */
  readonly schedule: LearningRateSchedule;
  /** The recipe applied to the data. */
  readonly plan: Plan;
  /** The trainer, at the run's last step. */
  readonly trainer: Trainer;
  /** The data, in the order of the run. */
  readonly batches: Batches;
  /** The generator of noise and timesteps. */
  readonly noise: Generator;
  /** Whether it resumes from a checkpoint. */
  readonly resumed: boolean;
}

/** The maximum number of parameters: 5 GB with Adam's state. */
const MAX_PARAMETERS = 2 ** 28;

/**
 * Prepares a run. Options that are wrong, and weights that cannot be read, are errors before there is a folder.
 *
 * @throws {ArgumentError} if a setting is out of its bounds, the data do not fit the recipe, the folder holds another run, or
 * none to resume.
 * @throws {Error} if the folder cannot be written or a file in it is damaged.
 */
export async function prepareRun<Data extends PictureSet>(options: TrainOptions<Data>): Promise<PreparedRun> {
  const { recipe, settings, data, seed, out } = options;
  assertNumbers(options);
  const classes = data.classes?.length ?? 0;
  if (recipe.needsLabels && (!data.labels || classes < 2)) {
    throw new ArgumentError("data", described("no classes"), "a folder for each class", {
      note: `which ${recipe.name} needs`,
    });
  }
  const identity: RunIdentity = {
    recipe: recipe.name,
    settings,
    seed,
    classes,
    pictures: data.count,
    fingerprint: data.fingerprint,
  };
  const schedule = settings.learningRateSchedule ?? recipe.schedule ?? "cosine";
  await assertPlace(options);
  // Settings that differ from the run's are reported first, whatever else is wrong with them.
  if (options.resume) await resumePoint(out, identity, schedule);
  checkSettings(settings);
  optimizerOptions(recipe, settings.optimizer); // one that the recipe cannot have is refused before there is a folder
  assertGrowth(options);
  const plan = recipe.plan(settings, data);
  assertSize(plan, settings);
  const weights = options.from && !options.resume && !options.grow
    ? await readWeights(options.from, plan.files)
    : undefined;

  await using opened = new AsyncDisposableStack();
  opened.use(await lockRun(out));
  await assertPlace(options); // another run may have begun, and ended, since
  await removeLeftovers(out);
  const saved = options.resume ? await loadRun(await resumePoint(out, identity, schedule)) : undefined;
  await restoreFiles(out, saved);
  // One generator for weights, then noise; another for the order of the data.
  const generator = new Generator(seed);
  const trainer = opened.use(await openTrainer(options, plan, generator));
  const batches = new Batches(data, { batch: settings.batch, generator: new Generator(BigInt(seed) + 1n) });
  let noise = generator;
  if (saved) {
    trainer.restore(saved.training);
    batches.restore(saved.batches);
    noise = Generator.fromState(saved.generator);
  } else if (options.grow) {
    trainer.start(await recipe.grow!(options.from!, trainer.weights(), settings, data));
  } else if (weights) {
    trainer.start(weights);
  } else if (plan.start) {
    trainer.start(await plan.start());
  }
  const resources = opened.move();
  return {
    identity,
    schedule,
    plan,
    trainer,
    batches,
    noise,
    resumed: saved !== undefined,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function assertNumbers({ seed, maxSteps = Infinity }: Pick<TrainOptions, "seed" | "maxSteps">): void {
  if (!Number.isSafeInteger(seed)) {
    throw new ArgumentError("seed", seed, "an integer within ±(2^53 - 1)");
  }
  if (maxSteps !== Infinity && !(Number.isSafeInteger(maxSteps) && maxSteps >= 1)) {
    throw new ArgumentError("maxSteps", maxSteps, "a whole number from 1");
  }
}

/** Refuses to grow where there is nothing to grow from, or a recipe that cannot. */
function assertGrowth<Data extends PictureSet>({ recipe, grow, from }: TrainOptions<Data>): void {
  if (!grow) return;
  if (!recipe.grow) throw new ArgumentError("grow", true, "false", { note: `${recipe.name} cannot grow` });
  if (from === undefined) throw new ArgumentError("from", from, "a model's folder", { note: "to grow from" });
}

/**
 * Refuses a folder with a run for a new run, and one without a run to resume.
 *
 * @throws {ArgumentError} that names which.
 */
export async function assertPlace({ resume, out }: Pick<TrainOptions, "resume" | "out">): Promise<void> {
  const exists = await Deno.stat(runFiles(out).checkpoint).then(() => true, () => false);
  if (resume && !exists) {
    throw new ArgumentError("resume", out, "a folder with a run's checkpoint");
  }
  if (!resume && exists) {
    throw new ArgumentError("out", described(`"${out}" holds a run`), "an empty folder, or resume");
  }
}

/**
 * The checkpoint that a run goes on from: its last, or, where it is made longer and the last is of its decay, the one before
 * that.
 *
 * @throws {ArgumentError} if neither belongs to the run.
 */
async function resumePoint(
  out: string,
  identity: RunIdentity,
  schedule: LearningRateSchedule,
): Promise<string> {
  const { checkpoint, beforeDecay } = runFiles(out);
  try {
    checkIdentity(await loadHeader(checkpoint), identity, schedule, checkpoint);
    return checkpoint;
  } catch (error) {
    if (!(error instanceof ArgumentError) || schedule !== "warmup-stable-decay") throw error;
    if (!await Deno.stat(beforeDecay).then(() => true, () => false)) throw error;
    try {
      checkIdentity(await loadHeader(beforeDecay), identity, schedule, beforeDecay);
    } catch {
      throw error; // what the last checkpoint was trained with is what one knows
    }
    return beforeDecay;
  }
}

/** Refuses a network that would not fit in memory. */
function assertSize(plan: Plan, { batch, microbatches, width }: RecipeSettings): void {
  const count = countOf(declare(plan.objective(batch / microbatches)).parameters);
  if (count <= MAX_PARAMETERS) return;
  throw new ArgumentError(
    "width",
    described(`${width}, which makes ${count} parameters`),
    `one that makes at most ${MAX_PARAMETERS}`,
  );
}

/** Truncates the log and the snapshots to the checkpoint's step; without one, starts an empty log. */
async function restoreFiles(out: string, saved: RunState | undefined): Promise<void> {
  const { log } = runFiles(out);
  if (!saved) return await writeLosses(log, []);
  await removeSnapshots(out, saved.training.step);
  await writeLosses(log, await readLossesTo(log, saved.training.step));
}

async function openTrainer<Data extends PictureSet>(
  options: TrainOptions<Data>,
  plan: Plan,
  generator: Generator,
): Promise<Trainer> {
  const { recipe, settings, device = "cpu", threads = navigator.hardwareConcurrency } = options;
  const { activationCheckpointing, onFallback } = options;
  const { batch, microbatches, powerAverages, optimizer, averageDecay } = settings;
  return await Trainer.create(plan.objective(batch / microbatches), {
    ...optimizerOptions(recipe, optimizer),
    generator,
    dropoutSeed: options.seed,
    device,
    threads,
    replicas: device === "cpu" ? Math.min(microbatches, threads) : 1,
    activationCheckpointing,
    onFallback,
    powerAverages,
    ...(averageDecay !== undefined && { averageDecay }),
    // Frozen weights stay in their files.
    ...(plan.frozen !== undefined && { folder: plan.frozen, prepack: false }),
  });
}
