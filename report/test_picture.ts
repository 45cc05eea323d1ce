/**
 * The pictures that sections begin from.
 *
 * @module
 */
import { prepareImage } from "../lib/pipelines/prepare_image.ts";
import type { Tensor } from "../lib/tensor.ts";
import type { Context, TextModel } from "./context.ts";

/** The drawn test pictures that there are photographs for. */
const photographs: Readonly<Record<string, string>> = { cat: "photo-cat", latte: "photo-latte" };

/**
 * A picture as a network takes it: its middle square, at the network's size. For a network of photographs a photograph
 * takes the place of a test picture, where there is one.
 *
 * @param id The picture.
 * @param model The network.
 * @param context Where pictures are.
 * @returns `[1, 3, size, size]` in [-1, 1]
 */
export async function testPicture(
  id: string,
  model: Pick<TextModel, "photographic" | "size">,
  context: Pick<Context, "images">,
): Promise<Tensor> {
  const chosen = model.photographic && Object.hasOwn(photographs, id) ? photographs[id] : id;
  return prepareImage(await context.images.picture(chosen), model.size, { crop: true });
}
