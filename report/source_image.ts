/**
 * The pictures that sections start from.
 *
 * @module
 */
import { ArgumentError, described } from "../lib/errors.ts";
import { prepareImage, prepareMask } from "../lib/pipelines/mod.ts";
import type { Tensor } from "../lib/tensor.ts";
import type { Context, TextModel } from "./context.ts";

/** The drawn test pictures that have photographic counterparts. */
const photographs: Readonly<Record<string, string>> = { cat: "photo-cat", latte: "photo-latte" };

/**
 * A picture as a network takes it: its central square, at the network's size. For a network of photographs a photograph
 * replaces a test picture, if there is one.
 *
 * @param id The picture.
 * @param model The network.
 * @param context Where pictures are.
 * @returns `[1, 3, size, size]` in [-1, 1]
 */
export async function sourceImage(
  id: string,
  model: Pick<TextModel, "photographic" | "size">,
  context: Pick<Context, "images">,
): Promise<Tensor> {
  return prepareImage(await context.images.picture(chosenImage(id, model)), model.size, { crop: true });
}

/**
 * A mask as a network takes it. If a photograph replaces a test picture, its mask is replaced as well.
 *
 * @param id The mask.
 * @param image The picture that it is laid on.
 * @param model The network.
 * @param context Where masks are.
 * @param name The parameter to blame.
 * @returns `[1, 1, size, size]`: 1 where to repaint.
 * @throws {ArgumentError} if the mask has another size than the picture.
 */
export async function sourceMask(
  id: string,
  image: string,
  model: Pick<TextModel, "photographic" | "size">,
  context: Pick<Context, "images">,
  name: string,
): Promise<Tensor> {
  const followed = chosenMask(id, image, model);
  const [, ...size] = (await context.images.picture(chosenImage(image, model))).shape;
  const mask = await context.images.mask(followed);
  const [, ...found] = mask.shape;
  if (found[0] !== size[0] || found[1] !== size[1]) {
    throw new ArgumentError(
      name,
      described(`${found[1]} x ${found[0]} pixels`),
      `the picture's ${size[1]} x ${size[0]}`,
      { plural: true },
    );
  }
  return prepareMask(mask, model.size, { crop: true });
}

/** Resolves the id of a mask for a picture. */
export function chosenMask(id: string, image: string, model: Pick<TextModel, "photographic">): string {
  return id === `mask-${image}` ? `mask-${chosenImage(image, model)}` : id;
}

/** Resolves the id of a picture. */
export function chosenImage(id: string, { photographic }: Pick<TextModel, "photographic">): string {
  return photographic && Object.hasOwn(photographs, id) ? photographs[id] : id;
}
