/** Small images as a first stage draws them: not quite sharp, a little blotched, of colours that are slightly off. */
import { gaussianBlur } from "../../lib/effects/mod.ts";
import { resize } from "../../lib/image.ts";
import type { Generator } from "../../lib/random.ts";
import { combine, map, type Tensor } from "../../lib/tensor.ts";

/** How often an image is damaged at all: the others teach the network to trust what it sees. */
const DAMAGED = 0.4;
/** The strongest blur, as a standard deviation in pixels. */
const BLUR = 0.7;
/** The strongest blotches, as the standard deviation of what is added to values in [-1, 1]. */
const BLOTCHES = 0.08;
/** Pixels of the side of a blotch. */
const BLOTCH = 4;
/** By how much contrast is changed at most. */
const CONTRAST = 0.1;

/**
 * Damages small images, each by amounts of its own.
 *
 * @param x The images, `[N, C, H, W]` in [-1, 1].
 * @param generator Draws the amounts.
 */
export function damage(x: Tensor, generator: Generator): Tensor {
  const [count, channels, height, width] = x.shape;
  const length = channels * height * width;
  const data = new Float32Array(x.data.length);
  for (let n = 0; n < count; n++) {
    let image: Tensor = {
      data: x.data.slice(n * length, (n + 1) * length),
      shape: [1, channels, height, width],
    };
    const [damaged, blur, blotches, contrast] = generator.rand([4]).data;
    if (damaged < DAMAGED) {
      const sigma = BLUR * blur;
      if (sigma > 0.2) image = gaussianBlur(image, { sigma, kernel: 5 });
      const coarse = generator.randn([1, channels, height / BLOTCH, width / BLOTCH]);
      image = combine(1, image, BLOTCHES * blotches, resize(coarse, height, width, { filter: "bilinear" }));
      const gain = 1 + CONTRAST * (2 * contrast - 1);
      image = map(image, (value) => Math.min(1, Math.max(-1, gain * value)));
    }
    data.set(image.data, n * length);
  }
  return { data, shape: x.shape };
}
