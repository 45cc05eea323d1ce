/**
 * From tensors to sheets of pictures in rows and columns.
 *
 * @module
 */
import { encodePng, type PixelRange, upscaleNearest } from "../../lib/image.ts";
import { concat, full, reshape, slice, type Tensor } from "../../lib/tensor.ts";
import type { Cell, Figure, Generation, Media, Origin } from "../section.ts";

/** A sheet in the making. */
export interface Sheet extends Pick<Figure, "name" | "caption" | "alt" | "parameters"> {
  /** Labels of the rows; defaults to none. */
  readonly rows?: readonly string[];
  /** Labels of the columns; defaults to none. */
  readonly columns?: readonly string[];
  /** The pictures, row by row, each `[C, H, W]` or `[1, C, H, W]`; undefined where a place stays empty. */
  readonly pictures: readonly (readonly (Tensor | undefined)[])[];
  /** The previews that led to a picture; defaults to none. */
  readonly origin?: (row: number, column: number) => Origin | undefined;
  /** How a picture was generated, where it is a generation of the library's; defaults to none. */
  readonly generation?: (row: number, column: number) => Generation | undefined;
  /** What is said of single pictures, row by row. */
  readonly labels?: readonly (readonly string[])[];
  /** The values for black and white; defaults to `[-1, 1]`. */
  readonly range?: PixelRange;
}

/**
 * A figure of pictures in rows and columns. Smaller pictures are shown in larger pixels, by whole factors: nothing is
 * smoothed.
 */
export function sheetFigure(sheet: Sheet): Figure {
  const { name, caption, alt, parameters, rows = [], columns = [], labels, range = [-1, 1] } = sheet;
  const pictures = sheet.pictures.map((row) => row.map((picture) => picture && asPicture(picture)));
  const present = pictures.flat().filter((picture) => picture !== undefined);
  const height = Math.max(...present.map(({ shape }) => shape[1]));
  const width = Math.max(...present.map(({ shape }) => shape[2]));
  const channels = Math.max(...present.map(({ shape }) => shape[0]));
  const across = Math.max(...pictures.map((row) => row.length));
  const gap = Math.max(2, Math.round(width / 16));
  const [, white] = range;
  const all = full([channels, pictures.length * (height + gap) - gap, across * (width + gap) - gap], white);
  const cells: Cell[] = [];
  pictures.forEach((line, row) =>
    line.forEach((picture, column) => {
      if (!picture) return;
      const [x, y] = [column * (width + gap), row * (height + gap)];
      lay(all, picture, x, y, width, height);
      const origin = sheet.origin?.(row, column);
      const generation = sheet.generation?.(row, column);
      const label = labels?.[row]?.[column] ?? "";
      cells.push({
        ...{ row, column, x, y, width, height, label },
        ...(origin && { origin }),
        ...(generation && { generation }),
      });
    })
  );
  return { name, caption, alt, parameters, rows, columns, cells, media: png(all, range) };
}

/** Pictures `[N, C, H, W]` beside each other, as bytes: for previews. */
export function strip(x: Tensor, range?: PixelRange): Media {
  const pictures = [picturesOf(x)];
  return sheetFigure({ name: "", caption: "", alt: "", parameters: {}, pictures, range }).media;
}

/** The pictures of a batch `[N, C, H, W]`, each `[C, H, W]`. */
export function picturesOf(x: Tensor): Tensor[] {
  return Array.from({ length: x.shape[0] }, (_, n) => reshape(slice(x, n, n + 1), x.shape.slice(1)));
}

/** A picture `[C, H, W]` as PNG. */
export function png(picture: Tensor, range?: PixelRange): Media {
  const [, height, width] = picture.shape;
  return { type: "image/png", width, height, bytes: Uint8Array.from(encodePng(picture, { range })) };
}

function asPicture(x: Tensor): Tensor {
  return x.shape.length === 4 ? reshape(x, x.shape.slice(1)) : x;
}

/** Lays a picture on the middle of its place. */
function lay(all: Tensor, picture: Tensor, x: number, y: number, width: number, height: number): void {
  const factor = Math.min(Math.floor(width / picture.shape[2]), Math.floor(height / picture.shape[1]));
  const gray = picture.shape[0] === 1 && all.shape[0] === 3;
  const large = upscaleNearest(gray ? concat([picture, picture, picture]) : picture, factor);
  const [channels, h, w] = large.shape;
  const [, sheetHeight, sheetWidth] = all.shape;
  const [left, top] = [x + Math.floor((width - w) / 2), y + Math.floor((height - h) / 2)];
  for (let c = 0; c < channels; c++) {
    for (let line = 0; line < h; line++) {
      const from = (c * h + line) * w;
      all.data.set(large.data.subarray(from, from + w), (c * sheetHeight + top + line) * sheetWidth + left);
    }
  }
}
