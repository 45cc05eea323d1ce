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

/** A network that has learned: some seconds of it. */
const learned: TrainingStart = {
  trainSteps: 12,
  batch: 8,
  learningRate: 1e-4,
  optimizer: "adam",
  drawings: 1,
};

/** The same on the reader's digits: as long as it takes until it draws these, and the others still. */
const learnedOwn: TrainingStart = { ...learned, trainSteps: 80, learningRate: 5e-4 };

/** What a network of random weights begins with, by what it is to learn. */
const unlearned = {
  /** To draw the digit that it is asked for. */
  asked: { trainSteps: 600, batch: 16, learningRate: 0.02, optimizer: "muon", drawings: 6 },
  /** To draw any digit. */
  any: { trainSteps: 1000, batch: 16, learningRate: 0.02, optimizer: "muon", drawings: 5 },
  /** To take noise off digits. */
  denoised: { trainSteps: 60, batch: 16, learningRate: 3e-3, optimizer: "adam", drawings: 6 },
} as const satisfies Readonly<Record<string, TrainingStart>>;

/**
 * How many digits a network of random weights and width 16 has seen when some of what it makes can be recognised. Measured on the first
 * 6000 digits of MNIST with the values above: after 9600, the classifier that ships read 33 of 40 digits of a network with classes as
 * what had been asked for; of one without, some can be told from strokes after 16,000.
 */
const SEEN = { asked: 9600, any: 16_000, denoised: 800 } as const;

/** A form's values or a section's parameters, of which some say what is trained. */
type Values = Readonly<Record<string, unknown>>;

/** Whether the network of these parameters denoises in one step. */
export function isDenoising({ sigmas }: Values): boolean {
  return Array.isArray(sigmas) && sigmas.length > 0;
}

/** What the network of these parameters learns. */
function lessonOf(values: Values): keyof typeof unlearned {
  return isDenoising(values) ? "denoised" : "guidance" in values ? "asked" : "any";
}

/** The values that belong to another beginning. */
export function trainingStart(from: Beginning, values: Values): TrainingStart {
  if (from === "scratch") return unlearned[lessonOf(values)];
  return (values.data ?? "mnist") === "mnist" ? learned : learnedOwn;
}

/** After how many steps of a training some digits can be recognised; 0 where they can be from the start. */
export function stepsToRecognise(values: Values): number {
  if (values.from !== "scratch") return 0;
  const batch = typeof values.batch === "number" && values.batch > 0 ? values.batch : 1;
  return Math.ceil(SEEN[lessonOf(values)] / batch);
}
