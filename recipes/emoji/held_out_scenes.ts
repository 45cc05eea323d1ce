/** Held-out scenes with their captions, which generated pictures are compared with. */
import { Generator } from "../../lib/random.ts";
import type { PictureSet } from "../data/dataset.ts";
import { openCatalog } from "../data/emoji/catalog.ts";
import { chooseNames, names as chosenNames } from "../data/emoji/names.ts";
import { Scenes } from "../data/emoji/scenes.ts";
import type { LoadCaptionedOptions } from "./captioned_set.ts";

/** Held-out scenes with their captions. */
export interface HeldOutScenes extends PictureSet {
  /** The caption of each. */
  readonly captions: readonly string[];
}

/**
 * Draws scenes of held-out pictures, in the same proportions as those of training. The same options give the same scenes.
 *
 * @param options The size, the names, how many scenes (default: 160) and the seed (default: 0).
 * @throws {IconSetError} if a package is missing, damaged or of another version.
 * @throws {ArgumentError} if there is no such name, or nothing of the names is held out.
 */
export async function loadHeldOutScenes(
  { size, names, count = 160, seed = 0 }: LoadCaptionedOptions & {
    readonly count?: number;
    readonly seed?: number;
  },
): Promise<HeldOutScenes> {
  const catalog = await openCatalog({ names: names ? chooseNames(names) : chosenNames });
  const scenes = new Scenes(catalog, "heldOut");
  const generator = new Generator(seed);
  const drawn = await Promise.all(Array.from({ length: count }, () => {
    return scenes.draw(generator.randomInt(scenes.count), size, generator);
  }));
  const images = new Uint8Array(count * 3 * size * size);
  drawn.forEach(({ image }, n) => images.set(image, n * image.length));
  return { images, count, channels: 3, size, captions: drawn.map(({ caption }) => caption) };
}
