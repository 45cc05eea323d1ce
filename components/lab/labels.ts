/** Plain words for values that have names of their own. */

const words: Readonly<Record<string, string>> = {
  auto: "the one that belongs to the model",
  none: "none",
  "renoise-original": "noised to each step",
  repaint: "noised, and resampled (RePaint)",
  "keep-original": "kept clean (DeepFloyd IF)",
  ddpm: "DDPM",
  ddim: "DDIM",
  "dpm-solver++": "DPM-Solver++",
  heun: "Heun",
  scratch: "random weights",
  checkpoint: "the model's weights",
};

/** What a value is called in a form. */
export const wordOf = (value: string): string => words[value] ?? value.replaceAll("-", " ");
