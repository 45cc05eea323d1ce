/** What a training run carries from step to step. */

/** The vectors of a {@linkcode TrainingState} that are as long as all parameters. */
export const parameterVectors = ["parameters", "m", "v", "average"] as const;

/** Those that are as long as all buffers. */
export const bufferVectors = ["buffers", "bufferAverage"] as const;

/** The state of a training run: all of it, so that a run goes on from a copy as if it had not stopped. */
export interface TrainingState {
  /** How many steps were made. */
  step: number;
  /** All parameters, one after the other. */
  parameters: Float32Array;
  /** The mean of the gradients, or the momentum. */
  m: Float32Array;
  /** Adam's mean of the squared gradients; zeros where another optimiser keeps none. */
  v: Float32Array;
  /** The moving average of the parameters. */
  average: Float32Array;
  /** All buffers (running statistics), one after the other. */
  buffers: Float32Array;
  /** The moving average of the buffers. */
  bufferAverage: Float32Array;
  /** The power-function averages, where there are any: of the parameters, and after them of the buffers. */
  powerAverages?: readonly Float32Array[];
}
