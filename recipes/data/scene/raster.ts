/** From an SVG document to pixels. */
import type { Sharp } from "sharp";

/** What draws SVG; opened when it is first used, since it asks for variables of the environment. */
let opened: Promise<(svg: Uint8Array) => Sharp> | undefined;

async function openSharp(): Promise<(svg: Uint8Array) => Sharp> {
  const { default: sharp } = await import("sharp");
  // One thread for each image: several images are drawn side by side, beside a network that trains.
  sharp.concurrency(1);
  return sharp;
}

/**
 * Draws an SVG document on white.
 *
 * @param svg The document, a square of `size` pixels.
 * @param size Height and width.
 * @returns The bytes `[3, size, size]`.
 * @throws {Error} if it cannot be drawn, or has another size.
 */
export async function raster(svg: string, size: number): Promise<Uint8Array> {
  const sharp = await (opened ??= openSharp());
  const { data, info } = await sharp(new TextEncoder().encode(svg)).flatten({ background: "white" })
    .toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  if (info.width !== size || info.height !== size || info.channels !== 3) {
    throw new Error(
      `svg: drawn as ${info.width} x ${info.height} x ${info.channels} where ${size} x ${size} x 3 is expected`,
    );
  }
  const area = size * size;
  const planes = new Uint8Array(3 * area);
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) planes[c * area + i] = data[3 * i + c];
  return planes;
}
