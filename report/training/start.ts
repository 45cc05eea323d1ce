/**
 * The starting points of a live training, the values that suit each, and how long it takes until digits are recognisable.
 * Plain data, so that forms can show it before a run.
 *
 * @module
 */

/** No training, the model's weights, or random weights. */
export const startingPoints = ["none", "checkpoint", "scratch"] as const;

/** The starting point of a training. */
export type StartingPoint = typeof startingPoints[number];

/** The values of a starting point: a trained network continues with small steps, a new one needs many large ones. */
export interface TrainingStart {
  readonly trainSteps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly optimizer: "adam" | "muon";
  readonly drawings: number;
}

/** For a trained network: some seconds. */
const learned: TrainingStart = {
  trainSteps: 12,
  batch: 8,
  learningRate: 1e-4,
  optimizer: "adam",
  drawings: 1,
};

/** The same on the user's digits: until it draws these, and still the others. */
const learnedOwn: TrainingStart = { ...learned, trainSteps: 80, learningRate: 5e-4 };

/** Values for random weights, by the task. */
const unlearned = {
  /** Class-conditional generation. */
  asked: { trainSteps: 600, batch: 16, learningRate: 0.02, optimizer: "muon", drawings: 6 },
  /** Unconditional generation. */
  any: { trainSteps: 1000, batch: 16, learningRate: 0.02, optimizer: "muon", drawings: 5 },
  /** Denoising. */
  denoised: { trainSteps: 60, batch: 16, learningRate: 3e-3, optimizer: "adam", drawings: 6 },
} as const satisfies Readonly<Record<string, TrainingStart>>;

/**
 * How many training digits a network of width 16 needs from random weights until some of its output is recognisable. Measured on the first
 * 6000 digits of MNIST with the values above: after 9600, the classifier that ships read 33 of 40 digits of a network with classes as
 * the requested class; for one without, some are recognisable after 16,000.
 */
const SEEN = { asked: 9600, any: 16_000, denoised: 800 } as const;

/** A form's values or a section's parameters, some of which are about training. */
type Values = Readonly<Record<string, unknown>>;

/** Whether the network of these parameters denoises in one step. */
export function isDenoising({ sigmas }: Values): boolean {
  return Array.isArray(sigmas) && sigmas.length > 0;
}

/** The task of these parameters' network. */
function lessonOf(values: Values): keyof typeof unlearned {
  return isDenoising(values) ? "denoised" : "guidance" in values ? "asked" : "any";
}

/** The values of another starting point. */
export function trainingStart(from: StartingPoint, values: Values): TrainingStart {
  if (from === "scratch") return unlearned[lessonOf(values)];
  return (values.data ?? "mnist") === "mnist" ? learned : learnedOwn;
}

/** After how many training steps some digits are recognisable; 0 if they are from the start. */
export function stepsToRecognise(values: Values): number {
  if (values.from !== "scratch") return 0;
  const batch = typeof values.batch === "number" && values.batch > 0 ? values.batch : 1;
  return Math.ceil(SEEN[lessonOf(values)] / batch);
}
