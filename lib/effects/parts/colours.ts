/** Images split into gray and colour. @module */
import { combine, type Tensor } from "../../tensor.ts";
import type { Part } from "./part.ts";

/**
 * The mean of the channels in each, a gray image, and what is left, the colours: one thing in black and white, another in
 * colour (Geng et al. 2024, "Factorized Diffusion", section 4.2).
 *
 * @returns Two parts, the gray one first.
 */
export function colours(): [gray: Part, colour: Part] {
  return [gray, (x) => combine(1, x, -1, gray(x))];
}

function gray({ data, shape }: Tensor): Tensor {
  const [count, channels, height, width] = shape;
  const plane = height * width;
  const out = new Float32Array(data.length);
  for (let n = 0; n < count; n++) {
    const start = n * channels * plane;
    for (let i = start; i < start + plane; i++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += data[i + c * plane];
      for (let c = 0; c < channels; c++) out[i + c * plane] = sum / channels;
    }
  }
  return { data: out, shape };
}
