/** What the evaluations of both stages can be told. */
import type { GenerationChoices } from "../../lib/generation/mod.ts";
import type { DeviceChoice } from "../../lib/onnx/mod.ts";

/**
 * How a stage is evaluated. Steps and guidance are the model's own unless given, or 20 and 4 (of a stage that enlarges 1); the
 * sampler is that of its scheduler unless given, the seed 0.
 */
export interface StageEvaluationOptions
  extends Pick<GenerationChoices, "steps" | "sampler" | "guidance" | "seed"> {
  /** The folder of the data set; its usual place unless given. */
  readonly data?: string;
  /** Where to compute. */
  readonly device?: DeviceChoice;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Told why another device is used. */
  readonly onFallback?: (message: string) => void;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
  /** Told how much is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}
