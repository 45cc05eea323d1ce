/** The checkpoint of a training run: everything that it needs to go on as if it had not stopped, in one file. */
import { SafetensorsFile, writeSafetensors } from "../lib/checkpoints/safetensors.ts";
import type { GeneratorState } from "../lib/random.ts";
import { tensor } from "../lib/tensor.ts";
import type { TrainingState } from "../lib/training/trainer.ts";
import type { BatchesState } from "./data/batches.ts";
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

/**
 * Reads what {@linkcode saveRun} wrote.
 *
 * @throws {Error} if the file is missing, damaged, or no checkpoint of a run.
 */
export async function loadRun(path: string): Promise<RunState> {
  const file = await SafetensorsFile.open(path);
  const { step, run } = file.metadata;
  if (!step || !run || vectors.some((name) => !file.tensors.has(name))) {
    throw new Error(`resume: ${path} is no checkpoint of a training run`);
  }
  const training = { step: Number(step) } as TrainingState;
  for (const name of vectors) training[name] = (await file.read(name)).data;
  return { training, ...JSON.parse(run) };
}

/**
 * Checks that a checkpoint belongs to a run.
 *
 * @throws {RangeError} that names the first difference.
 */
export function checkIdentity(found: RunIdentity, expected: RunIdentity): void {
  // Before there were shares, batches were not cut; before there were layers, each level had one.
  const flat = ({ settings, ...rest }: RunIdentity): Record<string, unknown> => {
    return { ...rest, ...settings, shares: settings.shares ?? 1, layers: settings.layers ?? 1 };
  };
  const [a, b] = [flat(found), flat(expected)];
  for (const key of Object.keys(b)) {
    if (a[key] !== b[key]) {
      throw new RangeError(
        `resume: the checkpoint was trained with ${key} ${a[key]}, this run has ${b[key]}`,
      );
    }
  }
}
