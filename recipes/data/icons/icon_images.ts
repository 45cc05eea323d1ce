/** Images of all icons, for a super-resolution network. */
import { createHash } from "node:crypto";
import type { DrawnSet } from "../drawn_set.ts";
import type { IconSet } from "../emoji/icons.ts";
import { raster } from "../scene/raster.ts";
import { sceneSvg } from "../scene/scene.ts";
import { captionOf, corpusIcons, drawingOf, isHeldOut, openCorpus } from "./corpus.ts";
import { randomScene } from "./random_scene.ts";

/** How icons are chosen and drawn. */
export interface IconImagesOptions {
  /** Height and width of the images. */
  readonly size: number;
  /** The icon sets; defaults to the packages of all styles. */
  readonly sets?: readonly IconSet[];
}

/**
 * Random scenes of every icon but those that are held out.
 *
 * @throws {IconSetError} if a package is missing, damaged or of another version.
 */
export async function loadIconImages({ size, sets }: IconImagesOptions): Promise<DrawnSet> {
  const opened = sets ?? await openCorpus();
  const icons = corpusIcons(opened).filter(({ name }) => !isHeldOut(name));
  const list = icons.map(({ set, name }) => `${set.source.id}@${set.source.version}/${name}`).join("\n");
  return {
    images: new Uint8Array(0),
    count: icons.length,
    channels: 0,
    size,
    fingerprint: createHash("sha256").update(list).digest("hex").slice(0, 16),
    draw: async (subject, generator) => {
      const icon = icons[subject];
      const other = () => drawingOf(icons[generator.randomInt(icons.length)])!;
      const svg = sceneSvg(randomScene(drawingOf(icon)!, other, generator), size);
      return { image: await raster(svg, size), caption: captionOf(icon) };
    },
  };
}
