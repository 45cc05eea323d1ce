/** Moving images. */
import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { machine } from "../platform/mod.ts";
import { reshape, slice, type Tensor } from "../tensor.ts";
import { type PixelRange, type Pixels, toPixels } from "./pixels.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The options of {@linkcode encodeGif}. */
export interface EncodeGifOptions {
  /** Milliseconds that a frame stays, for all or for each; GIF counts in hundredths of a second. By default 100. */
  delay?: number | readonly number[];
  /** For tensors: the values for black and white; by default `[-1, 1]`. */
  range?: PixelRange;
}

const encodeGifOptionNames: OptionNames<EncodeGifOptions> = {
  delay: true,
  range: true,
};

/** The images of a batch, each `[C, H, W]`. */
function unstack(x: Tensor): Tensor[] {
  if (x.shape.length !== 4) throw new ArgumentError("frames", x, "[N, C, H, W]");
  return Array.from({ length: x.shape[0] }, (_, n) => reshape(slice(x, n, n + 1), x.shape.slice(1)));
}

/**
 * Encodes images as a GIF that repeats for ever.
 *
 * @param frames `[N, C, H, W]`, or a list of images of one size: `[C, H, W]` or bytes. C is 1 or 3.
 * @throws {ArgumentError} if there is no frame, or frames or delays do not fit together.
 */
export async function encodeGif(
  frames: Tensor | readonly (Tensor | Pixels)[],
  options: EncodeGifOptions = {},
): Promise<Uint8Array> {
  assertOptions(options, encodeGifOptionNames);
  const { delay = 100, range } = options;
  const images = ("shape" in frames ? unstack(frames) : frames)
    .map((frame) => "shape" in frame ? toPixels(frame, range) : frame);
  if (images.length === 0) {
    throw new ArgumentError("frames", described("empty list"), "at least one image");
  }
  const [{ width, height }] = images;
  const odd = images.find((image) => image.width !== width || image.height !== height);
  if (odd) {
    throw new ArgumentError("frames", described(`${odd.width} x ${odd.height}`), `${width} x ${height}`);
  }
  const delays = typeof delay === "number" ? images.map(() => delay) : delay;
  if (delays.length !== images.length || !delays.every((ms) => ms >= 10 && ms <= 655_350)) {
    throw new ArgumentError("delay", delay, "10 to 655350 ms", {
      note: `one number or ${images.length}`,
      plural: true,
    });
  }
  return await machine.images.encodeGif(images.map((image, i) => ({ ...image, delay: delays[i] })));
}
