import { encodeGif, grid, type PixelRange, toPixels } from "../../lib/image.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { Media } from "../section.ts";

/** How long frames of animations stay, in milliseconds. */
const [FRAME, LAST] = [80, 1600];

/**
 * An animation of pictures; the last one stays longer.
 *
 * @param frames Each `[N, C, H, W]`: N pictures beside one another.
 */
export async function animation(frames: readonly Tensor[], range?: PixelRange): Promise<Media> {
  const white = range?.[1] ?? 1;
  const sheets = frames.map((frame) =>
    toPixels(grid(frame, { columns: frame.shape[0], gap: 4, background: white }), range)
  );
  const bytes = await encodeGif(sheets, {
    delay: sheets.map((_, i) => i === sheets.length - 1 ? LAST : FRAME),
  });
  const [{ width, height }] = sheets;
  return { type: "image/gif", width, height, bytes: Uint8Array.from(bytes) };
}
