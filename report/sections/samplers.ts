/** The samplers side by side. */
import { z } from "zod";
import { sample, sampleToEnd } from "../../lib/diffusion/mod.ts";
import {
  type SamplerName,
  samplerNames as names,
  samplerRegistrations,
} from "../../lib/diffusion/samplers/mod.ts";
import { Progress } from "../drawing/progress.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { openStudio } from "../drawing/studio.ts";
import { list, prompt, sampler, seed, steps, textGuidance, textModel } from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** The samplers side by side. */
export const samplers = defineSection({
  id: "samplers",
  title: "Samplers",
  summary: "Several paths from the same noise, in 5 to 50 steps.",
  blocks: [
    {
      kind: "paragraph",
      text: "There are several ways to use a noise estimate. DDPM (Ho et al. 2020) takes a step and adds " +
        "fresh noise. DDIM (Song et al. 2021) adds none: given $\\hat x_0$ and $\\epsilon_\\theta$, it " +
        "moves to",
    },
    {
      kind: "formula",
      tex:
        "x_{t'} = \\sqrt{\\bar\\alpha_{t'}}\\,\\hat x_0 + \\sqrt{1 - \\bar\\alpha_{t'}}\\,\\epsilon_\\theta(x_t, t),",
    },
    {
      kind: "paragraph",
      text: "so the same noise always leads to the same image. This is Euler's method for a differential " +
        "equation, which DPM-Solver++ (Lu et al. 2022) solves with a second-order method that reuses the " +
        "previous step: its error falls with the square of the step's length, while that of Euler's " +
        "falls with the length itself. That pays once steps are short enough; with very few of them the " +
        "order says little. Heun's method (Karras et al. 2022) is of second order as well; it evaluates " +
        "the network twice per step, so its row costs twice as much.",
    },
    {
      kind: "paragraph",
      text: "The times are for one image with guidance, two forward passes per step, on the machine that " +
        "made the figure.",
    },
  ],
  parameters: z.object({
    prompt: prompt("a rocket ship"),
    samplers: list(sampler(), names, { label: "Samplers", help: "One per row." }, {
      max: names.length,
    }),
    stepCounts: list(steps(20), [5, 10, 20, 50], {
      label: "Steps",
      help: "Numbers of steps, one per column.",
    }, { max: 6 }),
    seed: seed(),
    guidance: textGuidance(),
    model: textModel(),
  }),
  start: { stepCounts: [5, 10, 20] },
  quick: { stepCounts: [5, 10] },
  async *run(parameters, context) {
    const { prompt, samplers, stepCounts, seed, guidance } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const denoiser = await studio.guided([prompt], guidance);
    const progress = new Progress(samplers.length * stepCounts.reduce((sum, count) => sum + count, 0));
    // The first pass is slower than all others: not to be counted.
    const warm = studio.fromNoise([seed], { timesteps: [0], sampler: "ddim" });
    await sampleToEnd(sample(denoiser, { ...warm, signal: context.signal }));
    const slotOf = (sampler: SamplerName, count: number) =>
      `${samplerRegistrations[sampler].title}, ${count} steps`;
    const rows: Tensor[][] = [];
    const times: string[][] = [];
    for (const sampler of samplers) {
      const [row, labels]: [Tensor[], string[]] = [[], []];
      for (const numInferenceSteps of stepCounts) {
        const options = studio.fromNoise([seed], { numInferenceSteps, sampler });
        const start = performance.now();
        const slot = slotOf(sampler, numInferenceSteps);
        row.push(yield* studio.draw(denoiser, options, { slot, progress }));
        labels.push(`${((performance.now() - start) / 1000).toFixed(2)} s`);
      }
      rows.push(row);
      times.push(labels);
    }
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "samplers",
        caption: `${quoted(prompt)} from the noise of seed ${seed}, with the time that each took.`,
        alt: `Pictures of "${prompt}" by ${
          samplers.map((name) => samplerRegistrations[name].title).join(", ")
        }, in ${stepCounts.join(", ")} steps.`,
        rows: samplers.map((name) => samplerRegistrations[name].title),
        columns: stepCounts.map((count) => `${count} steps`),
        pictures: rows,
        origin: (row, column) => ({ slots: [slotOf(samplers[row], stepCounts[column])], index: 0 }),
        labels: times,
        parameters,
      }),
    };
  },
});
