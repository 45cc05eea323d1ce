/** The one-step denoiser for digits. */
import { z } from "zod";
import { Generator } from "../../lib/random.ts";
import { combine, type Tensor } from "../../lib/tensor.ts";
import { loadMnist } from "../../recipes/data/mnist.ts";
import { pictures } from "../../recipes/data/pictures_of.ts";
import { mnistDenoiser } from "../../recipes/mnist_denoiser.ts";
import { psnr } from "../drawing/likeness.ts";
import { picturesOf, sheetFigure } from "../drawing/sheet.ts";
import { decimal, list, model, seed, whole } from "../fields.ts";
import { defineSection } from "../section.ts";
import { liveFields, trainLive } from "../training/live.ts";
import { recordFigures } from "../training/records.ts";

/** The one-step denoiser for digits. */
export const denoiser = defineSection({
  id: "denoiser",
  title: "A one-step denoiser",
  summary: "A network that has learned one thing: what digit is behind noise of one strength.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "The simplest network to train on noise is a denoiser: from $z = x + \\sigma\\,\\epsilon$ it is to tell the digit $x$, in one step, and " +
        "is judged by",
    },
    {
      kind: "formula",
      tex:
        "L(\\theta) = \\mathbb E_{x, \\epsilon}\\,\\bigl\\lVert D_\\theta(x + \\sigma\\,\\epsilon) - x \\bigr\\rVert^2, \\qquad \\sigma = 0.5.",
    },
    {
      kind: "paragraph",
      text:
        "The best that it can say is the mean of all digits that could be behind the noise. It is a good guess where little is in doubt. Of noise that is " +
        "weaker than it was trained on it takes away too much, of stronger noise too little: it knows one $\\sigma$.",
    },
  ],
  parameters: z.object({
    sigmas: list(
      decimal({ min: 0, max: 4, value: 0.5, label: "Sigma", help: "A standard deviation of the noise." }),
      [0, 0.2, 0.4, 0.5, 0.6, 0.8, 1],
      {
        label: "Noise levels",
        help: "The standard deviations of the noise; the network was trained on 0.5.",
      },
    ),
    digits: whole({
      min: 1,
      max: 20,
      value: 5,
      label: "Digits",
      help: "How many digits of the test set are shown.",
    }),
    seed: seed(0),
    model: model("mnist-denoiser", "mnist-denoiser"),
    ...liveFields,
  }),
  quick: {},
  async *run(parameters, context) {
    const { sigmas, digits, seed, model: name } = parameters;
    const network = await context.models.digitDenoiser(name);
    const folder = await context.models.folder(name);
    const clean = pictures(await loadMnist("test"), 0, digits);
    const noise = new Generator(seed).randn(clean.shape);
    const noisy = sigmas.map((sigma) => combine(1, clean, sigma, noise));
    const byDigit = (columns: readonly Tensor[]) => {
      const all = columns.map(picturesOf);
      return Array.from({ length: digits }, (_, n) => all.map((column) => column[n]));
    };
    const columns = sigmas.map((sigma) => `σ = ${sigma}`);
    const range = [0, 1] as const;
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "noising",
        caption: "Digits of the test set under noise of rising strength: $z = x + \\sigma\\,\\epsilon$.",
        alt: `Handwritten digits that drown in noise, at standard deviations ${sigmas.join(", ")}.`,
        columns,
        pictures: byDigit(noisy),
        range,
        parameters,
      }),
    };
    yield* recordFigures(folder, {
      name,
      parameters,
      sheet: (epoch) => ({
        caption:
          `Digits of the test set, the same with noise of $\\sigma = ${network.sigma}$, and what the network made of them after epoch ${epoch} of its training.`,
        alt: "Three rows of digits: clean, noisy, and denoised.",
      }),
    });
    const denoised: Tensor[] = [];
    for (const x of noisy) denoised.push(await network.denoise(x, { signal: context.signal }));
    // In [0, 1] the peak is half of what the ratio is made for.
    const quality = denoised.map((x) => `${(psnr(x, clean) - 10 * Math.log10(4)).toFixed(1)} dB`);
    const rows = byDigit(denoised);
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "levels",
        caption:
          `What the network makes of noise that it was not trained on ($\\sigma = ${network.sigma}$ is what it knows); below, the peak signal-to-noise ` +
          "ratio of the column.",
        alt: `Denoised digits at standard deviations ${
          sigmas.join(", ")
        }: good ones about ${network.sigma}, worse ones elsewhere.`,
        columns,
        pictures: rows,
        labels: rows.map((_, n) => n === digits - 1 ? quality : []),
        range,
        parameters,
      }),
    };
    yield* trainLive(mnistDenoiser, parameters, context);
  },
});
