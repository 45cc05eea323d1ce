/** The forward process: a picture at several noise levels. */
import { z } from "zod";
import { decibelsIn, isDecreasing } from "../claims.ts";
import { decibels } from "../drawing/likeness.ts";
import { noisyPictures } from "../drawing/noisy_pictures.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { image, noiseLevels, seed, textModel } from "../fields.ts";
import { defineSection } from "../section.ts";

/** A picture at several noise levels. */
export const forward = defineSection({
  id: "forward",
  title: "The forward process",
  summary: "An image disappears in noise, step by step.",
  blocks: [
    {
      kind: "paragraph",
      text: "A diffusion model is trained to undo something that is easy to do: adding noise. The forward " +
        "process mixes a clean image $x_0$ with standard normal noise $\\epsilon$. At timestep $t$,",
    },
    {
      kind: "formula",
      tex:
        "x_t = \\sqrt{\\bar\\alpha_t}\\,x_0 + \\sqrt{1 - \\bar\\alpha_t}\\,\\epsilon, \\qquad \\epsilon \\sim \\mathcal N(0, I).",
    },
    {
      kind: "paragraph",
      text:
        "The values $\\bar\\alpha_t$ fall from almost 1 to almost 0 as $t$ goes from 0 to 999: the image " +
        "fades while the noise grows. The squares of the two factors sum to 1, so an image of unit " +
        "variance keeps that variance. Before the first timestep there is no noise: $\\bar\\alpha_{-1} = " +
        "1$.",
    },
  ],
  parameters: z.object({
    image: image("campanile"),
    timesteps: noiseLevels(),
    seed: seed(),
    model: textModel(),
  }),
  quick: {},
  claims: [
    {
      text: "The image disappears: the more noise there is, the lower is the ratio.",
      // The original has none.
      holds: (figure) => isDecreasing(decibelsIn(figure("levels"), 0).slice(1)),
    },
  ],
  async *run(parameters, context) {
    const { timesteps } = parameters;
    const { picture, noisy } = await noisyPictures(parameters, context);
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "levels",
        caption: `The test image, and the same with noise at $t = ${
          timesteps.join(", ")
        }$: the same noise, increasingly strong.`,
        alt: `A picture that is less and less to be seen behind coloured noise, at timesteps ${
          timesteps.join(", ")
        }.`,
        columns: ["original", ...timesteps.map((t) => `t = ${t}`)],
        pictures: [[picture, ...noisy]],
        labels: [["", ...noisy.map((x) => decibels(x, picture))]],
        parameters,
      }),
    };
  },
});
