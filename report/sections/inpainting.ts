/** Parts of pictures, drawn anew. */
import { z } from "zod";
import { compositeByMask, keepOriginal, renoiseOriginal, repaint } from "../../lib/effects/mod.ts";
import { concat, full, map } from "../../lib/tensor.ts";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure } from "../drawing/sheet.ts";
import { openStudio, strided } from "../drawing/studio.ts";
import {
  choice,
  image,
  list,
  mask,
  prompt,
  sampler,
  seed,
  stride,
  textGuidance,
  textModel,
} from "../fields.ts";
import { titleOfImage } from "../report_images.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";
import { REPAINT_JUMPS } from "../work.ts";

/** Parts of pictures, drawn anew. */
export const inpainting = defineSection({
  id: "inpainting",
  title: "Inpainting",
  summary: "Filling a hole in an image with something that fits.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "A mask $m$ is 1 where the image is to be regenerated. The loop starts at the last timestep, where " +
        "hardly anything of the image is left, and after each step everything outside the mask is reset to the original $x_0$, noised to the level of " +
        "that step (Lugmayr et al. 2022, RePaint, eq. 8),",
    },
    {
      kind: "formula",
      tex:
        "x_t \\leftarrow m\\,x_t + (1 - m)\\,\\bigl(\\sqrt{\\bar\\alpha_t}\\,x_0 + \\sqrt{1 - \\bar\\alpha_t}\\,\\epsilon\\bigr).",
    },
    {
      kind: "paragraph",
      text: "The network sees an image that is equally noisy everywhere. But what is in the hole was " +
        "denoised before the surroundings were replaced, and need not agree with the new ones. RePaint " +
        "therefore resamples: it goes some steps back, by noising the whole image again, and forth, " +
        "several times over, so that hole and surroundings come to agree. This costs as many more " +
        "passes. DeepFloyd IF's own rule keeps the surroundings clean instead. With any of them, the " +
        "original is restored after the last step, so that not a bit outside the mask changes.",
    },
  ],
  parameters: z.object({
    scenes: list(
      z.object({ image: image("campanile"), mask: mask("mask-campanile") }),
      [
        { image: "campanile", mask: "mask-campanile" },
        { image: "cat", mask: "mask-cat" },
        { image: "latte", mask: "mask-latte" },
      ],
      { label: "Scenes", help: "Images, and the mask for each." },
      { max: 6 },
    ),
    prompt: prompt("a photo of a fox"),
    rule: choice(["renoise-original", "repaint", "keep-original"], "renoise-original", {
      label: "Outside of the mask",
      help: "What keeps the rest in place: the original noised to the level of each step, the same with " +
        `resampling (each step ${REPAINT_JUMPS} times), or the clean original as in DeepFloyd IF.`,
    }),
    stride: stride(),
    guidance: textGuidance(),
    seed: seed(),
    sampler: sampler(),
    model: textModel(),
  }),
  start: { scenes: [{ image: "cat", mask: "mask-cat" }] },
  quick: { stride: 90 },
  async *run(parameters, context) {
    const { scenes, prompt, rule, stride, guidance, seed } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const pictures = await Promise.all(scenes.map(({ image }) => studio.picture(image)));
    const masks = await Promise.all(
      scenes.map(({ image, mask }, i) => studio.mask(mask, image, `scenes[${i}].mask`)),
    );
    const [original, where] = [concat(pictures), concat(masks)];
    const timesteps = strided(studio.schedule, stride);
    const seeds = scenes.map(() => seed);
    const options = studio.fromPictures(original, seeds, timesteps, parameters.sampler);
    const constrain = rule === "keep-original"
      ? keepOriginal(original, where)
      : renoiseOriginal(original, where, studio.schedule);
    const progress = new Progress(timesteps.length);
    const denoiser = await studio.guided([prompt], guidance);
    const sampler = rule === "repaint" ? repaint(options.sampler, constrain, REPAINT_JUMPS) : options.sampler;
    const drawn = yield* studio.draw(denoiser, { ...options, sampler, constrain }, {
      slot: prompt,
      progress,
    });
    const holes = compositeByMask(where, full(original.shape, 0), original);
    const shown = masks.map((mask) => concat(Array(3).fill(map(mask, (value) => 2 * value - 1)), 1));
    const [gaps, results] = [picturesOf(holes), picturesOf(drawn)];
    const generations = await Promise.all(scenes.map((scene) =>
      studio.generation({
        ...{ ...scene, prompts: [prompt], rule, strength: 1, timesteps, guidance, seed },
        ...(rule === "repaint" && { jumps: REPAINT_JUMPS }),
        sampler: parameters.sampler,
      })
    ));
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "inpainted",
        caption:
          `Pictures, their masks, white where they are painted anew, what is left of them, and what the network puts there under ${
            quoted(prompt)
          }. Outside of ` +
          "the mask the result is the original, to the last bit.",
        alt: `${
          scenes.map(({ image }) => titleOfImage(image)).join(", ")
        }: each with a hole, and with the hole filled.`,
        rows: scenes.map(({ image }) => titleOfImage(image)),
        columns: ["picture", "mask", "hole", "result"],
        pictures: pictures.map((picture, n) => [picture, shown[n], gaps[n], results[n]]),
        origin: (row, column) => column === 3 ? { slots: [prompt], index: row } : undefined,
        generation: (row, column) => column === 3 ? generations[row] : undefined,
        parameters,
      }),
    };
  },
});
