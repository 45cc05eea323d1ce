/** The names of `AdamOptions`. */
export const adamOptionNames = {
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
  decoupled: true,
  clipNorm: true,
} as const;
