/** Test pictures, noised and drawn again. */
import { z } from "zod";
import { editFigures } from "../drawing/edits.ts";
import { openStudio } from "../drawing/studio.ts";
import { editFields, images, prompt } from "../fields.ts";
import { titleOfImage } from "../report_images.ts";
import { quoted } from "../quoted.ts";
import { defineSection } from "../section.ts";

/** Test pictures, noised and drawn again. */
export const imageToImage = defineSection({
  id: "image-to-image",
  title: "Image to image",
  summary: "Add a little noise to an image, and it comes back a little changed.",
  blocks: [
    {
      kind: "paragraph",
      text: "Between denoising an image and sampling from noise lies editing (SDEdit, Meng et al. 2022): " +
        "noise an image to some level and let the network continue from there. What the noise has hidden " +
        "is generated anew; what is still visible stays. An early start hides nearly everything, a late " +
        "one only the details.",
    },
    {
      kind: "formula",
      tex:
        "x_{t_i} = \\sqrt{\\bar\\alpha_{t_i}}\\,x_0 + \\sqrt{1 - \\bar\\alpha_{t_i}}\\,\\epsilon, \\qquad i = 1, 3, 5, 7, 10, 20.",
    },
    {
      kind: "paragraph",
      text:
        "The prompt says what the image is pulled towards: from an early start any image becomes it, and a " +
        "late one leaves more of the original.",
    },
  ],
  parameters: z.object({
    images: images(["campanile", "cat", "latte"]),
    prompt: prompt("a photo of a cat"),
    ...editFields(),
  }),
  start: { images: ["cat"], starts: [5, 10, 20] },
  quick: { upscaleSteps: 5, starts: [3, 10, 20], images: ["cat"] },
  async *run(parameters, context) {
    const { images, prompt } = parameters;
    const studio = await openStudio(parameters, [prompt], context);
    const prompts = images.map(() => prompt);
    yield* editFigures(studio, { ...parameters, images, prompts }, {
      name: "edits",
      caption:
        `Each image is noised to the timestep of its column and regenerated with the prompt ${
          quoted(prompt)
        }: the smaller it is, ` +
        "the less noise, and the more is left of it.",
      alt: `${
        images.map(titleOfImage).join(", ")
      }: from pictures of something else to ones that are nearly the original.`,
      rows: images.map(titleOfImage),
      parameters,
    });
  },
});
