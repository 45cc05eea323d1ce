/**
 * From what a live training begins, the values that suit each beginning, and how long it takes until there is something to recognise.
 * Plain data: forms say it before a run.
 *
 * @module
 */

/** From what: nothing is trained, the weights of the model, random weights. */
export const beginnings = ["none", "checkpoint", "scratch"] as const;

/** From what a training begins. */
export type Beginning = typeof beginnings[number];

/** The values that a beginning brings along: a network that has learned goes on in small steps, a new one in many large ones. */
export interface TrainingStart {
  readonly trainSteps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly optimizer: "adam" | "muon";
  readonly drawings: number;
}

/** Those of networks that draw digits from noise. */
const drawing: Readonly<Record<Beginning, TrainingStart>> = {
  none: { trainSteps: 12, batch: 8, learningRate: 1e-4, optimizer: "adam", drawings: 1 },
  checkpoint: { trainSteps: 12, batch: 8, learningRate: 1e-4, optimizer: "adam", drawings: 1 },
  scratch: { trainSteps: 500, batch: 32, learningRate: 0.01, optimizer: "muon", drawings: 5 },
};

/** Those of a network that denoises in one step: it shows digits within a minute. */
const denoising: Readonly<Record<Beginning, TrainingStart>> = {
  none: { trainSteps: 12, batch: 8, learningRate: 1e-4, optimizer: "adam", drawings: 3 },
  checkpoint: { trainSteps: 12, batch: 8, learningRate: 1e-4, optimizer: "adam", drawings: 3 },
  scratch: { trainSteps: 60, batch: 16, learningRate: 3e-3, optimizer: "adam", drawings: 6 },
};

/** Digits that a new network of width 16 has seen when some of those that it makes can be recognised, as it was measured. */
const SEEN = { drawing: 16_000, denoising: 800 } as const;

/** A form's values or a section's parameters, of which some say what is trained. */
type Values = Readonly<Record<string, unknown>>;

/** Whether the network of these parameters denoises in one step. */
export function isDenoising({ sigmas }: Values): boolean {
  return Array.isArray(sigmas) && sigmas.length > 0;
}

/** The values that belong to another beginning. */
export function trainingStart(from: Beginning, values: Values): TrainingStart {
  return (isDenoising(values) ? denoising : drawing)[from];
}

/** After how many steps of a training some digits can be recognised; 0 where they can be from the start. */
export function stepsToRecognise(values: Values): number {
  if (values.from !== "scratch") return 0;
  const batch = typeof values.batch === "number" && values.batch > 0 ? values.batch : 1;
  return Math.ceil(SEEN[isDenoising(values) ? "denoising" : "drawing"] / batch);
}
