/** From tensors to the bytes that files hold. */
import { ArgumentError } from "../argument_error.ts";
import type { Tensor } from "../tensor.ts";
import { grid } from "./grid.ts";
import { roundHalfEven } from "../round_half_even.ts";

/** The values that stand for black and for white. */
export type Range = readonly [black: number, white: number];

/** One image as bytes: red, green, blue, alpha for each pixel, row by row from the top left. */
export interface Pixels {
  /** Pixels in a row. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
  /** The bytes, `4 * width * height`. */
  readonly data: Uint8Array;
}

/** Throws unless the range has two different finite numbers. */
export function checkRange(range: Range): void {
  const [black, white] = range;
  if (!(Number.isFinite(black) && Number.isFinite(white) && black !== white)) {
    throw new ArgumentError("range", range, "two different finite numbers", { plural: true });
  }
}

/**
 * Turns an image into bytes: clamped to the range, scaled to 0..255, rounded half to even.
 *
 * Each operation is rounded to single precision, so that the bytes are those of
 * `((x / 2 + 0.5).clip(0, 1) * 255).round()` on float32 arrays in numpy. A NaN becomes 0.
 *
 * @param x `[C, H, W]`, or `[N, C, H, W]`; several images are joined to a sheet by {@linkcode grid}. C is 1 or 3.
 * @param range the values for black and white; by default `[-1, 1]`.
 * @throws {ArgumentError} if the shape or the range is none of these.
 */
export function toPixels(x: Tensor, range: Range = [-1, 1]): Pixels {
  checkRange(range);
  const [black, white] = range;
  const sheet = x.shape.length === 4 ? grid(x, { background: white }) : x;
  const [channels, height, width] = sheet.shape;
  if (sheet.shape.length !== 3 || (channels !== 1 && channels !== 3) || !(height > 0 && width > 0)) {
    throw new ArgumentError("x", x, "[C, H, W] or [N, C, H, W] with 1 or 3 channels");
  }
  const plane = height * width;
  const data = new Uint8Array(4 * plane).fill(255);
  for (let c = 0; c < 3; c++) {
    const from = channels === 3 ? c * plane : 0;
    for (let i = 0; i < plane; i++) {
      const unit = Math.fround(Math.fround(sheet.data[from + i] - black) / (white - black));
      data[4 * i + c] = roundHalfEven(Math.fround(255 * Math.min(1, Math.max(0, unit))));
    }
  }
  return { width, height, data };
}
