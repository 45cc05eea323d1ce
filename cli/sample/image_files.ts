/** The files of a run of `deno task sample`: a sheet of all pictures, and the single ones. */
import { encodePng, grid, upscaleNearest } from "../../lib/image.ts";
import { slice, type Tensor } from "../../lib/tensor.ts";

/** How pictures become files. */
export interface ImageFilesOptions {
  /** What the names begin with. */
  readonly stem: string;
  /** The values of black and white. */
  readonly range: readonly [black: number, white: number];
  /** The pictures of the sheet, if not all that are drawn and no others. */
  readonly sheet?: Tensor;
  /** Pictures in a row of the sheet; by default as many as make it about square. */
  readonly columns?: number;
  /** How much single pictures are enlarged. */
  readonly scale: number;
  /** How much the sheet is enlarged at least. */
  readonly gridScale: number;
  /** The text of a file, by the picture's number from 1; none for the sheet. */
  readonly text: (picture?: number) => Record<string, string>;
  /** The only picture that is wanted; defaults to all of them and the sheet. */
  readonly picture?: number;
}

/** The files by name: the sheet first, unless only one picture is wanted. */
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
