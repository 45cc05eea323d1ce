/** How large a picture may be that somebody sends: what a worker can decode in its memory. */
import { DECODING_BYTES } from "../../lib/image.ts";

/** More is never taken; the browser scales before it sends. */
const MAX_PIXELS = 16_000_000;

/** How many pictures a section takes at most, each with a mask: the scenes of inpainting. */
const SCENES = 6;

/** What a picture and its mask take while a section works with them: four numbers of single precision for each pixel. */
const HELD_BYTES = 16;

/**
 * The largest number of pixels of an upload: half of a worker's memory is for pictures, the other for networks. One picture
 * is decoded at a time, those before it are held.
 *
 * @param workerMegabytes How many megabytes a worker may use: `GALLERY_WORKER_MB`.
 * @returns a whole number of at most 16 million, in thousands.
 */
export function uploadPixels(workerMegabytes: number): number {
  const pixels = workerMegabytes * 1e6 / 2 / (DECODING_BYTES + SCENES * HELD_BYTES);
  return Math.min(MAX_PIXELS, Math.floor(pixels / 1000) * 1000);
}
