/** Anagrams under every view. */
import { z } from "zod";
import {
  anagram,
  createView,
  identity,
  type View,
  type ViewName,
  views as known,
} from "../../lib/effects/mod.ts";
import { Progress } from "../drawing/progress.ts";
import { sheetFigure } from "../drawing/sheet.ts";
import { openStudio } from "../drawing/studio.ts";
import { choice, compositionGuidance, list, prompt, sampler, seed, steps, textModel } from "../fields.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";
import type { Tensor } from "../../lib/tensor.ts";

const [first, ...others] = (Object.keys(known) as ViewName[]).filter((name) => name !== "identity");
const viewField = () => choice([first, ...others], first, { label: "View", help: "The transformation." });

/** Anagrams under every view. */
export const views = defineSection({
  id: "views",
  title: "Views",
  summary: "Rotated, cut up, with inverted colours: every view under which noise remains noise.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "An anagram works under any view that is orthogonal as a linear map of the pixels, $v^\\top v = " +
        "I$ (Geng et al. 2024): standard normal noise stays standard normal, and $v(x_t)$ is what the " +
        "forward process makes of $v(x_0)$:",
    },
    {
      kind: "formula",
      tex:
        "v(x_t) = \\sqrt{\\bar\\alpha_t}\\,v(x_0) + \\sqrt{1 - \\bar\\alpha_t}\\,v(\\epsilon), \\qquad v(\\epsilon) \\sim \\mathcal N(0, I).",
    },
    {
      kind: "paragraph",
      text: "Permuting pixels is orthogonal, whether by rotation, skew, jigsaw pieces or one by one; so is " +
        "flipping the sign, which inverts the colours. Blurring and brightening are not. Views that keep " +
        "neighbours together are easier: under a permutation of all pixels, the details of one prompt " +
        "are noise to the other.",
    },
  ],
  parameters: z.object({
    upright: prompt("an oil painting of a man", { label: "Upright" }),
    turned: prompt("an oil painting of a lion", { label: "Under the view" }),
    views: list(viewField(), [first, ...others], { label: "Views", help: "One per row." }, { max: 16 }),
    several: list(
      prompt(""),
      [
        "an oil painting of a man",
        "an oil painting of a lion",
        "an oil painting of a doughnut",
        "an oil painting of a sunflower",
      ],
      { label: "Several", help: "Two to four prompts, each for another quarter turn of the same image." },
      { min: 2, max: 4 },
    ),
    steps: steps(30),
    guidance: compositionGuidance(),
    seed: seed(),
    sampler: sampler(),
    model: textModel(),
  }),
  start: {
    views: ["flip", "rotate-90", "negate"],
    several: ["an oil painting of a man", "an oil painting of a lion", "an oil painting of a doughnut"],
  },
  answers: { views: ["upright", "turned", "views"], several: ["several"] },
  quick: {
    views: ["flip", "rotate-90", "negate"],
    several: ["an oil painting of a man", "an oil painting of a lion"],
    steps: 10,
  },
  async *run(parameters, context) {
    const { upright, turned, views, several, steps, guidance, seed, sampler } = parameters;
    const studio = await openStudio(parameters, [upright, turned, ...several], context);
    const options = () => studio.fromNoise([seed], { numInferenceSteps: steps, sampler });
    const pixels = studio.first.spec.size;
    const progress = new Progress(steps * (views.length + several.length - 1));
    const [one, other] = [await studio.guided([upright], guidance), await studio.guided([turned], guidance)];
    const rows: Tensor[][] = [];
    for (const name of views) {
      const view = createView(name, { seed, pixels });
      const denoiser = anagram([{ view: identity(), denoiser: one }, { view, denoiser: other }]);
      const drawn = yield* studio.draw(denoiser, options(), { slot: name, progress });
      rows.push([drawn, view.apply(drawn)]);
    }
    // Two sheets of rows beside each other: a single column of pairs would be long.
    const half = Math.ceil(rows.length / 2);
    const pairs = rows.slice(0, half).map((row, i) => [...row, ...(rows[half + i] ?? [])]);
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "views",
        caption: `Images that show ${quoted(upright)} as they are and ${quoted(turned)} under a view.`,
        alt: `Pairs of pictures, the second the first one under a view: ${views.join(", ")}.`,
        rows: pairs.map(() => ""),
        columns: pairs[0].map((_, i) => i % 2 === 0 ? "upright" : "seen so"),
        pictures: pairs,
        origin: (row, column) => ({ slots: [views[column < 2 ? row : half + row]], index: 0 }),
        labels: pairs.map((row, i) => row.map((_, k) => k % 2 === 0 ? "" : views[k === 1 ? i : half + i])),
        parameters,
      }),
    };
    const turns: View[] = [
      identity(),
      createView("rotate-90"),
      createView("rotate-180"),
      createView("rotate-270"),
    ];
    const prompts = await Promise.all(several.map((text) => studio.guided([text], guidance)));
    const table: Tensor[][] = [];
    const slotOf = (count: number) => `${count} views`;
    for (let count = 2; count <= several.length; count++) {
      const parts = turns.slice(0, count).map((view, i) => ({ view, denoiser: prompts[i] }));
      const slot = slotOf(count);
      const drawn = yield* studio.draw(anagram(parts), options(), { slot, progress });
      table.push(parts.map(({ view }) => view.apply(drawn)));
    }
    yield {
      type: "figure",
      figure: sheetFigure({
        name: "several",
        caption:
          "Each row is one image that shows two, three or four subjects, one per quarter turn. The more " +
          "there are, the less room is left to each.",
        alt: `Pictures turned by quarters, of ${several.map((text) => `"${text}"`).join(", ")}.`,
        rows: table.map((row) => slotOf(row.length)),
        columns: several,
        pictures: table,
        origin: (row) => ({ slots: [slotOf(row + 2)], index: 0 }),
        parameters,
      }),
    };
  },
});
