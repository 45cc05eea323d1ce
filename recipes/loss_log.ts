/** The record of a run, a line of JSON a step: appended as it goes, cut back where a run resumes. */
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

/** Lines as they stand in the file. */
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

/** Appends lines. */
export async function appendLosses(path: string, lines: readonly LossLine[]): Promise<void> {
  await Deno.writeTextFile(path, textOf(lines), { append: true });
}

/** Writes a log anew: beside the old one, which it then replaces, so that a kill leaves one of the two whole. */
export async function writeLosses(path: string, lines: readonly LossLine[]): Promise<void> {
  await writeAtomic(path, textOf(lines));
}

/** Reads a log; a line that a kill cut short, or that is none of a log, is left out. */
export async function readLosses(path: string): Promise<LossLine[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      const parsed: unknown = JSON.parse(line);
      const { step } = Object(parsed) as Partial<LossLine>;
      return Number.isSafeInteger(step) ? [parsed as LossLine] : [];
    } catch {
      return [];
    }
  });
}
