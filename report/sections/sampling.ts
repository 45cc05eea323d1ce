/** Prompts at several numbers of steps. */
import { z } from "zod";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure } from "../drawing/sheet.ts";
import { generatorsOf, openStudio } from "../drawing/studio.ts";
import {
  list,
  prompt,
  sampler,
  seed,
  steps,
  textGuidance,
  textModel,
  upscale,
  upscaleSteps,
} from "../fields.ts";
import { defineSection, enlargedSlot } from "../section.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** Prompts at several numbers of steps. */
export const sampling = defineSection({
  id: "sampling",
  title: "Sampling from text",
  summary: "Three prompts, sampled in few steps and in many.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "A diffusion model starts from noise and removes it step by step. The model here is a cascade in " +
        "the layout of DeepFloyd IF: a first stage generates a small image from the prompt, and a second " +
        "one upscales it. The number of steps is a choice: the network is trained on all noise levels, " +
        "and a sampler may skip most of them.",
    },
    {
      kind: "paragraph",
      text:
        "With few steps, each has to bridge a large change in noise level, and what it gets wrong stays " +
        "in the image. More steps make smaller errors at proportional cost, and beyond some number the " +
        "gain is small.",
    },
  ],
  parameters: z.object({
    prompts: list(
      prompt(""),
      ["an oil painting of a snowy mountain village", "a man wearing a hat", "a rocket ship"],
      { label: "Prompts", help: "Prompts, one per row." },
      { max: 6 },
    ),
    stepCounts: list(
      steps(20),
      [10, 20, 50],
      { label: "Steps", help: "Numbers of steps, one per column." },
      { max: 6 },
    ),
    seed: seed(),
    guidance: textGuidance(),
    sampler: sampler(),
    model: textModel(),
    upscale: upscale(),
    upscaleSteps: upscaleSteps(),
  }),
  quick: { stepCounts: [5, 10], upscaleSteps: 5 },
  start: { prompts: ["a rocket ship"], stepCounts: [20] },
  async *run(parameters, context) {
    const { prompts, stepCounts, seed, guidance, sampler, upscaleSteps } = parameters;
    const studio = await openStudio(parameters, prompts, context);
    const denoiser = await studio.guided(prompts, guidance);
    const work = stepCounts.reduce((sum, count) => sum + count + studio.enlargingWork(upscaleSteps), 0);
    const progress = new Progress(work);
    const small: Tensor[][] = [];
    const large: Tensor[][] = [];
    for (const numInferenceSteps of stepCounts) {
      const slot = `${numInferenceSteps} steps`;
      // Every picture begins as the same noise, whichever prompts are drawn beside it.
      const seeds = generatorsOf(prompts.map(() => seed));
      const options = studio.fromNoise(seeds, { numInferenceSteps, sampler });
      const drawn = yield* studio.draw(denoiser, options, { slot, progress });
      small.push(picturesOf(drawn));
      const enlarged = yield* studio.enlarge(drawn, {
        compose: async (second) => ({ denoiser: await second.guided(prompts) }),
        seeds,
        steps: upscaleSteps,
        sampler,
        slot,
        progress,
      });
      if (enlarged) large.push(picturesOf(enlarged));
    }
    const columns = stepCounts.map((count) => `${count} steps`);
    const byRow = (pictures: Tensor[][]) => prompts.map((_, row) => pictures.map((column) => column[row]));
    const shown = prompts.map((text) => `"${text}"`).join(", ");
    const common = { rows: prompts, columns, parameters };
    const generations = async (enlarged: boolean) =>
      await Promise.all(
        prompts.map((prompt) =>
          Promise.all(stepCounts.map((steps) =>
            studio.generation({
              ...{ prompts: [prompt], steps, seed, guidance, sampler },
              ...(enlarged && { upscaleSteps }),
            })
          ))
        ),
      );
    const smallGenerations = await generations(false);
    yield {
      type: "figure",
      figure: sheetFigure({
        ...common,
        name: "stage-1",
        caption:
          `The first stage at ${studio.first.spec.size} pixels, with seed ${seed} and guidance ${guidance}: each row ` +
          "begins as the same noise.",
        alt: `Pictures of ${shown}, each in ${stepCounts.join(", ")} steps.`,
        pictures: byRow(small),
        origin: (row, column) => ({ slots: [columns[column]], index: row }),
        generation: (row, column) => smallGenerations[row][column],
      }),
    };
    if (large.length === 0) return;
    const largeGenerations = await generations(true);
    yield {
      type: "figure",
      figure: sheetFigure({
        ...common,
        name: "stage-2",
        caption: `The same images, upscaled to ${studio.enlargedSize} pixels by the second stage.`,
        alt: `Large pictures of ${shown}, each in ${stepCounts.join(", ")} steps.`,
        pictures: byRow(large),
        origin: (row, column) => ({ slots: [columns[column], enlargedSlot(columns[column])], index: row }),
        generation: (row, column) => largeGenerations[row][column],
      }),
    };
  },
});
