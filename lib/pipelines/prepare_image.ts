/**
 * Resizing and cropping images of any size for the pipelines.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { resize } from "../image/resize.ts";
import { described } from "../show_value.ts";
import { concat, map, reshape, slice, type Tensor } from "../tensor.ts";
import { roundHalfEven } from "../round_half_even.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** The options of {@linkcode prepareImage} and {@linkcode prepareMask}. */
export interface PrepareImageOptions {
  /**
   * Whether to crop to the central square. By default the image keeps its aspect ratio, as in DeepFloyd IF.
   */
  readonly crop?: boolean;
  /**
   * What the longer side is a multiple of: by default 8, as in DeepFloyd IF; 16 is what stage II needs (the network's
   * `config.sizeStep`).
   */
  readonly multiple?: number;
}

const prepareImageOptionNames: OptionNames<PrepareImageOptions> = {
  crop: true,
  multiple: true,
};

/**
 * The height and the width to which DeepFloyd IF resizes an image: the shorter side becomes `size`, the longer one the
 * multiple of 8, or of another number, nearest to the aspect ratio.
 *
 * @param height The image's height.
 * @param width The image's width.
 * @param size The new length of the shorter side, a multiple of `multiple`.
 * @param multiple What the sides are multiples of; defaults to 8.
 * @throws {ArgumentError} if an argument is not a whole number from 1, or the size is not a multiple of `multiple`.
 *
 * @example
 * ```ts
 * preparedSize(480, 640, 64); // [64, 88]
 * ```
 */
export function preparedSize(
  height: number,
  width: number,
  size: number,
  multiple: number = 8,
): [height: number, width: number] {
  for (const [name, value] of Object.entries({ height, width, size, multiple })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new ArgumentError(name, value, "a whole number from 1");
    }
  }
  if (size % multiple !== 0) {
    throw new ArgumentError("size", size, `a multiple of ${multiple}`);
  }
  const aspect = width / height;
  return aspect >= 1
    ? [size, roundHalfEven(size / multiple * aspect) * multiple]
    : [roundHalfEven(size / multiple / aspect) * multiple, size];
}

/**
 * Prepares images as DeepFloyd IF's pipelines do with Pillow: resized bicubically, in 8 bits, to
 * {@linkcode preparedSize}.
 *
 * @param image One image `[C, H, W]` or several `[N, C, H, W]`, with 3 channels or, gray, with 1, in [-1, 1]: what
 * `decodeImage` gives.
 * @param size The length of the shorter side, a multiple of `multiple`: the network's `spec.size`.
 * @param options Whether to crop to the central square, and what the sides are multiples of.
 * @returns `[N, 3, height, width]` in [-1, 1], its values those of bytes.
 * @throws {ArgumentError} if the shape is none of these, a value is not in [-1, 1], or the size is not a multiple of `multiple`.
 *
 * @example
 * ```ts
 * import { decodeImage } from "@denoise/denoise";
 *
 * const photo = await decodeImage(await Deno.readFile("static/report/anagrams/stage-1.png"));
 * const image = prepareImage(photo, 64, { crop: true });
 * ```
 */
export function prepareImage(image: Tensor, size: number, options: PrepareImageOptions = {}): Tensor {
  const prepared = prepare(image, [1, 3], size, options);
  return prepared.shape[1] === 3 ? prepared : concat([prepared, prepared, prepared], 1);
}

/**
 * Prepares masks as DeepFloyd IF's pipelines do: resized as by {@linkcode prepareImage}, then light pixels are 1, which is
 * where to repaint, dark ones 0.
 *
 * @param mask One gray image `[1, H, W]` or several `[N, 1, H, W]`, in [-1, 1], white where to repaint: what `decodeMask`
 * gives.
 * @param size The length of the shorter side, a multiple of `multiple`: the network's `spec.size`.
 * @param options Whether to crop to the central square, and what the sides are multiples of.
 * @returns `[N, 1, height, width]` of zeros and ones.
 * @throws {ArgumentError} if the shape is none of these, a value is not in [-1, 1], or the size is not a multiple of `multiple`.
 */
export function prepareMask(mask: Tensor, size: number, options: PrepareImageOptions = {}): Tensor {
  // Half of the byte range, 127.5, is 0 here.
  return map(prepare(mask, [1], size, options, "mask"), (value) => value >= 0 ? 1 : 0);
}

function prepare(
  image: Tensor,
  channels: readonly number[],
  size: number,
  options: PrepareImageOptions,
  name = "image",
): Tensor {
  assertOptions(options, prepareImageOptionNames);
  const { crop = false, multiple = 8 } = options;
  const batch = image.shape.length === 3 ? reshape(image, [1, ...image.shape]) : image;
  if (batch.shape.length !== 4 || !channels.includes(batch.shape[1])) {
    const expected = channels.map((n) => `[${n}, H, W] or [N, ${n}, H, W]`).join(", ");
    throw new ArgumentError(name, image, expected);
  }
  const wrong = image.data.findIndex((value) => !(value >= -1 && value <= 1));
  if (wrong !== -1) {
    throw new ArgumentError(name, described(`${image.data[wrong]} at index ${wrong}`), "a number in [-1, 1]");
  }
  const [height, width] = preparedSize(batch.shape[2], batch.shape[3], size, multiple);
  const resized = resize(batch, height, width, { bytes: true });
  return crop ? middle(middle(resized, size, 2), size, 3) : resized;
}

/** The central part of an axis. */
function middle(x: Tensor, size: number, axis: number): Tensor {
  const start = Math.floor((x.shape[axis] - size) / 2);
  return slice(x, start, start + size, axis);
}
