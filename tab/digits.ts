/** Replaces `recipes/data/digits.ts` in a tab, where there are no folders of pictures. */
import type { LoadOptions } from "../recipes/recipe.ts";
import type { PictureSet } from "../recipes/data/dataset.ts";
import { loadMnist } from "./mnist.ts";

/** Digits to test with. */
export async function loadTestDigits(_: LoadOptions): Promise<PictureSet> {
  return await loadMnist("test");
}

/** Digits to train on. */
export async function loadDigits(_: LoadOptions): Promise<PictureSet> {
  return await loadMnist("train");
}
