import type { KeptRun } from "../../../tab/training_runs.ts";
import { wordOf } from "../labels.ts";

/** Of how many steps a training is, from what and on what, after the number of those that it has made. */
export function trainingWords(
  { parameters: { from, data, trainSteps } }: Pick<KeptRun, "parameters">,
): string {
  const digits = data === "drawn" ? ", your digits" : data === "both" ? ", MNIST and your digits" : "";
  return `of ${trainSteps}, from ${wordOf(String(from))}${digits}`;
}
