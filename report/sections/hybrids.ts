/** Pictures that are something else from afar. */
import { z } from "zod";
import { hybrid } from "../../lib/effects/hybrid.ts";
import { frequencies } from "../../lib/effects/parts/mod.ts";
import { Progress } from "../drawing/progress.ts";
import { picturesOf, sheetFigure } from "../drawing/sheet.ts";
import { FAITHFUL_NOISE_LEVEL, openStudio } from "../drawing/studio.ts";
import {
  decimal,
  list,
  prompt,
  sampler,
  seed,
  steps,
  textGuidance,
  textModel,
  upscaler,
  upscaleSteps,
  whole,
} from "../fields.ts";
import { defineSection } from "../section.ts";
import type { Tensor } from "../../lib/tensor.ts";

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
      ],
      {
        label: "Pairs",
        help: "What the picture shows from afar, its low frequencies, and from near, its high ones.",
      },
      { max: 6 },
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
    steps: steps(30),
    guidance: textGuidance(),
    seed: seed(),
    sampler: sampler(),
    model: textModel(),
    upscaler: upscaler(),
    upscaleSteps: upscaleSteps(),
  }),
  quick: { steps: 10, upscaleSteps: 5 },
  async *run(parameters, context) {
    const { pairs, kernel, sigma, steps, guidance, seed, sampler, upscaleSteps } = parameters;
    const [far, near] = [pairs.map(({ far }) => far), pairs.map(({ near }) => near)];
    const studio = await openStudio(parameters, [...far, ...near], context);
    const [low, high] = frequencies({ kernel, sigma });
    const denoiser = hybrid([
      { part: low, denoiser: await studio.guided(far, guidance) },
      { part: high, denoiser: await studio.guided(near, guidance) },
    ]);
    const seeds = pairs.map(() => seed);
    const progress = new Progress(steps + studio.enlargingWork(upscaleSteps));
    const options = studio.fromNoise(seeds, { numInferenceSteps: steps, sampler });
    const small = yield* studio.draw(denoiser, options, { slot: "hybrids", progress });
    const large = yield* studio.enlarge(small, {
      denoiser: async (stage) =>
        hybrid([
          { part: low, denoiser: await stage.guided(far) },
          { part: high, denoiser: await stage.guided(near) },
        ]),
      seeds,
      steps: upscaleSteps,
      sampler,
      noiseLevel: FAITHFUL_NOISE_LEVEL,
      slot: "hybrids",
      progress,
    });
    const both = (x: Tensor) => {
      const [clear, blurred] = [picturesOf(x), picturesOf(low(x))];
      return pairs.map((_, n) => [clear[n], blurred[n]]);
    };
    const seen = pairs.map(({ far, near }) => `"${near}" from near and "${far}" from afar`).join("; ");
    const sheet = {
      rows: pairs.map(({ far, near }) => `${near} / ${far}`),
      columns: ["near", "from afar"],
      parameters,
    };
    yield {
      type: "figure",
      figure: sheetFigure({
        ...sheet,
        name: "stage-1",
        caption: "Each row is one picture: as it is, and blurred, as it is seen from afar.",
        alt: `Pictures of two things: ${seen}.`,
        pictures: both(small),
      }),
    };
    if (!large) return;
    yield {
      type: "figure",
      figure: sheetFigure({
        ...sheet,
        name: "stage-2",
        caption:
          "The same, enlarged by the second stage, whose estimates are split as well. Step back, and they change.",
        alt: `Large pictures of two things: ${seen}.`,
        pictures: both(large),
      }),
    };
  },
});
