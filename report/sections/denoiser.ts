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
import { trainLive } from "../training/live.ts";
import { liveTraining } from "../training/live_fields.ts";
import { recordFigures } from "../training/records.ts";
import { trainingStart } from "../training/start.ts";

/** The one-step denoiser for digits. */
export const denoiser = defineSection({
  id: "denoiser",
  title: "A one-step denoiser",
  summary: "A network that has learned one thing: to see the digit behind noise of one strength.",
  blocks: [
    {
      kind: "paragraph",
      text: "The simplest network to train on noise is a denoiser: given $z = x + \\sigma\\,\\epsilon$, " +
        "predict the digit $x$ in a single step, with the loss",
    },
    {
      kind: "formula",
      tex:
        "L(\\theta) = \\mathbb E_{x, \\epsilon}\\,\\bigl\\lVert D_\\theta(x + \\sigma\\,\\epsilon) - x \\bigr\\rVert^2, \\qquad \\sigma = 0.5.",
    },
    {
      kind: "paragraph",
      text: "The best possible prediction is the mean of all digits that could be behind the noise, " +
        "$\\mathbb E[x \\mid z]$. It is a good one as long as little is in doubt. The network knows only " +
        "one $\\sigma$. Where the noise is weaker, it still looks for as much of it as it was trained " +
        "on; where it is stronger, it takes some of the noise for strokes and draws what is not there.",
    },
  ],
  parameters: z.object({
    sigmas: list(
      decimal({ min: 0, max: 4, value: 0.5, label: "Sigma", help: "Standard deviation of the noise." }),
      [0, 0.2, 0.4, 0.5, 0.6, 0.8, 1],
      {
        label: "Noise levels",
        help: "Standard deviations of the noise; the network was trained on 0.5.",
      },
    ),
    digits: whole({
      min: 1,
      max: 20,
      value: 5,
      label: "Digits",
      help: "Number of digits from the test set.",
    }),
    seed: seed(0),
    model: model("mnist-denoiser", "mnist-denoiser"),
    ...liveTraining(),
  }),
  quick: {},
  start: { from: "checkpoint", ...trainingStart("checkpoint", { sigmas: [0.5] }) },
  async *run(parameters, context) {
    const { sigmas, digits, seed, model: name } = parameters;
    // What is trained now comes first; nothing of what follows depends on it.
    yield* trainLive(mnistDenoiser, parameters, context);
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
        caption: "Digits from the test set with increasing noise: $z = x + \\sigma\\,\\epsilon$.",
        alt: `Handwritten digits disappearing in noise, at standard deviations ${sigmas.join(", ")}.`,
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
          `Digits from the test set, with noise of $\\sigma = ${network.sigma}$, and the output of the network after epoch ${epoch}.`,
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
          `The output of the network for noise it was not trained on ($\\sigma = ${network.sigma}$ was its training level); below, the peak signal-to-noise ` +
          "ratio of the column.",
        alt: `Denoised digits, with noise of standard deviations ${sigmas.join(", ")}.`,
        columns,
        pictures: rows,
        labels: rows.map((_, n) => n === digits - 1 ? quality : []),
        range,
        parameters,
      }),
    };
  },
});
