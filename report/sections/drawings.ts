/** Drawings by hand and a picture from elsewhere, noised and drawn again. */
import { z } from "zod";
import { editFigures } from "../drawing/edits.ts";
import { openStudio } from "../drawing/studio.ts";
import { editFields, images, prompt } from "../fields.ts";
import { titleOfImage } from "../report_images.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";

/** Drawings by hand and a picture from elsewhere, noised and drawn again. */
export const drawings = defineSection({
  id: "drawings",
  title: "Drawings",
  summary: "A sketch is enough to say what goes where.",
  blocks: [
    {
      kind: "paragraph",
      text: "The same loop turns sketches into images. Under noise, a sketch of a house and a good picture " +
        "of one look alike: noise hides the shaky lines first and the coarse shapes last. Between lies " +
        "a starting point to be found at which the shapes survive and the lines do not.",
    },
    {
      kind: "paragraph",
      text:
        "Here are two hand drawings and one found image, a photograph of a rocket. You can replace them " +
        "with your own.",
    },
  ],
  parameters: z.object({
    images: images(["drawing-house", "drawing-fish", "photo-rocket"]),
    prompt: prompt("a high quality photo"),
    ...editFields(),
  }),
  start: { images: ["drawing-house"], starts: [5, 10, 20] },
  quick: { upscaleSteps: 5, starts: [3, 10, 20], images: ["drawing-house"] },
  async *run(parameters, context) {
    const { images, prompt } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const prompts = images.map(() => prompt);
    yield* editFigures(studio, { ...parameters, images, prompts }, {
      name: "drawings",
      caption: `Each picture is noised to the timestep of its column and drawn again under ${
        quoted(prompt)
      }.`,
      alt: `${
        images.map(titleOfImage).join(", ")
      }: from pictures of something else to ones that are nearly the original.`,
      rows: images.map(titleOfImage),
      parameters,
    });
  },
});
