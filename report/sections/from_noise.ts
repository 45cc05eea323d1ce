/** Samples from nothing but noise. */
import { z } from "zod";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure } from "../drawing/sheet.ts";
import { openStudio, seedsFrom, strided } from "../drawing/studio.ts";
import { count, prompt, sampler, seed, stride, textModel } from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";

/** Samples from nothing but noise. */
export const fromNoise = defineSection({
  id: "from-noise",
  title: "Sampling from noise",
  summary: "Without an image to start from, the same steps find one.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "Nothing in the loop requires an image to start from. At the last timestep hardly anything of it " +
        "is left, $\\sqrt{\\bar\\alpha_{990}} \\approx 0.01$, so we can start from standard normal noise " +
        "instead: what the steps find in it is a sample from the distribution that the network has " +
        "learned.",
    },
    {
      kind: "paragraph",
      text: "Each seed is another sample. What the prompt leaves open is decided by the noise, and without " +
        "guidance the prompt itself counts for little: shapes are loose, and of a vague prompt such as " +
        '"a high quality photo" they need not depict anything that has a name.',
    },
  ],
  parameters: z.object({
    prompt: prompt("a photo of a butterfly"),
    count: count(5),
    stride: stride(),
    seed: seed(),
    sampler: sampler(),
    model: textModel(),
  }),
  quick: { stride: 90 },
  async *run(parameters, context) {
    const { prompt, count, stride, seed, sampler } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const timesteps = strided(studio.schedule, stride);
    const seeds = seedsFrom(seed, count);
    const progress = new Progress(timesteps.length);
    const options = studio.fromNoise(seeds, { timesteps, sampler });
    const drawn = yield* studio.draw(await studio.text([prompt]), options, { slot: prompt, progress });
    const generations = await Promise.all(
      seeds.map((seed) => studio.generation({ prompts: [prompt], timesteps, seed, guidance: 1, sampler })),
    );
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "samples",
        caption: `Samples of ${quoted(prompt)} from noise alone, without guidance.`,
        alt: `${count} samples of ${quoted(prompt)}.`,
        columns: seeds.map((seed) => `seed ${seed}`),
        pictures: [picturesOf(drawn)],
        origin: (_, column) => ({ slots: [prompt], index: column }),
        generation: (_, column) => generations[column],
        parameters,
      }),
    };
  },
});
