/** Height and width of the box that MNIST's digits are scaled into, in pixels. */
const BOX = 20;

/** Height and width of its pictures. */
const SIZE = 28;

/** Where the centre of mass comes to lie: in the middle of the pixel with the number 14. */
const CENTRE = 14.5;

/** Ink of less than this is none: the edge of a line that was smoothed. */
const FAINT = 0.05;

/**
 * Brings a drawing into the form of MNIST's digits (LeCun et al. 1998): scaled to fit a box of 20 x 20 pixels, and laid so that its
 * centre of mass is in the middle of a picture of 28 x 28.
 *
 * @param ink How much ink there is at each point, `[size, size]` in 0..1.
 * @param size Height and width of the drawing, in pixels.
 * @returns `[28, 28]`, 0 for black to 255; undefined for an empty sheet.
 */
export function mnistForm(ink: ArrayLike<number>, size: number): Uint8Array<ArrayBuffer> | undefined {
  let [top, bottom, left, right] = [size, -1, size, -1];
  let [mass, xs, ys] = [0, 0, 0];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = ink[y * size + x];
      if (value < FAINT) continue;
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      mass += value;
      xs += value * (x + 0.5);
      ys += value * (y + 0.5);
    }
  }
  if (mass === 0) return undefined;
  // Dots stay dots: what is small is not blown up beyond what a pen on paper of that size would draw.
  const side = Math.max(bottom - top + 1, right - left + 1, size / 8);
  const scale = side / BOX;
  const [centreX, centreY] = [xs / mass, ys / mass];
  const pixels = new Uint8Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const [x0, y0] = [centreX + (x - CENTRE) * scale, centreY + (y - CENTRE) * scale];
      pixels[y * SIZE + x] = Math.round(255 * meanIn(ink, size, x0, y0, scale));
    }
  }
  return pixels;
}

/** The mean of what lies in a square, parts of points by their share; nothing lies outside of the sheet. */
function meanIn(ink: ArrayLike<number>, size: number, x0: number, y0: number, side: number): number {
  let sum = 0;
  for (let y = Math.max(0, Math.floor(y0)); y < Math.min(size, y0 + side); y++) {
    const height = Math.min(y + 1, y0 + side) - Math.max(y, y0);
    for (let x = Math.max(0, Math.floor(x0)); x < Math.min(size, x0 + side); x++) {
      sum += ink[y * size + x] * height * (Math.min(x + 1, x0 + side) - Math.max(x, x0));
    }
  }
  return Math.min(1, sum / (side * side));
}
