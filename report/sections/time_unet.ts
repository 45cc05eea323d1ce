/** The time-conditioned UNet. */
import { z } from "zod";
import { mnistTime } from "../../recipes/mnist_diffusion.ts";
import { model, sampler, seed, steps, whole } from "../fields.ts";
import { defineSection } from "../section.ts";
import { digitFigures } from "../training/digit_section.ts";
import { liveTraining } from "../training/live_fields.ts";
import { trainingStart } from "../training/start.ts";

/** The time-conditioned UNet. */
export const timeUnet = defineSection({
  id: "time-unet",
  title: "A diffusion model of digits",
  summary: "Conditioned on the noise level, one network denoises from the first step to the last.",
  blocks: [
    {
      kind: "paragraph",
      text: "A denoiser for a single noise level cannot draw from pure noise. Trained on pure noise alone, " +
        "the best that it can answer is the mean of all digits, a blob; trained on $\\sigma = 0.5$ it " +
        "has never seen pure noise, and what it makes of it is garbage. A network that receives the " +
        "timestep learns all levels at once. It estimates the noise rather than the digit, with the loss",
    },
    {
      kind: "formula",
      tex:
        "L(\\theta) = \\mathbb E_{x_0, \\epsilon, t}\\,\\bigl\\lVert \\epsilon_\\theta\\bigl(\\sqrt{\\bar\\alpha_t}\\,x_0 + \\sqrt{1 - \\bar\\alpha_t}\\,\\epsilon,\\; t/T\\bigr) - " +
        "\\epsilon \\bigr\\rVert^2,",
    },
    {
      kind: "paragraph",
      text:
        "with $T = 300$, $\\beta_t$ increasing from $10^{-4}$ to $0.02$ and $\\bar\\alpha_t = \\prod_{s " +
        "\\le t} (1 - \\beta_s)$. Nothing says which digit to draw: that is decided by the noise, and a " +
        "sample may fall between two.",
    },
  ],
  parameters: z.object({
    rows: whole({ min: 1, max: 8, value: 4, label: "Rows", help: "Number of rows of ten samples." }),
    steps: steps(20),
    sampler: sampler("dpm-solver++"),
    seed: seed(0),
    model: model("mnist-time", "mnist-time"),
    ...liveTraining(),
  }),
  quick: { rows: 2 },
  start: { from: "checkpoint", steps: 8, ...trainingStart("checkpoint", {}) },
  run: (parameters, context) => digitFigures(mnistTime, parameters, context),
});
