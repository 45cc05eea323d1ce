/** How a text enters: its tokens, and where the network looks at each word. */
import { z } from "zod";
import { conditioned, guidance as guidanceBy } from "../../lib/effects/mod.ts";
import { meanAttention } from "../../lib/models/mod.ts";
import { combine, reshape, scale, slice, type Tensor } from "../../lib/tensor.ts";
import { highlight, lightScale } from "../drawing/heat.ts";
import { Progress } from "../drawing/progress.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { openStudio } from "../drawing/studio.ts";
import { wordsOf } from "../drawing/words.ts";
import { compositionGuidance, prompt, sampler, seed, steps, textModel } from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection, type SectionEvent } from "../section.ts";

/** The stretches of steps that are shown. */
const STRETCHES = ["first third", "second third", "last third"];

/** How a text enters. */
export const attention = defineSection({
  id: "attention",
  title: "How a text enters",
  summary: "A prompt becomes tokens, the tokens become vectors, and every pixel looks them up.",
  blocks: [
    {
      kind: "paragraph",
      text: "A tokenizer cuts a prompt into pieces that it has a number for: common words are one piece, " +
        "rare ones several. A text encoder, T5 in IF, turns the numbers into vectors, one for each piece, " +
        "in which the other words have left their mark. The UNet reads them by attention: in each " +
        "attention layer a pixel asks with a query $q$, each text vector answers with a key $k_i$ and a " +
        "value, and the pixel takes the values' mean by the weights",
    },
    {
      kind: "formula",
      tex: "a_i = \\frac{\\exp(q \\cdot k_i / \\sqrt d)}{\\sum_j \\exp(q \\cdot k_j / \\sqrt d)}.",
    },
    {
      kind: "paragraph",
      text: "Averaged over heads, layers and steps, and enlarged to the size of the image, the weights of " +
        "one word are a map of where it was looked up: Tang et al. (2023) call this DAAM. Each image below " +
        "is lit by the map of one word. The scale below is the same for all of them, from no attention to the most that " +
        "any word gets at any pixel: a word that is hardly looked up stays dark. The number says how much of all " +
        "attention the word got.",
    },
    {
      kind: "paragraph",
      text: "In Stable Diffusion, for which DAAM was made, text and image have attention layers of their " +
        "own, and the weights of a text sum to 1. In IF the keys of the text are joined with those of the " +
        "image, and the sum in the denominator is over both: a pixel shares its attention between words " +
        "and other pixels. What the text gets of it is written beside each estimate. All positions of a " +
        "text count, those behind its end as well, which are filled with padding: much of the text's share " +
        "may go to these, where the network keeps what belongs to no single word. The maps say where a " +
        "word is read, and not what it does there.",
    },
  ],
  parameters: z.object({
    prompt: prompt("a photo of a red apple"),
    steps: steps(24),
    guidance: compositionGuidance(),
    seed: seed(),
    sampler: sampler(),
    model: textModel(),
  }),
  quick: { steps: 6 },
  async *run(parameters, context) {
    const { prompt, steps, guidance, seed, sampler, model } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const tokens = await (await context.models.textToImage(model)).tokenize(prompt);
    const words = wordsOf(tokens.slice(0, -1));
    const observer = await context.models.textAttention(model);
    const text = await studio.embeddings([prompt]);
    const [condition] = await studio.first.prepare([{ text: reshape(text, text.shape.slice(1)) }]);
    const denoiser = await guidanceBy(
      () => conditioned(studio.first, condition),
      () => studio.text([""]),
      guidance,
    );
    const progress = new Progress(2 * steps);
    const states: { readonly x: Tensor; readonly t: number; readonly x0: Tensor }[] = [];
    const options = studio.fromNoise([seed], { numInferenceSteps: steps, sampler });
    let x = options.start;
    yield* studio.draw(denoiser, options, {
      slot: prompt,
      progress,
      onStep: (step) => {
        // What the network has seen at t, and made of it.
        states.push({ x, t: step.t, x0: step.x0 });
        x = step.x;
      },
    });
    const size = studio.first.spec.size;
    const sums: (Tensor | undefined)[] = STRETCHES.map(() => undefined);
    for (const [i, state] of states.entries()) {
      context.signal.throwIfAborted();
      const maps = meanAttention(await observer.at(state, state.t, condition, context.signal), size);
      const stretch = Math.floor(i * STRETCHES.length / states.length);
      const sum = sums[stretch];
      sums[stretch] = sum ? combine(1, sum, 1, maps) : maps;
      yield progress.advance("where it looks");
      yield point(i + 1, shareOf(maps));
    }
    const stretches = STRETCHES.map((label, i) => {
      const last = Math.ceil((i + 1) * states.length / STRETCHES.length) - 1;
      const first = Math.ceil(i * states.length / STRETCHES.length);
      return { label, sum: sums[i], count: last - first + 1, x0: states[last].x0 };
    }).filter(({ sum }) => sum !== undefined);
    const all = stretches.map(({ sum }) => sum!).reduce((a, b) => combine(1, a, 1, b));
    const rows = [
      ...stretches.map(({ label, sum, count, x0 }) => ({ label, x0, maps: scale(sum!, 1 / count) })),
      { label: "all steps", x0: states.at(-1)!.x0, maps: scale(all, 1 / states.length) },
    ];
    const positions = all.shape[1];
    const rest = Array.from({ length: positions - tokens.length + 1 }, (_, i) => tokens.length - 1 + i);
    const columns = [...words, { text: "end and padding", positions: rest }];
    const heats = rows.map(({ maps }) => columns.map(({ positions }) => heatOf(maps, positions)));
    const last = reshape(states.at(-1)!.x0, [3, size, size]);
    // Of the words alone: the padding, which is many positions, may be brighter than the scale.
    const most = Math.max(
      ...heats.flatMap((row) => row.slice(0, words.length)).map(largest),
      Number.MIN_VALUE,
    );
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "words",
        caption:
          `Where the network looks while it draws ${
            quoted(prompt)
          }: of each stretch of the steps the last estimate, ` +
          "with the share of attention that goes to the text, and the final image lit by the attention to each word, " +
          `all by one scale: dark is none, as bright as the image is ${
            percent(most)
          } of a pixel's attention or more.`,
        alt: `Pictures of "${prompt}", dark but for the places where the network looks up ${
          words.map(({ text }) => `"${text}"`).join(", ")
        }.`,
        rows: [...rows.map(({ label }) => label), "scale"],
        columns: ["estimate", ...columns.map(({ text }) => text)],
        pictures: [
          ...rows.map(({ x0 }, row) => [x0, ...heats[row].map((heat) => highlight(last, heat, most))]),
          [lightScale(size)],
        ],
        labels: [
          ...rows.map(({ maps }, row) => [
            `text ${percent(shareOf(maps))}`,
            ...heats[row].map((heat) => percent(meanOf(heat))),
          ]),
          [`0 to ${percent(most)}`],
        ],
        origin: (row, column) =>
          row === rows.length - 1 && column === 0 ? { slots: [prompt], index: 0 } : undefined,
        parameters,
      }),
    };
  },
});

/** A point of the curve of the text's share. */
function point(step: number, share: number): SectionEvent {
  return { type: "points", curve: "share of attention on the text", points: [[step, share]] };
}

/** The attention to some positions together, `[H, W]`, of maps `[1, L, H, W]`. */
function heatOf(maps: Tensor, positions: readonly number[]): Tensor {
  const [, , height, width] = maps.shape;
  return positions
    .map((position) => reshape(slice(maps, position, position + 1, 1), [height, width]))
    .reduce((a, b) => combine(1, a, 1, b));
}

/** The part of attention that goes to the text, over all pixels of maps `[1, L, H, W]`. */
function shareOf(maps: Tensor): number {
  return meanOf(maps) * maps.shape[1];
}

function largest({ data }: Tensor): number {
  return data.reduce((a, b) => Math.max(a, b), 0);
}

function meanOf({ data }: Tensor): number {
  return data.reduce((a, b) => a + b, 0) / data.length;
}

function percent(part: number): string {
  return `${(100 * part).toPrecision(2)} %`;
}
