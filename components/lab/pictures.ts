/** Pictures that are parts of larger ones: of a figure's sheet, of a strip of previews. */
import type { Cell } from "../../report/section.ts";
import type { Picture, ShownFigure, Side, Snapshot } from "./snapshot.ts";

/** A part of a picture, in the picture's pixels. */
export interface Part {
  readonly picture: Picture;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A cell of a figure's sheet. */
export function cellPart({ figure: { width, height }, src }: ShownFigure, cell: Cell): Part {
  const { x, y } = cell;
  return { picture: { src, width, height }, x, y, width: cell.width, height: cell.height };
}

/** One of the pictures of a strip. Those of a strip of several are square. */
export function stripPart(picture: Picture, count: number, index: number): Part {
  if (count === 1) return { picture, x: 0, y: 0, width: picture.width, height: picture.height };
  const { height: side } = picture;
  const pitch = (picture.width - side) / (count - 1);
  return { picture, x: index * pitch, y: 0, width: side, height: side };
}

/** All pictures of a snapshot. */
export function snapshotParts(snapshot: Snapshot, side: Side): Part[] {
  return Array.from(
    { length: snapshot.count },
    (_, index) => stripPart(snapshot[side], snapshot.count, index),
  );
}

/** A part as a picture of its own, in its own pixels. */
export async function cut({ picture, x, y, width, height }: Part): Promise<HTMLCanvasElement> {
  const image = new Image();
  image.src = picture.src;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.drawImage(image, x, y, width, height, 0, 0, width, height);
  return canvas;
}
