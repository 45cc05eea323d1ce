/** Pictures that are something else upside down. */
import { z } from "zod";
import { anagram } from "../../lib/effects/anagram.ts";
import { createView, identity, type ViewName, views } from "../../lib/effects/views/mod.ts";
import { composedFigures } from "../drawing/composed.ts";
import { openStudio } from "../drawing/studio.ts";
import { cascadeFields, choice, list, prompt } from "../fields.ts";
import { defineSection } from "../section.ts";

const names = Object.keys(views) as [ViewName, ...ViewName[]];

/** Pictures that are something else upside down. */
export const anagrams = defineSection({
  id: "anagrams",
  title: "Visual anagrams",
  summary: "Turned over, the picture shows something else.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "At every step the network is asked twice (Geng et al. 2024): what noise it sees in the picture under one prompt, and " +
        "what noise in the picture seen another way, $v(x_t)$, under another prompt. The second estimate is turned back, and the step takes the " +
        "mean,",
    },
    {
      kind: "formula",
      tex:
        "\\epsilon = \\tfrac12\\Bigl(\\epsilon_\\theta(x_t, t, c_1) + v^{-1}\\bigl(\\epsilon_\\theta(v(x_t), t, c_2)\\bigr)\\Bigr).",
    },
    {
      kind: "paragraph",
      text:
        "The view must be orthogonal, such as a flip: then noise is noise from either side, and the network sees what it " +
        "was trained on. What it learned about the variance is turned back too. Guidance is applied on each side.",
    },
    {
      kind: "paragraph",
      text:
        "Both texts have to find themselves in one picture. A large network knows a thousand ways to draw a man or a " +
        "campfire, two of which agree. The one that ships knows hardly more than one, and little comes of the report's three pairs, which are shown " +
        "first; the other three are of things whose outlines agree when they are turned.",
    },
  ],
  parameters: z.object({
    pairs: list(
      z.object({
        upright: prompt("an oil painting of an old man", { label: "Upright" }),
        turned: prompt("an oil painting of people around a campfire", { label: "Turned" }),
      }),
      [
        { upright: "an oil painting of an old man", turned: "an oil painting of people around a campfire" },
        { upright: "a photo of a man", turned: "a lithograph of waterfalls" },
        { upright: "an oil painting of a snowy mountain village", turned: "a lithograph of a skull" },
        { upright: "an oil painting of a hamburger", turned: "an oil painting of a frog" },
        { upright: "an oil painting of a man", turned: "an oil painting of a lion" },
        { upright: "a photo of an apple", turned: "a photo of a heart" },
      ],
      { label: "Pairs", help: "What the picture shows upright, and what it shows turned." },
      { max: 8 },
    ),
    view: choice(names, "flip", { label: "View", help: "How the picture is turned." }),
    ...cascadeFields(),
  }),
  quick: { steps: 10, upscaleSteps: 5 },
  async *run(parameters, context) {
    const { pairs, view: name } = parameters;
    const [first, second] = [pairs.map(({ upright }) => upright), pairs.map(({ turned }) => turned)];
    const studio = await openStudio(parameters, [...first, ...second], context);
    const view = createView(name, { seed: parameters.seed, pixels: studio.first.spec.size });
    const seen = pairs.map(({ upright, turned }) => `"${upright}" and, turned, "${turned}"`).join("; ");
    yield* composedFigures(studio, {
      ...parameters,
      compose: async (guided) =>
        anagram([
          { view: identity(), denoiser: await guided(first) },
          { view, denoiser: await guided(second) },
        ]),
      seen: (pictures) => view.apply(pictures),
      slot: "anagrams",
      rows: pairs.map(({ upright, turned }) => `${upright} / ${turned}`),
      columns: ["upright", name],
      parameters,
      words: [
        {
          caption: `Each row is one picture, upright and seen under the view \`${name}\`.`,
          alt: `Pictures seen in two ways: ${seen}.`,
        },
        {
          caption: "The same, enlarged by the second stage, which is asked under both views as well.",
          alt: `Large pictures seen in two ways: ${seen}.`,
        },
      ],
    });
  },
});
