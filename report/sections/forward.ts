/** The forward process: a picture at several noise levels. */
import { z } from "zod";
import { decibels } from "../drawing/likeness.ts";
import { noisyPictures } from "../drawing/noisy_pictures.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { image, noiseLevels, seed, textModel } from "../fields.ts";
import { defineSection } from "../section.ts";

/** A picture at several noise levels. */
export const forward = defineSection({
  id: "forward",
  title: "The forward process",
  summary: "A picture drowns in noise, step by step.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "A diffusion model is trained to undo what is easily done: adding noise. The forward process mixes a " +
        "clean picture $x_0$ with standard normal noise $\\epsilon$. At timestep $t$",
    },
    {
      kind: "formula",
      tex:
        "x_t = \\sqrt{\\bar\\alpha_t}\\,x_0 + \\sqrt{1 - \\bar\\alpha_t}\\,\\epsilon, \\qquad \\epsilon \\sim \\mathcal N(0, I).",
    },
    {
      kind: "paragraph",
      text:
        "The numbers $\\bar\\alpha_t$ fall from almost 1 to almost 0 as $t$ rises from 0 to 999: the picture fades " +
        "as the noise grows. The squares of the two factors add up to 1, so that a picture of variance 1 keeps it.",
    },
  ],
  parameters: z.object({
    image: image("campanile"),
    timesteps: noiseLevels(),
    seed: seed(),
    model: textModel(),
  }),
  quick: {},
  async *run(parameters, context) {
    const { timesteps } = parameters;
    const { picture, noisy } = await noisyPictures(parameters, context);
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "levels",
        caption: `The test picture, and with noise at $t = ${
          timesteps.join(", ")
        }$: the same noise, ever louder.`,
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
