/** The files of a run of `deno task sample`: a sheet of all images, and the single ones. */
import { encodePng, grid, upscaleNearest } from "../../lib/image.ts";
import { slice, type Tensor } from "../../lib/tensor.ts";

/** How images are written to files. */
export interface ImageFilesOptions {
  /** The prefix of the names. */
  readonly stem: string;
  /** The values of black and white. */
  readonly range: readonly [black: number, white: number];
  /** The images of the sheet, if they differ from the generated ones. */
  readonly sheet?: Tensor;
  /** Images in a row of the sheet; by default as many as make it about square. */
  readonly columns?: number;
  /** The scale of single images. */
  readonly scale: number;
  /** The minimum scale of the sheet. */
  readonly gridScale: number;
  /** The text to store in a file, by the image's number from 1; none for the sheet. */
  readonly text: (picture?: number) => Record<string, string>;
  /** The only image to write; defaults to all of them and the sheet. */
  readonly picture?: number;
}

/** The files by name: the sheet first, unless only one image is wanted. */
export function encodeImages(x: Tensor, options: ImageFilesOptions): Map<string, Uint8Array> {
  const { stem, range, sheet: shown = x, columns, scale, gridScale, text, picture } = options;
  const total = x.shape[0];
  const files = new Map<string, Uint8Array>();
  if (picture === undefined) {
    const sheet = upscaleNearest(grid(shown, { columns, background: range[1] }), Math.max(gridScale, scale));
    files.set(`${stem}.png`, encodePng(sheet, { range, text: text() }));
  }
  for (let n = 1; n <= total; n++) {
    if (picture !== undefined && picture !== n) continue;
    const single = upscaleNearest(slice(x, n - 1, n), scale);
    const name = `${stem}-${String(n).padStart(String(total).length, "0")}.png`;
    files.set(name, encodePng(single, { range, text: text(n) }));
  }
  return files;
}
