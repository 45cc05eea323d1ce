/** Denoising in one step. */
import { z } from "zod";
import { denoiseOnce } from "../../lib/diffusion/mod.ts";
import { decibelsIn, isDecreasing } from "../claims.ts";
import { decibels } from "../drawing/likeness.ts";
import { noisyPictures } from "../drawing/noisy_pictures.ts";
import { Progress } from "../drawing/progress.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { openStudio } from "../drawing/studio.ts";
import { image, noiseLevels, prompt, seed, textModel } from "../fields.ts";
import { defineSection } from "../section.ts";
import type { PixelRange } from "../../lib/image.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** So many noise levels make a slider. */
const MAX_LEVELS = 32;

/** The values for black and white where noise is shown: nearly all of it lies between. */
const NOISE_RANGE: PixelRange = [-3, 3];

/** Denoising in one step. */
export const oneStep = defineSection({
  id: "one-step",
  title: "One-step denoising",
  summary: "The network predicts all of the noise at once.",
  blocks: [
    {
      kind: "paragraph",
      text: "A network that has seen many images does better than a blur. It estimates the noise " +
        "$\\epsilon_\\theta(x_t, t)$ in a noisy image; solving the forward process for the clean image " +
        "gives",
    },
    {
      kind: "formula",
      tex:
        "\\hat x_0 = \\frac{x_t - \\sqrt{1 - \\bar\\alpha_t}\\,\\epsilon_\\theta(x_t, t)}{\\sqrt{\\bar\\alpha_t}}.",
    },
    {
      kind: "paragraph",
      text:
        "What a network is trained to predict is a choice: the noise, the clean image, or, as `emoji-I` does, the velocity " +
        "$v = \\sqrt{\\bar\\alpha_t}\\,\\epsilon - \\sqrt{1 - \\bar\\alpha_t}\\,x_0$ (Salimans and Ho 2022). Each of them " +
        "gives the others, here $\\epsilon_\\theta = \\sqrt{\\bar\\alpha_t}\\,v_\\theta + \\sqrt{1 - \\bar\\alpha_t}\\,x_t$; " +
        "this report always writes the noise.",
    },
    {
      kind: "paragraph",
      text: "A network whose squared error could not be smaller answers with the posterior mean $\\mathbb " +
        "E[x_0 \\mid x_t]$: the average of all images that could be behind the noise, each weighted by " +
        "how likely it is. The more noise there is, the more different images are averaged and the " +
        "smoother their average. It is the estimate with the least squared error, and not a likely image " +
        "itself: a mean of sharp images is blurred.",
    },
  ],
  parameters: z.object({
    image: image("campanile"),
    timesteps: noiseLevels(MAX_LEVELS),
    prompt: prompt("a high quality photo"),
    seed: seed(),
    model: textModel(),
  }),
  quick: {},
  claims: [
    {
      text: "The more noise there is, the less the estimate is like the original.",
      holds: (figure) => isDecreasing(decibelsIn(figure("one-step"), 2)),
    },
    {
      text: "The estimate is nearer to the original than the noisy picture.",
      holds: (figure) => {
        const noisy = decibelsIn(figure("one-step"), 1);
        return decibelsIn(figure("one-step"), 2).every((ratio, i) => ratio > noisy[i]);
      },
    },
  ],
  async *run(parameters, context) {
    const { timesteps, prompt } = parameters;
    const { picture, noisy } = await noisyPictures(parameters, context);
    const studio = await openStudio(parameters, [prompt], context);
    const denoiser = await studio.text([prompt]);
    const progress = new Progress(timesteps.length);
    const clean: Tensor[] = [];
    const noise: Tensor[] = [];
    for (const [i, t] of timesteps.entries()) {
      const options = { threshold: studio.threshold, signal: context.signal };
      const { x0, prediction } = await denoiseOnce(denoiser, { x: noisy[i] }, t, options);
      clean.push(x0);
      noise.push(prediction.noise);
      yield progress.advance(`t = ${t}`);
    }
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "noise",
        caption:
          "The noise that the network sees, $\\epsilon_\\theta(x_t, t)$: gray is 0, black -3, white 3.",
        alt: `What the network takes for noise, at timesteps ${timesteps.join(", ")}.`,
        columns: timesteps.map((t) => `t = ${t}`),
        pictures: [noise],
        range: NOISE_RANGE,
        parameters,
      }),
    };
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "one-step",
        caption: "The original, with noise, and the one-step estimate of the network; below, the peak " +
          "signal-to-noise ratio.",
        alt: `The original three times, noisy pictures at timesteps ${
          timesteps.join(", ")
        }, and the network's guesses.`,
        rows: ["original", "noisy", "one step"],
        columns: timesteps.map((t) => `t = ${t}`),
        pictures: [timesteps.map(() => picture), noisy, clean],
        labels: [[], noisy.map((x) => decibels(x, picture)), clean.map((x) => decibels(x, picture))],
        parameters,
      }),
    };
  },
});
