/** The record of a run, a line of JSON a step: appended as it goes, cut back where a run resumes. */
import { CheckpointError, Config } from "../lib/checkpoints/mod.ts";
import { FileError, type Files, machine } from "../lib/platform/mod.ts";
import { writeAtomic } from "./atomic_write.ts";

/** One line of the log. */
export interface LossLine {
  /** The step, from 1. */
  readonly step: number;
  /** The epoch, from 1. */
  readonly epoch: number;
  /** The loss on the step's batch. */
  readonly loss: number;
  /** The norm of the gradient. */
  readonly gradientNorm: number;
  /** The learning rate. */
  readonly learningRate: number;
}

const digits = (value: number) => Number(value.toPrecision(7));

function textOf(lines: readonly LossLine[]): string {
  return lines.map((line) => {
    const { loss, gradientNorm, learningRate } = line;
    const short = {
      loss: digits(loss),
      gradientNorm: digits(gradientNorm),
      learningRate: digits(learningRate),
    };
    return JSON.stringify({ ...line, ...short }) + "\n";
  }).join("");
}

/** Appends lines; they are on the disk when it returns, so that a checkpoint that follows is never ahead of the log. */
export async function appendLosses(path: string, lines: readonly LossLine[]): Promise<void> {
  if (lines.length === 0) return;
  const bytes = new TextEncoder().encode(textOf(lines));
  using file = await Deno.open(path, { append: true, create: true });
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.syncData();
}

/** Replaces a log, whole or not at all. */
export async function writeLosses(path: string, lines: readonly LossLine[]): Promise<void> {
  await writeAtomic(path, textOf(lines));
}

/**
 * Reads a log; none where there is no file. A last line that a kill cut short is left out.
 *
 * @param path The log.
 * @param files The files that it is one of; defaults to those of the disk.
 * @throws {CheckpointError} if another line is none of a log; it names the line.
 */
export async function readLosses(path: string, files?: Files): Promise<LossLine[]> {
  return (await linesOf(path, files)).map((line, n) => parseLine(line, path, n + 1));
}

/**
 * Reads the log of a run up to a step: what came after it was lost in a kill, and is computed again.
 *
 * @throws {CheckpointError} if a line is damaged, or steps are missing.
 */
export async function readLossesTo(path: string, step: number): Promise<LossLine[]> {
  const lines = (await linesOf(path)).slice(0, step);
  if (lines.length < step) {
    throw new CheckpointError(`${path}: ${lines.length} lines where the checkpoint's ${step} are expected`);
  }
  return lines.map((text, n) => {
    const line = parseLine(text, path, n + 1);
    if (line.step === n + 1) return line;
    throw new CheckpointError(`${path}: line ${n + 1}: "step" is ${line.step} where ${n + 1} is expected`);
  });
}

/** The lines of a log, without what a kill cut short. */
async function linesOf(path: string, files: Files = machine.files): Promise<string[]> {
  let text: string;
  try {
    text = await files.readText(path);
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    if (cause.reason === "missing") return [];
    throw new CheckpointError(`${path}: cannot be read: ${cause.detail}`, { cause });
  }
  const lines = text.split("\n");
  if (!isWhole(lines[lines.length - 1])) lines.pop();
  return lines;
}

function isWhole(line: string): boolean {
  try {
    return JSON.parse(line) !== null;
  } catch {
    return false;
  }
}

function parseLine(text: string, path: string, number: number): LossLine {
  const label = `${path}: line ${number}`;
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    values = undefined;
  }
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    const shown = JSON.stringify(text.slice(0, 80));
    throw new CheckpointError(`${label} is ${shown} where a step's numbers, as JSON, are expected`);
  }
  const line = new Config(label, values as Record<string, unknown>);
  return {
    step: line.whole("step", { min: 1 }),
    loss: line.number("loss"),
    gradientNorm: line.number("gradientNorm", { min: 0 }),
    epoch: line.whole("epoch", { min: 1 }),
    learningRate: line.number("learningRate", { min: 0 }),
  };
}
