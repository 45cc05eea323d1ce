import { ArgumentError } from "../../lib/errors.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { laplacianEnergy } from "../emoji/image_quality.ts";

/**
 * How sharp images are beside others of the same size: the mean energy of their Laplacian over that of the others'. 1 is as sharp,
 * less is blurred, more is noisy.
 *
 * @param images `[N, C, H, W]`
 * @param real `[M, C, H, W]` in the same range.
 * @throws {ArgumentError} if images differ in size, or there are none.
 */
export function sharpness(images: Tensor, real: Tensor): number {
  if (images.shape[0] === 0 || images.shape.slice(1).join() !== real.shape.slice(1).join()) {
    throw new ArgumentError("images", images, `[1 or more, ${real.shape.slice(1)}]`);
  }
  return meanEnergy(images) / meanEnergy(real);
}

function meanEnergy({ data, shape: [count, channels, height, width] }: Tensor): number {
  let energy = 0;
  for (let plane = 0; plane < count * channels; plane++) {
    energy += laplacianEnergy(data, plane * height * width, height, width);
  }
  return energy / count;
}
