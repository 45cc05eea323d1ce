/** Pictures that are something else from afar. */
import { z } from "zod";
import { hybrid } from "../../lib/effects/hybrid.ts";
import { frequencies } from "../../lib/effects/parts/mod.ts";
import { composedFigures } from "../drawing/composed.ts";
import { openStudio } from "../drawing/studio.ts";
import { cascadeFields, decimal, list, prompt, whole } from "../fields.ts";
import { defineSection } from "../section.ts";

/** Pictures that are something else from afar. */
export const hybrids = defineSection({
  id: "hybrids",
  title: "Hybrid images",
  summary: "From afar one thing, from near another.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "The eye sees coarse shapes from afar and details from near. A hybrid picture (Oliva et al. 2006) has the " +
        "coarse shapes of one thing and the details of another. Here both come from one network (Geng et al. 2024, Factorized Diffusion): of the noise " +
        "estimate under one prompt the low frequencies are taken, of that under the other the high ones,",
    },
    {
      kind: "formula",
      tex:
        "\\epsilon = G_\\sigma\\,\\epsilon_\\theta(x_t, t, c_1) + (I - G_\\sigma)\\,\\epsilon_\\theta(x_t, t, c_2).",
    },
    {
      kind: "paragraph",
      text:
        "$G_\\sigma$ is a Gaussian blur, of kernel 33 and $\\sigma = 2$ at 64 pixels and in proportion at other sizes. The two " +
        "parts add up to the identity, so that the estimate is one of a whole picture.",
    },
    {
      kind: "paragraph",
      text:
        "As with anagrams, both things have to fit one picture: details are drawn along coarse shapes. The report's three " +
        "pairs ask for more than the model that ships can do; they stand first, and three of things with one outline after them.",
    },
  ],
  parameters: z.object({
    pairs: list(
      z.object({
        far: prompt("a lithograph of a skull", { label: "From afar" }),
        near: prompt("a lithograph of waterfalls", { label: "From near" }),
      }),
      [
        { far: "a lithograph of a skull", near: "a lithograph of waterfalls" },
        { far: "a photo of an easter island moai", near: "a photo of a forest" },
        { far: "a photo of a dog", near: "a photo of a starry sky" },
        { far: "an oil painting of a man", near: "an oil painting of a hamburger" },
        { far: "an oil painting of a cat", near: "an oil painting of a crown" },
        { far: "an oil painting of a fox", near: "an oil painting of a heart" },
      ],
      {
        label: "Pairs",
        help: "What the picture shows from afar, its low frequencies, and from near, its high ones.",
      },
      { max: 8 },
    ),
    kernel: whole({
      min: 1,
      max: 63,
      value: 33,
      label: "Kernel",
      help: "The blur's width at 64 pixels.",
    }),
    sigma: decimal({
      min: 0.2,
      max: 10,
      value: 2,
      label: "Sigma",
      help: "The blur's standard deviation at 64 pixels: a larger one leaves more to what is seen from near.",
    }),
    ...cascadeFields(),
  }),
  quick: { steps: 10, upscaleSteps: 5 },
  async *run(parameters, context) {
    const { pairs, kernel, sigma } = parameters;
    const [far, near] = [pairs.map(({ far }) => far), pairs.map(({ near }) => near)];
    const studio = await openStudio(parameters, [...far, ...near], context);
    const [low, high] = frequencies({ kernel, sigma });
    const seen = pairs.map(({ far, near }) => `"${near}" from near and "${far}" from afar`).join("; ");
    yield* composedFigures(studio, {
      ...parameters,
      compose: async (guided) =>
        hybrid([
          { part: low, denoiser: await guided(far) },
          { part: high, denoiser: await guided(near) },
        ]),
      seen: low,
      slot: "hybrids",
      rows: pairs.map(({ far, near }) => `${near} / ${far}`),
      columns: ["near", "from afar"],
      parameters,
      words: [
        {
          caption: "Each row is one picture: as it is, and blurred, as it is seen from afar.",
          alt: `Pictures of two things: ${seen}.`,
        },
        {
          caption:
            "The same, enlarged by the second stage, whose estimates are split as well. Step back, and they change.",
          alt: `Large pictures of two things: ${seen}.`,
        },
      ],
    });
  },
});
