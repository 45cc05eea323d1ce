/** The images that `deno task sample` starts from. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { decodeImage, decodeMask, ImageError } from "../../lib/image.ts";
import type { FileReference } from "../../lib/generation/mod.ts";
import { digest } from "../../lib/models/mod.ts";
import { reshape, type Tensor } from "../../lib/tensor.ts";

/** An image from a file. */
export interface SourceImage {
  /** Its path and hash. */
  readonly file: FileReference;
  /** `[1, C, H, W]` in [-1, 1] */
  readonly picture: Tensor;
}

/** The image to start from, and the mask, if given. */
export interface SourceImages {
  readonly image: SourceImage | null;
  readonly mask: SourceImage | null;
}

/**
 * Reads the image and its mask.
 *
 * @throws {ArgumentError} if a file cannot be read or is not an image, the sizes differ, or there is a mask without an image.
 */
export async function readSources(image?: string, mask?: string): Promise<SourceImages> {
  if (image === undefined) {
    if (mask !== undefined) {
      throw new ArgumentError("mask", mask, "--image beside it");
    }
    return { image: null, mask: null };
  }
  const picture = await read("image", image, decodeImage);
  if (mask === undefined) return { image: picture, mask: null };
  const covered = await read("mask", mask, decodeMask);
  const sizes = [covered, picture].map(({ picture: { shape: [, , height, width] } }) =>
    `${width} x ${height}`
  );
  if (sizes[0] !== sizes[1]) {
    throw new ArgumentError("mask", described(`${sizes[0]} pixels`), `the image's ${sizes[1]}`, {
      plural: true,
    });
  }
  return { image: picture, mask: covered };
}

async function read(
  name: string,
  path: string,
  decode: (bytes: Uint8Array) => Promise<Tensor>,
): Promise<SourceImage> {
  try {
    const bytes = await Deno.readFile(path);
    const picture = await decode(bytes);
    return { file: { path, digest: await digest(bytes) }, picture: reshape(picture, [1, ...picture.shape]) };
  } catch (cause) {
    const note = cause instanceof Deno.errors.NotFound
      ? "it does not exist"
      : cause instanceof ImageError
      ? cause.found
      : (cause as Error).message;
    throw new ArgumentError(name, path, "an image in PNG, JPEG or GIF", { note, cause });
  }
}
