/** From one picture to another. */
import { z } from "zod";
import { slerp } from "../../lib/effects/mod.ts";
import { textDenoiser } from "../../lib/pipelines/mod.ts";
import { concat } from "../../lib/tensor.ts";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure } from "../drawing/sheet.ts";
import { openStudio } from "../drawing/studio.ts";
import { prompt, seed, steps, textGuidance, textModel, whole } from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";

/** From one picture to another. */
export const interpolation = defineSection({
  id: "interpolation",
  title: "Interpolation",
  summary: "Between two noises, and between two prompts, lie images.",
  blocks: [
    {
      kind: "paragraph",
      text: "With a sampler that adds no noise, DDIM, an image is a function of its initial noise and its " +
        "prompt. Between two noise samples we follow a great circle (Shoemake 1985),",
    },
    {
      kind: "formula",
      tex:
        "\\operatorname{slerp}(a, b; u) = \\frac{\\sin((1 - u)\\,\\omega)}{\\sin \\omega}\\,a + \\frac{\\sin(u\\,\\omega)}{\\sin \\omega}\\,b, \\qquad " +
        "\\cos \\omega = \\frac{a \\cdot b}{\\lVert a \\rVert\\,\\lVert b \\rVert}:",
    },
    {
      kind: "paragraph",
      text: "because a straight line would pass through noise of half the variance, which the network has " +
        "never seen. The embeddings of two prompts are interpolated in the same way.",
    },
  ],
  parameters: z.object({
    prompt: prompt("a rocket ship"),
    other: prompt("a lithograph of a skull", {
      label: "Other prompt",
      help: "The prompt at the other end.",
    }),
    seed: seed(),
    otherSeed: seed(181),
    frames: whole({
      min: 3,
      max: 12,
      value: 7,
      label: "Pictures",
      help: "Number of images, both ends included.",
    }),
    steps: steps(30),
    guidance: textGuidance(),
    model: textModel(),
  }),
  answers: { texts: ["other"], seeds: ["otherSeed"] },
  quick: { steps: 10, frames: 5 },
  async *run(parameters, context) {
    const { prompt, other, seed, otherSeed, frames, steps, guidance } = parameters;
    const studio = await openStudio(parameters, [prompt, other], context);
    const [betweenSeeds, betweenTexts] = ["between two seeds", "between two texts"];
    const parts = Array.from({ length: frames }, (_, i) => i / (frames - 1));
    const columns = parts.map((part) => part.toFixed(2));
    const progress = new Progress(2 * steps);
    const options = studio.fromNoise(parts.map(() => seed), { numInferenceSteps: steps, sampler: "ddim" });

    const [a, b] = [seed, otherSeed].map((seed) =>
      studio.fromNoise([seed], { numInferenceSteps: steps, sampler: "ddim" }).start
    );
    const start = concat(parts.map((part) => slerp(a, b, part)));
    const noises = yield* studio.draw(await studio.guided([prompt], guidance), { ...options, start }, {
      slot: betweenSeeds,
      progress,
    });
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "seeds",
        caption: `${quoted(prompt)} from noise between that of seed ${seed} and that of seed ${otherSeed}.`,
        alt: `A picture of "${prompt}" that becomes another one.`,
        columns,
        pictures: [picturesOf(noises)],
        origin: (_, column) => ({ slots: [betweenSeeds], index: column }),
        parameters,
      }),
    };

    const [from, to] = [await studio.embeddings([prompt]), await studio.embeddings([other])];
    const between = await textDenoiser(studio.first, concat(parts.map((part) => slerp(from, to, part))));
    const denoiser = await studio.guidedBy(() => between, guidance);
    const texts = yield* studio.draw(denoiser, options, { slot: betweenTexts, progress });
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "texts",
        caption: `From ${quoted(prompt)} to ${quoted(other)}, with the noise of seed ${seed} throughout.`,
        alt: `A picture of "${prompt}" that becomes one of "${other}".`,
        columns,
        pictures: [picturesOf(texts)],
        origin: (_, column) => ({ slots: [betweenTexts], index: column }),
        parameters,
      }),
    };
  },
});
