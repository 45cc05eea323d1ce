/** The class-conditioned UNet. */
import { z } from "zod";
import { mnistClass } from "../../recipes/mnist_diffusion.ts";
import { guidance, model, sampler, seed, steps, whole } from "../fields.ts";
import { defineSection } from "../section.ts";
import { digitFigures } from "../training/digit_section.ts";
import { liveTraining } from "../training/live_fields.ts";
import { trainingStart } from "../training/start.ts";

/** The class-conditioned UNet. */
export const classUnet = defineSection({
  id: "class-unet",
  title: "Digits on demand",
  summary: "Conditioned on the class, the network draws the digit it is asked for.",
  blocks: [
    {
      kind: "paragraph",
      text: "The class is a one-hot vector of length ten, zeroed for one sample in ten. The network thus " +
        "learns both the digits of a class and digits in general, and guidance can amplify the " +
        "difference:",
    },
    {
      kind: "formula",
      tex:
        "\\epsilon = \\epsilon_\\theta(x_t, t/T, 0) + \\gamma\\,\\bigl(\\epsilon_\\theta(x_t, t/T, c) - \\epsilon_\\theta(x_t, t/T, 0)\\bigr), \\qquad \\gamma = 5.",
    },
    {
      kind: "paragraph",
      text: "Ho and Salimans (2022) write $w$ for $\\gamma - 1$. The class matters where the noise is " +
        "strong: under weak noise the digit can be seen anyway, which is why the loss says little about " +
        "how much the class helps.",
    },
  ],
  parameters: z.object({
    rows: whole({ min: 1, max: 8, value: 4, label: "Rows", help: "How many samples of each digit." }),
    steps: steps(20),
    sampler: sampler("dpm-solver++"),
    guidance: guidance(5),
    seed: seed(0),
    model: model("mnist-class", "mnist-class"),
    ...liveTraining(),
  }),
  quick: { rows: 2 },
  start: { from: "checkpoint", steps: 6, ...trainingStart("checkpoint", {}), trainSteps: 8 },
  run: (parameters, context) => digitFigures(mnistClass, parameters, context),
});
