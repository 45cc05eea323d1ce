/** A sampling, step by step. */
import { z } from "zod";
import type { SampleStep } from "../../lib/diffusion/mod.ts";
import { concat } from "../../lib/tensor.ts";
import { animation } from "../drawing/animation.ts";
import { Progress } from "../drawing/progress.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { openStudio } from "../drawing/studio.ts";
import { prompt, sampler, seed, steps, textGuidance, textModel } from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";

/** How many moments the sheet shows. */
const MAX_COLUMNS = 8;

/** A sampling, step by step. */
export const trajectory = defineSection({
  id: "trajectory",
  title: "A trajectory",
  summary: "What the image is at each step, and what the network expects it to become.",
  blocks: [
    {
      kind: "paragraph",
      text: "At every step there are two images: the noisy one, $x_t$, and the clean one implied by the " +
        "network, $\\hat x_0$. The first starts as noise. Without guidance the second is an estimate of " +
        "the mean of everything that is still possible; guidance pushes it on in the direction of the " +
        "prompt. Coarse shapes and colours are settled at high noise and details at low noise; on the " +
        "last step the two meet.",
    },
  ],
  parameters: z.object({
    prompt: prompt("a rocket ship"),
    steps: steps(40),
    seed: seed(),
    guidance: textGuidance(),
    sampler: sampler(),
    model: textModel(),
  }),
  quick: { steps: 12 },
  async *run(parameters, context) {
    const { prompt, steps, seed, guidance, sampler } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const path: SampleStep[] = [];
    yield* studio.draw(
      await studio.guided([prompt], guidance),
      studio.fromNoise([seed], { numInferenceSteps: steps, sampler }),
      { slot: prompt, progress: new Progress(steps), onStep: (step) => path.push(step) },
    );
    const generation = await studio.generation({ prompts: [prompt], steps, seed, guidance, sampler });
    const count = Math.min(MAX_COLUMNS, path.length);
    const shown = Array.from(
      { length: count },
      (_, i) => path[Math.round((i + 1) * path.length / count) - 1],
    );
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "moments",
        caption: `${
          quoted(prompt)
        } after some of ${steps} steps: above, the noisy image; below, the current estimate of the clean one.`,
        alt: `Noise that becomes "${prompt}", and blurs that become it.`,
        rows: ["x_t", "x̂_0"],
        columns: shown.map(({ index }) => `step ${index + 1}`),
        pictures: [shown.map(({ x }) => x), shown.map(({ x0 }) => x0)],
        origin: (_, column) => column === shown.length - 1 ? { slots: [prompt], index: 0 } : undefined,
        generation: (row, column) => row === 0 && column === shown.length - 1 ? generation : undefined,
        parameters,
      }),
    };
    const media = await animation(path.map(({ x, x0 }) => concat([x, x0])));
    yield {
      type: "figure",
      figure: {
        name: "animation",
        caption:
          "All steps: on the left the noisy image, on the right the current estimate of the clean one.",
        alt: `An animation of noise that becomes "${prompt}".`,
        media,
        rows: [],
        columns: ["x_t", "x̂_0"],
        cells: [],
        parameters,
      },
    };
  },
});
