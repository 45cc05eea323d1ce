/** The samplers side by side. */
import { z } from "zod";
import { type Denoiser, type SampleOptions, schedulerRun } from "../../lib/diffusion/mod.ts";
import {
  type SamplerName,
  samplerNames as names,
  samplerRegistrations,
} from "../../lib/diffusion/samplers/mod.ts";
import { decibels } from "../drawing/likeness.ts";
import { Progress } from "../drawing/progress.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { openStudio } from "../drawing/studio.ts";
import { list, prompt, sampler, seed, steps, textGuidance, textModel } from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";
import type { Tensor } from "../../lib/tensor.ts";

/**
 * Those that are not shown unless asked for: consistency models' are for networks that were distilled for them, Euler's pictures are
 * DDIM's, and three are much like others.
 */
const LEFT_OUT: readonly SamplerName[] = [
  "lcm",
  "tcd",
  "euler",
  "dpm2-ancestral",
  "dpm-sde",
  "dpm-solver++3m-sde",
];

/** As many steps as a number of evaluations is enough for. */
function stepsWithin(name: SamplerName, evaluations: number): number {
  const { evaluations: needed = (steps) => steps } = samplerRegistrations[name];
  let steps = 1;
  while (needed(steps + 1) <= evaluations) steps++;
  return steps;
}

/** A denoiser, and how often it was asked. */
function counted(denoiser: Denoiser): { denoiser: Denoiser; evaluations: number } {
  const counting = {
    evaluations: 0,
    denoiser: (...asked: Parameters<Denoiser>) => {
      counting.evaluations++;
      return denoiser(...asked);
    },
  };
  return counting;
}

/** The samplers side by side. */
export const samplers = defineSection({
  id: "samplers",
  title: "Samplers",
  summary: "Many paths from the same noise, at equal cost: 5, 10 and 20 evaluations of the network.",
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
        "equation, the probability flow, of which the picture at the end is the exact solution once steps are " +
        "short enough: the first row, of many steps. The methods without fresh noise approach it, each at its pace.",
    },
    {
      kind: "paragraph",
      text:
        "Methods of second order take the slope of the estimate into account. Heun's (Karras et al. 2022) and " +
        "DPM2 ask the network again within the step; multistep methods reuse what it said before: LMS, PNDM (Liu et " +
        "al. 2022), DEIS (Zhang & Chen 2022), DPM-Solver++ (Lu et al. 2022), and UniPC (Zhao et al. 2023), which " +
        "corrects each step by the next estimate as well. The solvers that go straight in $\\sigma / \\alpha$, such as " +
        "Heun's and DPM2, are made for noise levels spaced by it; evenly spaced timesteps, as here, begin with a step " +
        "that is far too long for them. An evaluation that is asked again costs as much as a step, " +
        "so that columns are equal numbers of evaluations, not of steps.",
    },
    {
      kind: "paragraph",
      text:
        "Below each picture is how often the network was asked, and how close the picture is to the first row's: " +
        "the peak signal-to-noise ratio, more decibels being closer. Ancestral and SDE methods add noise, and lead to " +
        "other pictures by design: their numbers say that they are others, not that they are worse. Every evaluation " +
        "is two forward passes, with guidance.",
    },
  ],
  parameters: z.object({
    prompt: prompt("a rocket ship"),
    samplers: list(sampler(), names.filter((name) => !LEFT_OUT.includes(name)), {
      label: "Samplers",
      help: "One per row.",
    }, { max: names.length }),
    evaluations: list(steps(20), [5, 10, 20], {
      label: "Evaluations",
      help: "How often the network is asked, one number per column.",
    }, { max: 6 }),
    reference: steps(1000).meta({
      label: "Steps of the reference",
      help: "The steps of DDIM to the picture that the others are compared with.",
    }),
    seed: seed(),
    guidance: textGuidance(),
    model: textModel(),
  }),
  start: { samplers: ["ddpm", "ddim", "dpm-solver++", "unipc"], evaluations: [5, 10], reference: 60 },
  quick: { evaluations: [5, 10], reference: 50 },
  async *run(parameters, context) {
    const { prompt, samplers, evaluations, reference, seed, guidance } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const denoiser = await studio.guided([prompt], guidance);
    const total = samplers.reduce(
      (sum, name) => sum + evaluations.reduce((steps, most) => steps + stepsWithin(name, most), 0),
      reference,
    );
    const progress = new Progress(total);
    const slotOf = (sampler: SamplerName, most: number) =>
      `${samplerRegistrations[sampler].title}, ${most} evaluations`;
    const first = `${reference} steps`;
    // All begin at the noisiest timestep, whatever the scheduler's spacing.
    const scheduler = { ...studio.first.scheduler, spacing: "trailing" } as const;
    const optionsOf = (sampler: SamplerName, steps: number): SampleOptions => {
      const { startDeviation: _, ...run } = schedulerRun(scheduler, { steps, sampler });
      // The noise of the steps goes on where the start's ended, in every run.
      const { start, noise } = studio.fromNoise([seed], { numInferenceSteps: 1, sampler: "ddim" });
      return { ...run, start, noise };
    };
    const target = yield* studio.draw(
      denoiser,
      optionsOf("ddim", reference),
      { slot: first, progress },
    );
    const rows: (Tensor | undefined)[][] = [[target, ...evaluations.slice(1).map(() => undefined)]];
    const labels: string[][] = [[`${reference} evaluations`]];
    for (const sampler of samplers) {
      const [row, said]: [Tensor[], string[]] = [[], []];
      for (const most of evaluations) {
        const options = optionsOf(sampler, stepsWithin(sampler, most));
        const counting = counted(denoiser);
        const drawn = yield* studio.draw(counting.denoiser, options, {
          slot: slotOf(sampler, most),
          progress,
        });
        row.push(drawn);
        said.push(`${counting.evaluations}: ${decibels(drawn, target)}`);
      }
      rows.push(row);
      labels.push(said);
    }
    const titles = samplers.map((name) => samplerRegistrations[name].title);
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "samplers",
        caption:
          `${quoted(prompt)} from the noise of seed ${seed}, within ${
            evaluations.join(", ")
          } evaluations; below ` +
          `each picture their number, and how close it is to the first, of ${reference} steps of DDIM.`,
        alt: `Pictures of "${prompt}" by ${titles.join(", ")}, within ${evaluations.join(", ")} evaluations.`,
        rows: [`DDIM, ${first}`, ...titles],
        columns: evaluations.map((most) => `${most} evaluations`),
        pictures: rows,
        origin: (row, column) => ({
          slots: [row === 0 ? first : slotOf(samplers[row - 1], evaluations[column])],
          index: 0,
        }),
        labels,
        parameters,
      }),
    };
  },
});
