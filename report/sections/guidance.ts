/** Classifier-free guidance. */
import { z } from "zod";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure } from "../drawing/sheet.ts";
import { openStudio, seedsFrom, strided } from "../drawing/studio.ts";
import {
  count,
  guidance as guidanceField,
  list,
  prompt,
  sampler,
  seed,
  stride,
  textModel,
} from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";
import type { GenerationOptions } from "../../lib/generation/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** Classifier-free guidance. */
export const guidance = defineSection({
  id: "guidance",
  title: "Classifier-free guidance",
  summary: "Going further in the direction of the prompt.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "The network is evaluated twice: with the prompt $c$, and with the empty prompt. The difference " +
        "of the two estimates is the direction in which the prompt points, and guidance goes further " +
        "that way,",
    },
    {
      kind: "formula",
      tex: "\\epsilon = \\epsilon_\\varnothing + \\gamma\\,(\\epsilon_c - \\epsilon_\\varnothing)",
    },
    {
      kind: "paragraph",
      text: "(Ho and Salimans 2022, whose $w$ is counted from the conditional prediction: $\\gamma = 1 + " +
        "w$). Here $\\epsilon_c = \\epsilon_\\theta(x_t, t, c)$ and $\\epsilon_\\varnothing = " +
        "\\epsilon_\\theta(x_t, t, \\varnothing)$. At $\\gamma = 0$ the prompt is ignored, at $\\gamma = " +
        "1$ the prediction is the conditional one, and above that the prompt is amplified: variety is " +
        "given up for what the prompt says, and colours become harsher. The clean image that a guided " +
        "estimate implies is no longer a posterior mean.",
    },
  ],
  parameters: z.object({
    scaled: prompt("a rocket ship", {
      label: "Prompt for the scales",
      help: "What to generate at several scales, from one seed.",
    }),
    scales: list(guidanceField(7), [0, 1, 3, 7, 15], {
      label: "Scales",
      help: "Guidance scales, one per column; 0 is unconditional, 1 is the plain conditional prediction.",
    }),
    prompt: prompt("a photo of a butterfly", {
      label: "Prompt for the samples",
      help: "What to generate at one scale, from several seeds.",
    }),
    count: count(5),
    guidance: guidanceField(3),
    stride: stride(),
    seed: seed(),
    sampler: sampler(),
    model: textModel(),
  }),
  start: { count: 3, scales: [0, 1, 3, 7] },
  answers: { scales: ["scaled", "scales"], samples: ["prompt", "count", "guidance"] },
  quick: { stride: 90 },
  async *run(parameters, context) {
    const { prompt, count, guidance, scaled, scales, stride, seed, sampler } = parameters;
    const studio = await openStudio(parameters, [prompt, scaled], context);
    const timesteps = strided(studio.schedule, stride);
    const seeds = seedsFrom(seed, count);
    const progress = new Progress(timesteps.length * (1 + scales.length));
    const drawn = yield* studio.draw(
      await studio.guided([prompt], guidance),
      studio.fromNoise(seeds, { timesteps, sampler }),
      { slot: prompt, progress },
    );
    const generationsOf = (choices: readonly Pick<GenerationOptions, "prompts" | "seed" | "guidance">[]) =>
      Promise.all(choices.map((own) => studio.generation({ ...own, timesteps, sampler })));
    const samples = await generationsOf(seeds.map((seed) => ({ prompts: [prompt], seed, guidance })));
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "samples",
        caption: `Samples of ${
          quoted(prompt)
        } with guidance ${guidance}, from the same noise as those without.`,
        alt: `${count} images, sampled with guidance.`,
        columns: seeds.map((seed) => `seed ${seed}`),
        pictures: [picturesOf(drawn)],
        origin: (_, column) => ({ slots: [prompt], index: column }),
        generation: (_, column) => samples[column],
        parameters,
      }),
    };
    const row: Tensor[] = [];
    const slotOf = (scale: number) => `guidance ${scale}`;
    for (const scale of scales) {
      const options = studio.fromNoise([seed], { timesteps, sampler });
      const slot = slotOf(scale);
      row.push(yield* studio.draw(await studio.guided([scaled], scale), options, { slot, progress }));
    }
    const scaledOnes = await generationsOf(
      scales.map((guidance) => ({ prompts: [scaled], seed, guidance })),
    );
    const names = scales.map((scale) =>
      scale === 0 ? "γ = 0, no text" : scale === 1 ? "γ = 1, the text" : `γ = ${scale}`
    );
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "scales",
        caption: `${quoted(scaled)} from the noise of seed ${seed}, at increasing guidance scales.`,
        alt: `Pictures of "${scaled}" at guidance scales ${scales.join(", ")}.`,
        columns: names,
        pictures: [row],
        origin: (_, column) => ({ slots: [slotOf(scales[column])], index: 0 }),
        generation: (_, column) => scaledOnes[column],
        parameters,
      }),
    };
  },
});
