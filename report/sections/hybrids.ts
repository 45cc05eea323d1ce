/** Pictures that are something else from afar. */
import { z } from "zod";
import { frequencies, hybrid } from "../../lib/effects/mod.ts";
import { composedFigures } from "../drawing/composed.ts";
import { openStudio } from "../drawing/studio.ts";
import { cascadeFields, decimal, list, prompt, whole } from "../fields.ts";
import { defineSection } from "../section.ts";

/** The usual blur at 64 pixels: the width of its kernel, and its standard deviation. */
const [KERNEL, SIGMA] = [33, 2];

/** Pictures that are something else from afar. */
export const hybrids = defineSection({
  id: "hybrids",
  effect: "hybrid",
  title: "Hybrid images",
  summary: "One thing from a distance, another up close.",
  blocks: [
    {
      kind: "paragraph",
      text: "We see coarse shapes from a distance and details up close. A hybrid image (Oliva et al. 2006) " +
        "combines the coarse shapes of one subject with the details of another. Here, both come from one " +
        "network (Geng et al. 2024, Factorized Diffusion): the low frequencies of the noise estimate " +
        "with one prompt, and the high frequencies of the estimate with the other,",
    },
    {
      kind: "formula",
      tex:
        "\\epsilon = G_\\sigma\\,\\epsilon_\\theta(x_t, t, c_1) + (I - G_\\sigma)\\,\\epsilon_\\theta(x_t, t, c_2).",
    },
    {
      kind: "paragraph",
      text:
        "where $G_\\sigma$ is a Gaussian blur with a kernel of 33 and $\\sigma = 2$ at 64 pixels, scaled " +
        "in proportion at other sizes. The two parts sum to the identity, so the result is the estimate " +
        "of a whole image.",
    },
    {
      kind: "paragraph",
      text: "As with anagrams, both subjects have to fit one image, because details follow coarse shapes. " +
        "Subjects that share an outline work best. The last three pairs, with waterfalls, a forest and a " +
        "starry sky, ask most of a network.",
    },
  ],
  parameters: z.object({
    pairs: list(
      z.object({
        far: prompt("a lithograph of a skull", { label: "From a distance" }),
        near: prompt("a lithograph of waterfalls", { label: "Up close" }),
      }),
      [
        { far: "an oil painting of a cat", near: "an oil painting of a crown" },
        { far: "an oil painting of a fox", near: "an oil painting of a heart" },
        { far: "an oil painting of a man", near: "an oil painting of a hamburger" },
        { far: "a lithograph of a skull", near: "a lithograph of waterfalls" },
        { far: "a photo of an easter island moai", near: "a photo of a forest" },
        { far: "a photo of a dog", near: "a photo of a starry sky" },
      ],
      {
        label: "Pairs",
        help: "What the image shows from a distance (low frequencies), and what it shows up close (high " +
          "frequencies).",
      },
      { max: 8 },
    ),
    kernel: whole({
      min: 1,
      max: 63,
      value: KERNEL,
      label: "Blur width",
      help: "How many pixels the blur reaches over, at 64 pixels: the width of its kernel.",
    }),
    sigma: decimal({
      min: 0.2,
      max: 10,
      value: SIGMA,
      label: "Blur strength",
      help:
        "Standard deviation of the blur, σ, at 64 pixels: the larger, the more is left to the subject seen " +
        "up close.",
    }),
    ...cascadeFields(),
  }),
  start: { pairs: [{ far: "an oil painting of a cat", near: "an oil painting of a crown" }] },
  quick: { steps: 10, upscaleSteps: 5 },
  async *run(parameters, context) {
    const { pairs, kernel, sigma } = parameters;
    const [far, near] = [pairs.map(({ far }) => far), pairs.map(({ near }) => near)];
    const studio = await openStudio(parameters, [...far, ...near], context);
    const [low, high] = frequencies({ kernel, sigma });
    const seen = pairs.map(({ far, near }) => `"${near}" up close and "${far}" from a distance`).join("; ");
    yield* composedFigures(studio, {
      ...parameters,
      compose: async (guided) => ({
        denoiser: hybrid([
          { part: low, denoiser: await guided(far) },
          { part: high, denoiser: await guided(near) },
        ]),
      }),
      seen: [low],
      // As an effect, a hybrid has the usual blur.
      ...(kernel === KERNEL && sigma === SIGMA && {
        generation: (row: number) => ({
          prompts: [near[row]],
          effect: { name: "hybrid", parts: [{ prompt: far[row] }] },
        }),
      }),
      slot: "hybrids",
      rows: pairs.map(({ far, near }) => `${near} / ${far}`),
      columns: ["near", "from afar"],
      parameters,
      words: [
        {
          caption: "Each row shows one image: as it is, and blurred, as it looks from a distance.",
          alt: `Pictures of two things: ${seen}.`,
        },
        {
          caption:
            "The same images, upscaled by the second stage, whose estimates are split as well. Step back, " +
            "and they change.",
          alt: `Large pictures of two things: ${seen}.`,
        },
      ],
    });
  },
});
