/** Further training of tiny pipelines on pictures of a few colours. */
import { join } from "node:path";
import { encodePng } from "../../../lib/image.ts";
import { openModelFolder } from "../../../lib/models/model_folder.ts";
import { Generator } from "../../../lib/random.ts";
import type { ConceptSource } from "../../../recipes/tuning/concept_set.ts";
import { openTunedModel } from "../../../recipes/tuning/tuned_model.ts";
import type { Tuning } from "../../../recipes/tuning/tuning.ts";
import { SIZE, type TextToImageChanges, writeTextToImage } from "../../models/text_to_image_folder.ts";

/** Writes random pictures, none of them a square of the network's size. */
export async function writePictures(folder: string, count: number, seed = 1): Promise<string> {
  const generator = new Generator(seed);
  await Deno.mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const picture = encodePng(generator.rand([3, SIZE + 4, SIZE + 9]), { range: [0, 1] });
    await Deno.writeFile(join(folder, `${i}.png`), picture);
  }
  return folder;
}

/** A tiny pipeline that learns pictures under a text, with a prior or without. */
export async function tinyTuning(
  folder: string,
  stage: "I" | "II",
  { prior, ...changes }: TextToImageChanges & { readonly prior?: ConceptSource } = {},
): Promise<Tuning> {
  const path = await writeTextToImage(join(folder, "model"), stage, changes);
  return { model: await openTunedModel(await openModelFolder(path), { threads: 1 }), prompt: "a cat", prior };
}
