/** From a name to a picture: its icons, drawn from the back to the front on white. */
import { loadSharp } from "../scene/load_sharp.ts";
import type { IconSet } from "./icons.ts";
import type { Layer } from "./names.ts";

/**
 * Draws layers on a white square.
 *
 * @returns The bytes `[3, size, size]`.
 * @throws {Error} if an icon is missing or is no SVG that can be drawn; names it.
 */
export async function render(set: IconSet, layers: readonly Layer[], size: number): Promise<Uint8Array> {
  let canvas = new Uint8Array(size * size * 3).fill(255);
  for (const layer of layers) {
    const [width, height] = [layer.width, layer.height].map((share) => Math.max(1, Math.round(share * size)));
    const left = Math.round(layer.x * size), top = Math.round(layer.y * size);
    canvas = paint(canvas, size, await raster(set, layer.icon, width, height), { left, top, width, height });
  }
  const planes = new Uint8Array(canvas.length);
  const area = size * size;
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) planes[c * area + i] = canvas[3 * i + c];
  return planes;
}

/** An icon's pixels, red, green, blue and opacity. */
async function raster(set: IconSet, icon: string, width: number, height: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const svg = new TextEncoder().encode(set.svg(icon, width, height));
  try {
    const { data, info } = await sharp(svg).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    if (info.width !== width || info.height !== height || info.channels !== 4) {
      throw new Error(
        `${info.width} x ${info.height} x ${info.channels} where ${width} x ${height} x 4 is expected`,
      );
    }
    return data;
  } catch (cause) {
    throw new Error(`@iconify-json/${set.style.id}: ${icon} cannot be drawn`, { cause });
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Lays pixels over a canvas, in place; what is outside of it is cut off. */
function paint(
  canvas: Uint8Array<ArrayBuffer>,
  size: number,
  pixels: Uint8Array,
  { left, top, width, height }: Box,
) {
  for (let y = Math.max(0, -top); y < height && top + y < size; y++) {
    for (let x = Math.max(0, -left); x < width && left + x < size; x++) {
      const from = 4 * (y * width + x), to = 3 * ((top + y) * size + left + x);
      const opacity = pixels[from + 3] / 255;
      for (let c = 0; c < 3; c++) {
        canvas[to + c] = Math.round(opacity * pixels[from + c] + (1 - opacity) * canvas[to + c]);
      }
    }
  }
  return canvas;
}
