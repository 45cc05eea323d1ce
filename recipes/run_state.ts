/** The checkpoint of a training run: everything that it needs to go on as if it had not stopped, in one file. */
import { z } from "zod";
import { SafetensorsFile, writeSafetensors } from "../lib/checkpoints/safetensors.ts";
import { Generator, type GeneratorState } from "../lib/random.ts";
import { tensor } from "../lib/tensor.ts";
import type { TrainingState } from "../lib/training/trainer.ts";
import type { BatchesState } from "./data/batches.ts";
import { decayStart, type LearningRateSchedule } from "./learning_rate.ts";
import type { RecipeSettings } from "./recipe.ts";

/** What determines a run. */
export interface RunIdentity {
  /** The recipe's name. */
  readonly recipe: string;
  /** Its settings. */
  readonly settings: RecipeSettings;
  /** What weights, noise and order are drawn from. */
  readonly seed: number;
  /** How many classes the data have; 0 without. */
  readonly classes: number;
  /** How many pictures the data have. */
  readonly pictures: number;
  /** What tells the data from others, where they have it. */
  readonly fingerprint?: string;
}

/** A run at one of its steps. */
export interface RunState {
  /** What determines it. */
  readonly identity: RunIdentity;
  /** The training vectors and the step. */
  readonly training: TrainingState;
  /** The generator of noise and timesteps. */
  readonly generator: GeneratorState;
  /** The place in the data. */
  readonly batches: BatchesState;
}

const vectors = ["parameters", "m", "v", "average", "buffers", "bufferAverage"] as const;

/** Writes a run's state, whole or not at all. */
export async function saveRun(path: string, { training, ...rest }: RunState): Promise<void> {
  const tensors = Object.fromEntries(
    vectors.map((name) => [name, tensor(training[name], [training[name].length])]),
  );
  const metadata = { step: String(training.step), run: JSON.stringify(rest) };
  await writeSafetensors(path, tensors, { metadata });
}

const count = z.int().min(0);

/** The form of the metadata beside the vectors. */
const metadata = z.object({
  identity: z.object({
    recipe: z.string(),
    settings: z.object({
      epochs: z.int().min(1),
      batch: z.int().min(1),
      // Before there were shares, batches were not cut.
      shares: z.int().min(1).optional(),
      learningRate: z.number().positive(),
      width: z.int().min(1),
      size: z.int().min(1).optional(),
    }),
    seed: z.int(),
    classes: count,
    pictures: z.int().min(1),
    fingerprint: z.string().optional(),
  }),
  generator: z.custom<GeneratorState>(isGeneratorState, "a generator's state"),
  batches: z.object({
    epoch: count,
    index: count,
    count: z.int().min(1),
    batch: z.int().min(1),
    generator: z.custom<GeneratorState>(isGeneratorState, "a generator's state"),
  }),
});

function isGeneratorState(value: unknown): boolean {
  try {
    Generator.fromState(value as GeneratorState);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads what {@linkcode saveRun} wrote.
 *
 * @throws {Error} if the file is missing, damaged, or no checkpoint of a run, or its parts do not fit each other.
 */
export async function loadRun(path: string): Promise<RunState> {
  const file = await SafetensorsFile.open(path);
  const { step, run } = file.metadata;
  if (!step || !run || vectors.some((name) => !file.tensors.has(name))) {
    throw new Error(`resume: ${path} is no checkpoint of a training run`);
  }
  const refuse = (what: string, found: unknown, expected: string) => {
    throw new Error(`resume: ${path}: ${what} ${found} where ${expected} is expected`);
  };
  const parsed = metadata.safeParse(parseJson(run));
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0];
    throw new Error(
      `resume: ${path}: its metadata are damaged (run${
        place.map((part) => `.${String(part)}`).join("")
      }: ${message})`,
    );
  }
  const rest = parsed.data as Omit<RunState, "training">;
  if (!/^\d{1,15}$/.test(step)) refuse("step", JSON.stringify(step.slice(0, 40)), "a whole number");
  const training = { step: Number(step) } as TrainingState;
  const { identity: { pictures, settings: { batch } }, batches } = rest;
  if (batches.count !== pictures) refuse("batches.count", batches.count, String(pictures));
  if (batches.batch !== batch) refuse("batches.batch", batches.batch, String(batch));
  const place = batches.epoch * Math.floor(pictures / batch) + batches.index;
  if (training.step !== place) refuse("step", step, `${place}, the place in the data,`);
  for (const name of vectors) {
    const { data } = await file.read(name);
    if (!isFinite(data)) {
      refuse(name, "with numbers that are not finite", "the state of a run that has not diverged");
    }
    training[name] = data;
  }
  return { training, ...rest };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether all numbers are finite. */
export function isFinite(data: Float32Array): boolean {
  // A sum of zeros for all finite numbers, and NaN with any other: one pass, without a branch.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += 0 * data[i];
  return sum === 0;
}

/** What the settings of an identity are called on the command line. */
const optionNames: Readonly<Record<string, string>> = {
  learningRate: "learning-rate",
  classes: "data",
  pictures: "data",
  fingerprint: "data",
};

/**
 * Checks that a checkpoint belongs to a run.
 *
 * A run with a flat learning rate may be made longer or shorter while it has not begun to decay.
 *
 * @param schedule How the learning rate goes.
 * @param step The step of the checkpoint.
 * @throws {RangeError} that names the first option that differs, with both values.
 */
export function checkIdentity(
  found: RunIdentity,
  expected: RunIdentity,
  schedule: LearningRateSchedule = "cosine",
  step = 0,
): void {
  // Before there were shares, batches were not cut.
  const flat = ({ settings, ...rest }: RunIdentity): Record<string, unknown> => {
    return { ...rest, ...settings, shares: settings.shares ?? 1 };
  };
  const [a, b] = [flat(found), flat(expected)];
  for (const key of Object.keys(b)) {
    if (a[key] === b[key]) continue;
    if (key === "epochs" && schedule === "warmup-stable-decay") {
      const perEpoch = Math.floor(found.pictures / found.settings.batch);
      const shorter = Math.min(found.settings.epochs, expected.settings.epochs);
      if (step <= decayStart(shorter * perEpoch)) continue;
    }
    const name = optionNames[key] ?? key;
    const what = name === "data" ? (key === "fingerprint" ? "other pictures" : `${b[key]} ${key}`) : b[key];
    const wanted = name === "data" ? (key === "fingerprint" ? "those" : `the ${a[key]}`) : a[key];
    throw new RangeError(`${name}: ${what} where ${wanted} is expected, with which the run was started`);
  }
}
