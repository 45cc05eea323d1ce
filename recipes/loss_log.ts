/** The record of a run, a line of JSON a step: appended as it goes, cut back where a run resumes. */

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

/** Appends lines. */
export async function appendLosses(path: string, lines: readonly LossLine[]): Promise<void> {
  const text = lines.map((line) => {
    const { loss, gradientNorm, learningRate } = line;
    const short = {
      loss: digits(loss),
      gradientNorm: digits(gradientNorm),
      learningRate: digits(learningRate),
    };
    return JSON.stringify({ ...line, ...short }) + "\n";
  });
  await Deno.writeTextFile(path, text.join(""), { append: true });
}

/** Reads a log; a line that a kill cut short is left out. */
export async function readLosses(path: string): Promise<LossLine[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as LossLine];
    } catch {
      return [];
    }
  });
}
