/**
 * The amount of work of a section, to estimate its time before it runs.
 *
 * @module
 */
import type { Json } from "./section.ts";
import { isDenoising } from "./training/start.ts";

/** A schedule's timesteps, which a stride skips. */
const TIMESTEPS = 1000;

/** The work of a step of a second stage, in steps of the first: it has 16 times the pixels in a smaller network. */
const ENLARGING = 4;

/** A training step against a sampling step of the same digit: forward, backward, update. */
const TRAINING = 3;

/** The width of the networks for digits that ship. */
const WIDTH = 64;

/** The work of one preview of a one-step denoiser during training: 10 digits. */
const DENOISING = 10;

/** Samples of a row of digits. */
const ROW = 10;

/** How often a step is taken when inpainting resamples. */
export const REPAINT_JUMPS = 5;

/** Whether a run trains a network, whose time cannot be estimated from sampling. */
export function isTraining({ trainSteps, from }: Readonly<Record<string, unknown>>): boolean {
  return Number(trainSteps) > 0 && from !== "none";
}

/** The training, by the names of sections' parameters; by default none. */
type TrainingParameters = Readonly<Record<string, unknown>>;

/**
 * How the work grows with the width: the arithmetic with its square, but narrow networks use a core's units less. Measured in a tab, a
 * step of one digit takes 9 times as long at a width of 64 as at 16.
 */
const GROWTH = 1.5;

/** The work per digit of the trained network, relative to those that ship. */
function relativeWork(parameters: TrainingParameters): number {
  return parameters.from === "checkpoint" ? 1 : (numberIn(parameters, "width", WIDTH) / WIDTH) ** GROWTH;
}

/** The work of a step of a live training, in steps of one picture. */
export function trainingStepWork(parameters: TrainingParameters): number {
  return numberIn(parameters, "batch", 0) * TRAINING * relativeWork(parameters);
}

/** The work of one preview during training. */
export function drawingWork(parameters: TrainingParameters): number {
  const once = isDenoising(parameters)
    ? DENOISING
    : ROW * numberIn(parameters, "rows", 0) * numberIn(parameters, "steps", 0);
  return once * relativeWork(parameters);
}

/** The work of a whole live training; 0 without one. */
export function trainingWork(parameters: TrainingParameters): number {
  if (!isTraining(parameters)) return 0;
  const steps = numberIn(parameters, "trainSteps", 0);
  return steps * trainingStepWork(parameters) + numberIn(parameters, "drawings", 0) * drawingWork(parameters);
}

function numberIn(parameters: TrainingParameters, name: string, otherwise: number): number {
  const value = parameters[name];
  return typeof value === "number" ? value : otherwise;
}

/**
 * The work of a run with parameters, in steps of one picture. It is comparable between runs of one section, not between sections.
 *
 * @param parameters A section's parameters: all of them.
 */
export function workOf(parameters: Readonly<Record<string, Json>>): number {
  const number = (name: string, otherwise: number) => numberIn(parameters, name, otherwise);
  const list = (name: string) => Array.isArray(parameters[name]) ? parameters[name] as readonly Json[] : [];
  const sum = (name: string) => list(name).reduce<number>((total, value) => total + Number(value), 0);
  const rows = ["prompts", "images", "edits", "scenes", "pairs"].map((name) => list(name).length).find(
    Boolean,
  );
  const pictures = (rows ?? 10 * number("rows", 0)) ||
    ["count", "frames", "digits"].map((name) => number(name, 0)).find(Boolean) || 1;
  const [steps, columns] = stepsOf();
  const enlarged = "upscale" in parameters && parameters.upscale !== "none";
  const enlarging = enlarged ? ENLARGING * number("upscaleSteps", 0) * columns : 0;
  const passes = parameters.rule === "repaint" ? REPAINT_JUMPS : 1;
  const training = trainingWork(parameters);
  // A trained network replaces the one that ships.
  if (training > 0 && "rows" in parameters) return training;
  return pictures * (steps * passes + enlarging) + training;

  function stepsOf(): [steps: number, columns: number] {
    const all = Math.ceil(TIMESTEPS / number("stride", TIMESTEPS));
    if (list("evaluations").length) {
      const each = list("samplers").length || 1;
      return [sum("evaluations") * each + number("reference", 0), list("evaluations").length];
    }
    if (list("stepCounts").length) {
      return [sum("stepCounts") * (list("samplers").length || 1), list("stepCounts").length];
    }
    if (list("starts").length) return [list("starts").length * all - sum("starts"), list("starts").length];
    if ("stride" in parameters) {
      const scales = list("scales").length / pictures;
      return [(all - number("start", 0)) * (1 + scales), 1];
    }
    const levels = list("sigmas").length || list("timesteps").length;
    if (levels) return [levels, 1];
    const runs = list("views").length + Math.max(0, list("several").length - 1);
    return [number("steps", 1) * (runs || 1), 1];
  }
}
