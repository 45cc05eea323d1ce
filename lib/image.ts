/**
 * Images in and out: from tensors to PNG and GIF, from files to tensors, resizing and contact sheets.
 *
 * An image is a {@linkcode Tensor} `[C, H, W]` with one channel (gray) or three (red, green, blue), in `[-1, 1]`
 * unless a range says otherwise. Only {@linkcode decodeImage}, {@linkcode decodeMask} and {@linkcode encodeGif} load native code (imagescript,
 * at their first call), for which Deno asks `--allow-ffi`, `--allow-read` of the package's folder and
 * `--allow-env=IMAGESCRIPT_WASM_SIMD`; all else needs no permission.
 *
 * @example
 * ```ts
 * import { decodeImage, encodePng, resize } from "@denoise/denoise/images";
 *
 * const photo = await decodeImage(await Deno.readFile("static/report/anagrams/stage-1.png"));
 * const small = resize(photo, 64, 64);
 * const bytes = encodePng(small, { text: { Description: "an anagram" } });
 * ```
 *
 * @module
 */
export type { Tensor, TensorData } from "./tensor.ts";
export { type ImageHeader, readHeader as readImageHeader, uprightSize } from "./image/header.ts";
export { ImageError } from "./image/error.ts";
export { type PixelRange, type Pixels, toPixels } from "./image/pixels.ts";
export { encodePng, type EncodePngOptions } from "./image/png.ts";
export { readPngText } from "./image/png_text.ts";
export { withPngText } from "./image/with_png_text.ts";
export {
  decodeImage,
  type DecodeImageOptions,
  decodeMask,
  DECODING_BYTES,
  MAX_PIXELS,
} from "./image/decode.ts";
export { encodeGif, type EncodeGifOptions } from "./image/gif.ts";
export { grid, type GridOptions } from "./image/grid.ts";
export { resize, type ResizeOptions, upscaleNearest } from "./image/resize.ts";
