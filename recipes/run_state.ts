/** The checkpoint of a training run: everything needed to resume as if it had not stopped, in one file. */
import { ArgumentError, described } from "../lib/errors.ts";
import {
  CheckpointError,
  Config,
  encodeSafetensors,
  SafetensorsFile,
  writeSafetensors,
} from "../lib/checkpoints/mod.ts";
import type { Files } from "../lib/platform/mod.ts";
import { Generator, type GeneratorState } from "../lib/random.ts";
import { tensor } from "../lib/tensor.ts";
import {
  bufferVectors,
  decayStart,
  type LearningRateSchedule,
  parameterVectors,
  type TrainingState,
} from "../lib/training/mod.ts";
import type { BatchesState } from "./data/batches.ts";
import { optimizerNames, type RecipeSettings } from "./recipe.ts";
import {
  areAverages,
  expectedAverages,
  expectedSetting,
  isWithin,
  scheduleNames,
  settingBounds,
  textSettings,
} from "./settings.ts";

/** The identity of a run. */
export interface RunIdentity {
  /** The recipe's name. */
  readonly recipe: string;
  /** Its settings. */
  readonly settings: RecipeSettings;
  /** The seed of weights, noise and order. */
  readonly seed: number;
  /** How many classes the data have; 0 without. */
  readonly classes: number;
  /** How many pictures the data have. */
  readonly pictures: number;
  /** The data's fingerprint, if any. */
  readonly fingerprint?: string;
}

/** A run at one of its steps. */
export interface RunState {
  /** Its identity. */
  readonly identity: RunIdentity;
  /** The training vectors and the step. */
  readonly training: TrainingState;
  /** The generator of noise and timesteps. */
  readonly generator: GeneratorState;
  /** The place in the data. */
  readonly batches: BatchesState;
}

/** What a checkpoint says of its run without its vectors. */
export type RunHeader = Omit<RunState, "training"> & { readonly step: number };

/** The vectors of a checkpoint; those of one line are of one length. */
const vectors = [parameterVectors, bufferVectors] as const;

/** Writes a run's state atomically. */
export async function saveRun(path: string, state: RunState): Promise<void> {
  const { tensors, metadata } = contentOf(state);
  await writeSafetensors(path, tensors, { metadata });
}

/** What {@linkcode saveRun} writes, as bytes, for callers without files. */
export function encodeRun(state: RunState): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = contentOf(state);
  return encodeSafetensors(tensors, { metadata });
}

function contentOf({ training, ...rest }: RunState) {
  const all = [
    ...vectors.flat().map((name) => [name, training[name]] as const),
    ...(training.powerAverages ?? []).map((average, n) => [powerAverageName(n), average] as const),
  ];
  const tensors = Object.fromEntries(all.map(([name, vector]) => [name, tensor(vector, [vector.length])]));
  const metadata = { step: String(training.step), run: JSON.stringify(rest) };
  return { tensors, metadata };
}

/**
 * Reads what {@linkcode saveRun} wrote.
 *
 * @param path The checkpoint.
 * @param files The file system; defaults to the disk.
 * @throws {Error} if the file is missing, damaged, or no checkpoint of a run; if a value in it is out of its range or goes
 * against another.
 */
export async function loadRun(path: string, files?: Files): Promise<RunState> {
  const file = await SafetensorsFile.open(path, files);
  const { step, ...rest } = readHeader(file);
  const training = { step } as TrainingState;
  for (const names of vectors) {
    const length = file.tensors.get(names[0])?.shape[0];
    for (const name of names) training[name] = await readVector(file, name, length);
  }
  const { powerAverages } = rest.identity.settings;
  if (powerAverages) {
    const length = training.parameters.length + training.buffers.length;
    const averages = powerAverages.map((_, n) => readVector(file, powerAverageName(n), length));
    training.powerAverages = await Promise.all(averages);
  }
  return { training, ...rest };
}

/**
 * Reads what a checkpoint says of its run.
 *
 * @throws {Error} as {@linkcode loadRun} does, of all but the vectors.
 */
export async function loadHeader(path: string): Promise<RunHeader> {
  return readHeader(await SafetensorsFile.open(path));
}

function powerAverageName(n: number): string {
  return `powerAverages.${n}`;
}

async function readVector(file: SafetensorsFile, name: string, length = NaN): Promise<Float32Array> {
  const label = `${file.path}: tensor "${name}"`;
  const found = file.tensors.get(name);
  if (found?.dtype !== "F32" || found.shape.length !== 1 || found.shape[0] !== length) {
    const shown = found ? `${found.dtype} of shape [${found.shape}]` : "missing";
    const expected = `F32 of shape [${length || "values"}]`;
    throw new CheckpointError(`${label} is ${shown} where ${expected} is expected`);
  }
  const { data } = await file.read(name);
  assertNumbers(data, name === "v" ? 0 : -Infinity, label);
  return data;
}

function readHeader({ path, metadata }: SafetensorsFile): RunHeader {
  if (metadata.step === undefined || metadata.run === undefined) {
    throw new CheckpointError(`${path}: no "step" and "run" where the checkpoint of a training is expected`);
  }
  const run = parseObject(metadata.run, `${path}: "run"`);
  const identity = identityOf(objectIn(run, "identity"));
  const batches = batchesOf(objectIn(run, "batches"), identity);
  const { epochs, batch } = identity.settings;
  const perEpoch = Math.floor(identity.pictures / batch);
  const step = /^\d{1,15}$/.test(metadata.step) ? Number(metadata.step) : NaN;
  if (!(step <= epochs * perEpoch)) {
    const expected = `a whole number from 0 to ${epochs * perEpoch}, the steps of the run,`;
    throw new CheckpointError(
      `${path}: "step" is ${JSON.stringify(metadata.step.slice(0, 80))} where ${expected} is expected`,
    );
  }
  if (batches.epoch * perEpoch + batches.index !== step) {
    throw new CheckpointError(
      `${path}: "step" is ${step} where the place in the data, batch ${batches.index} of epoch ${batches.epoch}, is after ` +
        `${batches.epoch * perEpoch + batches.index}: the same is expected`,
    );
  }
  return { step, identity, generator: generatorIn(run), batches };
}

function identityOf(config: Config): RunIdentity {
  const settings = objectIn(config, "settings");
  for (const [name, bounds] of Object.entries(settingBounds)) {
    const key = name === "microbatches" ? microbatchesKey(settings) : name;
    // The first runs did not split their batches.
    if (!Object.hasOwn(settings.values, key) && (bounds.optional || name === "microbatches")) continue;
    if (!isWithin(settings.values[key], bounds)) settings.fail(key, expectedSetting(bounds));
  }
  if (settings.has("learningRateSchedule")) settings.choice("learningRateSchedule", scheduleNames);
  if (settings.has("optimizer")) settings.choice("optimizer", optimizerNames);
  if (settings.has("powerAverages") && !areAverages(settings.values["powerAverages"])) {
    settings.fail("powerAverages", expectedAverages);
  }
  for (const name of textSettings) if (Object.hasOwn(settings.values, name)) settings.text(name);
  const key = microbatchesKey(settings);
  const { [key]: microbatches = 1, ...rest } = settings.values as unknown as RecipeSettings & {
    shares: number;
  };
  if (rest.batch % microbatches) settings.fail(key, `a divisor of the batch, ${rest.batch},`);
  return {
    recipe: config.text("recipe"),
    settings: { ...rest, microbatches },
    seed: config.whole("seed"),
    classes: config.whole("classes", { min: 0, max: 256 }),
    pictures: config.whole("pictures", { min: rest.batch }),
    ...(config.has("fingerprint") && { fingerprint: config.text("fingerprint") }),
  };
}

/** Under which key a checkpoint has the number of microbatches: `shares` in those of earlier versions. */
function microbatchesKey({ values }: Config): "microbatches" | "shares" {
  return Object.hasOwn(values, "shares") ? "shares" : "microbatches";
}

function batchesOf(config: Config, { pictures, settings: { batch } }: RunIdentity): BatchesState {
  return {
    epoch: config.whole("epoch", { min: 0 }),
    index: config.whole("index", { min: 0, max: Math.floor(pictures / batch) }),
    count: config.choice("count", [pictures]),
    batch: config.choice("batch", [batch]),
    generator: generatorIn(config),
  };
}

/** The state of a generator under the key of that name. */
function generatorIn(config: Config): GeneratorState {
  const state = objectIn(config, "generator");
  const { values } = state;
  if (!Array.isArray(values["words"])) state.fail("words", "a list of numbers");
  if (!Object.hasOwn(values, "cachedNormal")) state.fail("cachedNormal", "a number or null");
  try {
    return Generator.fromState(values as unknown as GeneratorState).state();
  } catch (cause) {
    throw new CheckpointError(`${config.label}: generator: ${(cause as Error).message}`, { cause });
  }
}

function objectIn(config: Config, key: string): Config {
  const value = Object.hasOwn(config.values, key) ? config.values[key] : undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) config.fail(key, "an object");
  return new Config(`${config.label}: ${key}`, value as Record<string, unknown>);
}

function parseObject(text: string, label: string): Config {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`${label} is no JSON where an object is expected`, { cause });
  }
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new CheckpointError(`${label} is ${text.slice(0, 80)} where an object is expected`);
  }
  return new Config(label, values as Record<string, unknown>);
}

function assertNumbers(values: Float32Array, min: number, label: string): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] >= min && Math.abs(values[i]) < Infinity) continue;
    const expected = min === 0 ? "finite numbers from 0" : "finite numbers";
    throw new CheckpointError(`${label} holds ${values[i]} where ${expected} are expected`);
  }
}

/** The fields that identify the data: another value means other data. */
const ofData: readonly string[] = ["classes", "pictures", "fingerprint"];

/**
 * Checks that a checkpoint belongs to a run.
 *
 * A run whose rate is flat may be made longer or shorter, up to the step at which the shorter one begins to decay.
 *
 * @param found What the checkpoint says.
 * @param given The run to resume.
 * @param schedule Its learning rate schedule.
 * @param path The checkpoint.
 * @throws {ArgumentError} that names the first difference: what was given, and what the checkpoint's run was begun with.
 */
export function checkIdentity(
  found: Pick<RunHeader, "identity" | "step">,
  given: RunIdentity,
  schedule: LearningRateSchedule,
  path: string,
): void {
  const flat = ({ settings, ...rest }: RunIdentity): Record<string, unknown> => ({ ...rest, ...settings });
  const [was, is] = [flat(found.identity), flat(given)];
  const others = [...new Set([...Object.keys(is), ...Object.keys(was)])].filter((key) =>
    String(was[key]) !== String(is[key]) // of lists their items
  );
  if (others.length === 1 && others[0] === "epochs" && found.step <= flatSteps(found, given, schedule)) {
    return;
  }
  const [key] = others;
  if (key === undefined) return;
  const [name, what] = ofData.includes(key)
    ? ["data", `${key} `]
    : key === "base"
    ? ["model", "weights "]
    : [key, ""];
  throw new ArgumentError(
    name,
    described(`${what}${is[key] ?? "none"}`),
    `${what}${was[key] ?? "none"}`,
    { note: `with which the run of ${path} was begun` },
  );
}

/** Up to which step the rates of two runs that differ in their length are the same. */
function flatSteps(
  { identity }: Pick<RunHeader, "identity">,
  given: RunIdentity,
  schedule: LearningRateSchedule,
): number {
  const { pictures, settings: { batch } } = given;
  const steps = Math.min(identity.settings.epochs, given.settings.epochs) * Math.floor(pictures / batch);
  if (schedule === "constant") return steps;
  return schedule === "warmup-stable-decay" ? decayStart(steps) : -1;
}
