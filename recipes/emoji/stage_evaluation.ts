/** What the evaluations of both stages can be told. */
import type { SamplerName } from "../../lib/diffusion/samplers/mod.ts";
import type { DeviceChoice } from "../../lib/onnx/device.ts";

/** How a stage is evaluated. */
export interface StageEvaluationOptions {
  /** Steps of sampling; as many as the model's own default unless given, or 20. */
  readonly steps?: number;
  /** The sampler; `ddpm` unless given. */
  readonly sampler?: SamplerName;
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
