import { ArgumentError, described } from "../../lib/errors.ts";
import { type Tensor, tensor } from "../../lib/tensor.ts";
import type { PictureSet } from "./dataset.ts";

/**
 * Some pictures of a set, as `[end - start, channels, size, size]` in 0..1.
 *
 * @throws {ArgumentError} if the range is not within the set.
 */
export function pictures({ images, count, channels, size }: PictureSet, start: number, end: number): Tensor {
  if (!(start >= 0 && start < end && end <= count)) {
    throw new ArgumentError("start, end", described(`${start}, ${end}`), `a range within 0..${count}`);
  }
  const length = channels * size * size;
  const bytes = images.subarray(start * length, end * length);
  return tensor(Float32Array.from(bytes, (byte) => byte / 255), [end - start, channels, size, size]);
}
