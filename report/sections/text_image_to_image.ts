/** Pictures, each drawn again as something else. */
import { z } from "zod";
import { editFigures } from "../drawing/edits.ts";
import { openStudio } from "../drawing/studio.ts";
import { editFields, image, list, prompt } from "../fields.ts";
import { titleOfImage } from "../report_images.ts";
import { defineSection } from "../section.ts";

/** Pictures, each drawn again as something else. */
export const textImageToImage = defineSection({
  id: "text-image-to-image",
  title: "Image to image, under a text",
  summary: "The image says where, the prompt says what.",
  blocks: [
    {
      kind: "paragraph",
      text: "With a specific prompt, whatever the noise has hidden is drawn anew as that subject, in the " +
        "place, the size and the colours of which the image still gives an idea. Between the image and " +
        "the prompt lie blends of both.",
    },
  ],
  parameters: z.object({
    edits: list(
      z.object({ image: image("campanile"), prompt: prompt("a rocket ship") }),
      [
        { image: "campanile", prompt: "a rocket ship" },
        { image: "cat", prompt: "a photo of a dog" },
        { image: "latte", prompt: "a lithograph of a skull" },
      ],
      { label: "Edits", help: "Images, and what each should become." },
      { max: 6 },
    ),
    ...editFields(),
  }),
  start: { edits: [{ image: "campanile", prompt: "a rocket ship" }], starts: [3, 7, 10] },
  quick: { upscaleSteps: 5, starts: [3, 7, 10], edits: [{ image: "campanile", prompt: "a rocket ship" }] },
  async *run(parameters, context) {
    const { edits } = parameters;
    const prompts = edits.map(({ prompt }) => prompt);
    const studio = await openStudio(parameters, prompts, context);
    const images = edits.map(({ image }) => image);
    yield* editFigures(studio, { ...parameters, images, prompts }, {
      name: "edits",
      caption:
        "Each image is noised to the timestep of its column and regenerated with the prompt of its row.",
      alt: edits.map(({ image, prompt }) => `From "${prompt}" to ${titleOfImage(image)}`).join("; ") + ".",
      rows: prompts,
      parameters,
    });
  },
});
