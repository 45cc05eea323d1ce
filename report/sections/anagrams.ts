/** Pictures that are something else upside down. */
import { z } from "zod";
import { anagram, createView, identity, type ViewName, views } from "../../lib/effects/mod.ts";
import { composedFigures } from "../drawing/composed.ts";
import { openStudio } from "../drawing/studio.ts";
import { cascadeFields, choice, list, prompt } from "../fields.ts";
import { defineSection } from "../section.ts";

const names = Object.keys(views) as [ViewName, ...ViewName[]];

/** Pictures that are something else upside down. */
export const anagrams = defineSection({
  id: "anagrams",
  effect: "anagram",
  title: "Visual anagrams",
  summary: "Flip the image, and it shows something else.",
  blocks: [
    {
      kind: "paragraph",
      text: "Each step runs the network twice (Geng et al. 2024): on the image itself with one prompt, and " +
        "on a transformed view of it, $v(x_t)$, with another. The second noise estimate is transformed " +
        "back, and the step uses the mean of the two,",
    },
    {
      kind: "formula",
      tex:
        "\\epsilon = \\tfrac12\\Bigl(\\epsilon_\\theta(x_t, t, c_1) + v^{-1}\\bigl(\\epsilon_\\theta(v(x_t), t, c_2)\\bigr)\\Bigr).",
    },
    {
      kind: "paragraph",
      text: "The view has to be orthogonal, such as a flip: then noise remains noise under it, and the " +
        "network sees the kind of input it was trained on. The learned variance (Nichol and Dhariwal " +
        "2021) is transformed back as well. Guidance is applied within each view.",
    },
    {
      kind: "paragraph",
      text:
        "Both prompts have to fit the same image. What reads best both ways are subjects whose outlines match " +
        "when flipped: the pairs are in that order, the likeliest first. The last three, with a man, a village and a " +
        "campfire, are those that large models are known for. Such a model knows a thousand ways to draw a man " +
        "or a campfire, two of which will agree; the one that ships knows far fewer.",
    },
  ],
  parameters: z.object({
    pairs: list(
      z.object({
        upright: prompt("an oil painting of an old man", { label: "Upright" }),
        turned: prompt("an oil painting of people around a campfire", { label: "Turned" }),
      }),
      [
        { upright: "an oil painting of a hamburger", turned: "an oil painting of a frog" },
        { upright: "an oil painting of a man", turned: "an oil painting of a lion" },
        { upright: "a photo of an apple", turned: "a photo of a heart" },
        { upright: "an oil painting of an old man", turned: "an oil painting of people around a campfire" },
        { upright: "a photo of a man", turned: "a lithograph of waterfalls" },
        { upright: "an oil painting of a snowy mountain village", turned: "a lithograph of a skull" },
      ],
      { label: "Pairs", help: "What the image shows upright, and what it shows in the other view." },
      { max: 8 },
    ),
    view: choice(names, "flip", { label: "View", help: "The transformation between the two." }),
    ...cascadeFields(),
  }),
  start: { pairs: [{ upright: "an oil painting of a hamburger", turned: "an oil painting of a frog" }] },
  quick: { steps: 10, upscaleSteps: 5 },
  async *run(parameters, context) {
    const { pairs, view: name } = parameters;
    const [first, second] = [pairs.map(({ upright }) => upright), pairs.map(({ turned }) => turned)];
    const studio = await openStudio(parameters, [...first, ...second], context);
    const view = createView(name, { pixels: studio.first.spec.size });
    const seen = pairs.map(({ upright, turned }) => `"${upright}" and, turned, "${turned}"`).join("; ");
    yield* composedFigures(studio, {
      ...parameters,
      compose: async (guided) => ({
        denoiser: anagram([
          { view: identity(), denoiser: await guided(first) },
          { view, denoiser: await guided(second) },
        ]),
      }),
      seen: [(pictures) => view.apply(pictures)],
      generation: (row) => ({
        prompts: [first[row]],
        effect: { name: "anagram", parts: [{ view: name, prompt: second[row] }] },
      }),
      slot: "anagrams",
      rows: pairs.map(({ upright, turned }) => `${upright} / ${turned}`),
      columns: ["upright", name],
      parameters,
      words: [
        {
          caption: `Each row shows one image, upright and under the view \`${name}\`.`,
          alt: `Pictures seen in two ways: ${seen}.`,
        },
        {
          caption: "The same images, upscaled by the second stage, which also runs under both views.",
          alt: `Large pictures seen in two ways: ${seen}.`,
        },
      ],
    });
  },
});
