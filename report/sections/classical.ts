/** Denoising by blurring. */
import { z } from "zod";
import { bestBlur } from "../drawing/best_blur.ts";
import { decibelsIn } from "../claims.ts";
import { decibels } from "../drawing/likeness.ts";
import { noisyPictures } from "../drawing/noisy_pictures.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { image, noiseLevels, seed, textModel } from "../fields.ts";
import { defineSection } from "../section.ts";

/** Denoising by blurring. */
export const classical = defineSection({
  id: "classical",
  title: "Classical denoising",
  summary: "A Gaussian blur removes noise, and the image with it.",
  blocks: [
    {
      kind: "paragraph",
      text: "Noise is independent from pixel to pixel while neighbouring pixels of an image are alike, so " +
        "averaging over a neighbourhood removes more noise than image. A Gaussian blur weights " +
        "neighbours by their distance $r$,",
    },
    { kind: "formula", tex: "G_\\sigma(r) \\propto e^{-r^2 / 2 \\sigma^2}." },
    {
      kind: "paragraph",
      text: "For each noise level we search for the standard deviation $\\sigma$ that brings the result " +
        "closest to the original in mean squared error; below each image is its peak signal-to-noise " +
        "ratio. This is the best a blur could do, because a real denoiser does not know the original. " +
        "Edges disappear along with the noise, and nothing brings them back.",
    },
  ],
  parameters: z.object({
    image: image("campanile"),
    timesteps: noiseLevels(),
    seed: seed(),
    model: textModel(),
  }),
  quick: {},
  claims: [
    {
      text: "The best blur removes more noise than image.",
      holds: (figure) => {
        const noisy = decibelsIn(figure("blurred"), 0);
        return decibelsIn(figure("blurred"), 1).every((ratio, i) => ratio > noisy[i]);
      },
    },
  ],
  async *run(parameters, context) {
    const { timesteps } = parameters;
    const { picture, noisy } = await noisyPictures(parameters, context);
    const blurred = noisy.map((x) => bestBlur(x, picture));
    const found = blurred.map(({ sigma, kernel }) => `σ = ${sigma.toFixed(2)}, kernel ${kernel}`);
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "blurred",
        caption: "The noisy pictures, and each by the best Gaussian blur: " +
          timesteps.map((t, i) => `$t = ${t}$: ${found[i]}`).join("; ") + ".",
        alt: `Noisy pictures at timesteps ${
          timesteps.join(", ")
        }, and below them blurred ones without much of the noise.`,
        rows: ["noisy", "blurred"],
        columns: timesteps.map((t) => `t = ${t}`),
        pictures: [noisy, blurred.map((blur) => blur.picture)],
        labels: [
          noisy.map((x) => decibels(x, picture)),
          blurred.map((blur, i) => `${found[i]}: ${decibels(blur.picture, picture)}`),
        ],
        parameters,
      }),
    };
  },
});
