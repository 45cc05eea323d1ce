/** Pictures split in other ways than in two frequencies. */
import { z } from "zod";
import { hybrid, type SplitName, splits } from "../../lib/effects/mod.ts";
import { Progress } from "../drawing/progress.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { openStudio } from "../drawing/studio.ts";
import { compositionGuidance, list, prompt, sampler, seed, steps, textModel } from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";

/** What is asked of a split: its field, its name for people, those of its parts. */
const kinds = [
  { field: "bands", split: "frequency-bands", title: "three bands", parts: ["low", "medium", "high"] },
  { field: "colour", split: "colours", title: "colour", parts: ["gray", "colour"] },
  { field: "motion", split: "motion", title: "motion", parts: ["in motion", "the rest"] },
] as const satisfies readonly { field: string; split: SplitName; title: string; parts: readonly string[] }[];

const prompts = (texts: readonly string[], label: string, help: string) => {
  const { length } = texts;
  return list(prompt(""), texts, { label, help }, { min: length, max: length });
};

/** Pictures split in other ways than in two frequencies. */
export const factors = defineSection({
  id: "factors",
  title: "Factors",
  summary: "One image, several subjects: in three frequency bands, in luminance and colour, in motion.",
  blocks: [
    {
      kind: "paragraph",
      text: "Any decomposition of the identity into linear parts makes a hybrid (Geng et al. 2024, " +
        "Factorized Diffusion):",
    },
    {
      kind: "formula",
      tex: "\\epsilon = \\sum_i f_i\\bigl(\\epsilon_\\theta(x_t, t, c_i)\\bigr), \\qquad \\sum_i f_i(x) = x.",
    },
    {
      kind: "paragraph",
      text:
        "Three frequency bands hold three subjects, which appear one after the other as you approach the " +
        "image. The mean over the channels (a greyscale image) and the remainder (the colours) hold two: " +
        "in dim light you see only one of them. So do the mean along a diagonal, which is what motion " +
        "blur leaves, and the rest.",
    },
  ],
  parameters: z.object({
    bands: prompts(
      ["an oil painting of a man", "an oil painting of a hamburger", "an oil painting of a doughnut"],
      "Three bands",
      "What is seen in the low, the medium and the high frequencies.",
    ),
    colour: prompts(
      ["a lithograph of a skull", "a photo of a forest"],
      "Gray and colour",
      "What is seen in black and white, and what in colour.",
    ),
    motion: prompts(
      ["an oil painting of a cat", "an oil painting of a crown"],
      "Motion",
      "What is seen while the picture moves, and what at rest.",
    ),
    steps: steps(30),
    guidance: compositionGuidance(),
    seed: seed(),
    sampler: sampler(),
    model: textModel(),
  }),
  answers: { bands: ["bands"], colour: ["colour"], motion: ["motion"] },
  quick: { steps: 10 },
  async *run(parameters, context) {
    const { steps, guidance, seed, sampler } = parameters;
    const all = kinds.flatMap(({ field }) => parameters[field]);
    const studio = await openStudio(parameters, all, context);
    const progress = new Progress(steps * kinds.length);
    for (const { field, split, title, parts: names } of kinds) {
      const texts = parameters[field];
      const parts = splits[split]();
      const denoiser = hybrid(
        await Promise.all(
          parts.map(async (part, i) => ({ part, denoiser: await studio.guided([texts[i]], guidance) })),
        ),
      );
      const options = studio.fromNoise([seed], { numInferenceSteps: steps, sampler });
      const drawn = yield* studio.draw(denoiser, options, { slot: title, progress });
      const shown = texts.map((text, i) => `${quoted(text)} (${names[i]})`).join(", ");
      yield {
        type: "figure",
        figure: sheetFigure({
          name: field,
          caption: `One picture of ${shown}: as it is, and its parts.`,
          alt: `A picture, and beside it its parts: ${names.join(", ")}.`,
          columns: ["picture", ...names],
          pictures: [[drawn, ...parts.map((part) => part(drawn))]],
          origin: () => ({ slots: [title], index: 0 }),
          parameters,
        }),
      };
    }
  },
});
