/** Icons held out of all training, to evaluate super-resolution. */
import { openIconSets } from "../emoji/icons.ts";
import { packages } from "../emoji/packages.ts";
import type { PictureSet } from "../dataset.ts";
import { raster } from "../scene/raster.ts";
import { sceneSvg } from "../scene/scene.ts";
import { captionOf, corpusIcons, drawingOf, isHeldOut } from "./corpus.ts";
import type { IconImagesOptions } from "./icon_images.ts";

/** The eight sets of emojis, by which enlarging has been measured from the start. */
const measured: ReadonlySet<string> = new Set([
  "noto",
  "noto-v1",
  "twemoji",
  "fluent-emoji",
  "fluent-emoji-flat",
  "fluent-emoji-high-contrast",
  "emojione",
  "fxemoji",
]);

/** Held-out icons with their captions. */
export interface HeldOutIcons extends PictureSet {
  /** The usual caption of each. */
  readonly captions: readonly string[];
}

/**
 * Held-out icons on white, from all sets by turns.
 *
 * @param options The size, the sets, and how many icons; defaults to 160.
 * @throws {IconSetError} if a package is missing, damaged or of another version.
 */
export async function loadHeldOutIcons(
  { size, sets, count = 160 }: IconImagesOptions & { readonly count?: number },
): Promise<HeldOutIcons> {
  const opened = sets ?? await openIconSets(packages.filter(({ id }) => measured.has(id)));
  const perSet = Math.ceil(count / opened.length);
  const chosen = opened.flatMap((set) => {
    const icons = corpusIcons([set]).filter(({ name }) => isHeldOut(name));
    const stride = Math.max(1, Math.floor(icons.length / perSet));
    return icons.filter((_, i) => i % stride === 0).slice(0, perSet);
  }).slice(0, count);
  const length = 3 * size * size;
  const images = new Uint8Array(chosen.length * length);
  for (const [n, icon] of chosen.entries()) {
    const part = { icon: drawingOf(icon)!, x: 0.5, y: 0.5, size: 1 };
    images.set(await raster(sceneSvg({ parts: [part] }, size), size), n * length);
  }
  return {
    images,
    count: chosen.length,
    channels: 3,
    size,
    captions: chosen.map(captionOf),
  };
}
