/** The options shared by the evaluations of both stages. */
import type { GenerationChoices } from "../../lib/generation/mod.ts";
import type { DeviceChoice } from "../../lib/onnx/mod.ts";

/**
 * The options of a stage's evaluation. Steps and guidance default to the model's own, else to 20 and 4 (1 for super-resolution); the
 * sampler to that of its scheduler, the seed to 0.
 */
export interface StageEvaluationOptions
  extends Pick<GenerationChoices, "steps" | "sampler" | "guidance" | "seed"> {
  /** The folder of the data set; defaults to its usual place. */
  readonly data?: string;
  /** Where to compute. */
  readonly device?: DeviceChoice;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Called with the reason why another device is used. */
  readonly onFallback?: (message: string) => void;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
  /** Called with the progress, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}
