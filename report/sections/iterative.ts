/** Denoising step by step. */
import { z } from "zod";
import { denoiseOnce } from "../../lib/diffusion/mod.ts";
import { bestBlur } from "../drawing/best_blur.ts";
import { decibelsIn } from "../claims.ts";
import { decibels } from "../drawing/likeness.ts";
import { Progress } from "../drawing/progress.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { from, openStudio, strided } from "../drawing/studio.ts";
import { image, prompt, sampler, seed, startIndex, stride, textModel, whole } from "../fields.ts";
import { defineSection } from "../section.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** Denoising step by step. */
export const iterative = defineSection({
  id: "iterative",
  title: "Iterative denoising",
  summary: "Noise is removed in small steps, and each decides a little more.",
  blocks: [
    {
      kind: "paragraph",
      text: "Instead of jumping to the clean image, the sampler moves to a slightly less noisy one and " +
        "evaluates the network again. From timestep $t$ to an earlier $t'$ (every 30th here), with " +
        "$\\alpha = \\bar\\alpha_t / \\bar\\alpha_{t'}$ and $\\beta = 1 - \\alpha$,",
    },
    {
      kind: "formula",
      tex: "x_{t'} = \\frac{\\sqrt{\\bar\\alpha_{t'}}\\,\\beta}{1 - \\bar\\alpha_t}\\,\\hat x_0 + " +
        "\\frac{\\sqrt{\\alpha}\\,(1 - \\bar\\alpha_{t'})}{1 - \\bar\\alpha_t}\\,x_t + v_\\sigma",
    },
    {
      kind: "paragraph",
      text: "(Ho et al. 2020, eq. 7), with $\\bar\\alpha_{-1} = 1$ after the last step. The square root " +
        "covers only $\\bar\\alpha_{t'}$ and $\\alpha$. The two coefficients do not sum to 1: together " +
        "they bring the image to the signal that it has at $t'$, $\\sqrt{\\bar\\alpha_{t'}}\\,x_0$ where " +
        "$\\hat x_0$ is right. $v_\\sigma$ is fresh noise, none on the last step; its variance lies " +
        "between two bounds, and where is predicted by the network (Nichol and Dhariwal 2021, eq. 15). " +
        "Details that a single step had to average are decided one after another.",
    },
  ],
  parameters: z.object({
    image: image("campanile"),
    prompt: prompt("a high quality photo"),
    stride: stride(),
    start: startIndex(10),
    every: whole({
      min: 1,
      max: 1000,
      value: 5,
      label: "Shown",
      help: "Show the noisy image every so many steps.",
    }),
    seed: seed(),
    sampler: sampler(),
    model: textModel(),
  }),
  quick: {},
  claims: [
    {
      text: "The ratio favours averages: one step has a higher one than many.",
      holds: (figure) => {
        const [, iterative, once] = decibelsIn(figure("compared"), 0);
        return once > iterative;
      },
    },
    {
      text: "A network does better than the best blur.",
      holds: (figure) => {
        const [, , once, blurred] = decibelsIn(figure("compared"), 0);
        return once > blurred;
      },
    },
  ],
  async *run(parameters, context) {
    const { image, prompt, stride, start, every, seed, sampler } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const timesteps = from(strided(studio.schedule, stride), start, "start");
    const picture = await studio.picture(image);
    const denoiser = await studio.text([prompt]);
    const options = studio.fromPictures(picture, [seed], timesteps, sampler);
    const progress = new Progress(timesteps.length + 1);
    const noisy: { t: number; x: Tensor }[] = [{ t: timesteps[0], x: options.start }];
    const drawn = yield* studio.draw(denoiser, options, {
      slot: "iterative",
      progress,
      onStep({ index, x, tNext }) {
        if ((index + 1) % every === 0 && tNext > 0) noisy.push({ t: tNext, x });
      },
    });
    const { x0 } = await denoiseOnce(denoiser, { x: options.start }, timesteps[0], {
      threshold: studio.threshold,
      signal: context.signal,
    });
    yield progress.advance("one step");
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "steps",
        caption: `The image taking shape, from $t = ${timesteps[0]}$ on, every ${every} steps.`,
        alt: `A picture that comes out of the noise, at timesteps ${noisy.map(({ t }) => t).join(", ")}.`,
        columns: noisy.map(({ t }) => `t = ${t}`),
        pictures: [noisy.map(({ x }) => x)],
        parameters,
      }),
    };
    const blurred = bestBlur(options.start, picture).picture;
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "compared",
        caption:
          `The original, and three ways back from $t = ${
            timesteps[0]
          }$: step by step, in one step, and by the best ` +
          "Gaussian blur; with the peak signal-to-noise ratio. The ratio favours averages: a sharp guess that is wrong costs more " +
          "than a blur.",
        alt: "The original, and the same denoised step by step, in one step, and by a blur.",
        columns: ["original", "iterative", "one step", "blurred"],
        pictures: [[picture, drawn, x0, blurred]],
        origin: (_, column) => column === 1 ? { slots: ["iterative"], index: 0 } : undefined,
        labels: [["", decibels(drawn, picture), decibels(x0, picture), decibels(blurred, picture)]],
        parameters,
      }),
    };
  },
});
