/** Labels of named values. */

const words: Readonly<Record<string, string>> = {
  auto: "the one that belongs to the model",
  none: "none",
  "renoise-original": "noised to each step",
  repaint: "noised, and resampled (RePaint)",
  "keep-original": "kept clean (DeepFloyd IF)",
  ddpm: "DDPM",
  ddim: "DDIM",
  "dpm-solver++": "DPM-Solver++",
  "dpm-solver++2s": "DPM-Solver++ 2S",
  "dpm-solver++3m": "DPM-Solver++ 3M",
  "dpm-solver++2m-sde": "DPM-Solver++ 2M SDE",
  "dpm-solver++3m-sde": "DPM-Solver++ 3M SDE",
  dpm2: "DPM2",
  "dpm2-ancestral": "DPM2 ancestral",
  "dpm-sde": "DPM-Solver SDE",
  deis: "DEIS",
  euler: "Euler",
  "euler-ancestral": "Euler ancestral",
  heun: "Heun",
  lcm: "LCM",
  lms: "LMS",
  pndm: "PNDM",
  tcd: "TCD",
  unipc: "UniPC",
  scratch: "random weights",
  checkpoint: "the trained network",
  mnist: "MNIST",
  drawn: "your digits",
  adam: "Adam",
  muon: "Muon",
  sgd: "SGD",
  lion: "Lion",
};

/** Labels of values that mean something else in a particular field. */
const wordsIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  from: { none: "no training", checkpoint: "trained network" },
};

/**
 * The label of a value in a form.
 *
 * @param value The value.
 * @param field The name of its field.
 */
export const wordOf = (value: string, field = ""): string =>
  wordsIn[field]?.[value] ?? words[value] ?? value.replaceAll("-", " ");
