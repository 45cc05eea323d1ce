/** What the MNIST networks are trained on. */
import type { LoadOptions } from "../recipe.ts";
import type { PictureSet } from "./dataset.ts";
import { loadMnist } from "./mnist.ts";
import { loadPictures } from "./pictures.ts";

/** The test digits of MNIST; none if training on a folder. */
export async function loadTestDigits({ folder }: LoadOptions): Promise<PictureSet | undefined> {
  return folder === undefined ? await loadMnist("test") : undefined;
}

/**
 * The digits of MNIST, or the pictures of a folder in the same format.
 *
 * @throws {Error} if the folder has no pictures.
 */
export async function loadDigits({ folder, onSkipped }: LoadOptions): Promise<PictureSet> {
  if (folder === undefined) return await loadMnist("train");
  const found = await loadPictures(folder, { size: 28, channels: 1 });
  found.skipped.forEach((what) => onSkipped?.(what));
  return found;
}
