/** The forward process: a picture at several noise levels. */
import { z } from "zod";
import { addNoise } from "../../lib/diffusion/schedule.ts";
import { Generator } from "../../lib/random.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { image, list, seed, textModel, timestep } from "../fields.ts";
import { defineSection } from "../section.ts";
import { testPicture } from "../test_picture.ts";

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
        "as the noise grows, and the variance of each pixel stays about the same. The sum of the squared factors is 1.",
    },
  ],
  parameters: z.object({
    image: image("campanile"),
    timesteps: list(timestep(500), [250, 500, 750], {
      label: "Timesteps",
      help: "The noise levels, from 0 to 999.",
    }),
    seed: seed(),
    model: textModel(),
  }),
  quick: {},
  async *run({ image, timesteps, seed, model: name }, context) {
    const model = await context.models.textToImage(name);
    const { schedule } = model.scheduler;
    const picture = await testPicture(image, model, context);
    const noise = new Generator(seed).randn(picture.shape);
    const noisy = timesteps.map((t) => addNoise(picture, noise, t, schedule));
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
        parameters: { image, timesteps, seed, model: name },
      }),
    };
  },
});
