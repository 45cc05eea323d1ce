/** Images split by what is left of them in motion. @module */
import { ArgumentError } from "../../argument_error.ts";
import { combine, type Tensor } from "../../tensor.ts";
import type { Part } from "./part.ts";
import { scaledKernel } from "./scaled.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

/** The options of {@linkcode motion}. */
export interface MotionOptions {
  /** How long the blur is at 64 pixels, across and down; defaults to 7. It grows with the image. */
  readonly length?: number;
}

const motionOptionNames: OptionNames<MotionOptions> = {
  length: true,
};

/**
 * What is left of an image that moves down and to the right, and the rest: one thing while it moves, another at rest (Geng
 * et al. 2024, "Factorized Diffusion", section 4.2). Beyond their edges images are 0.
 *
 * @param options The blur at 64 pixels.
 * @returns Two parts, the blurred one first.
 * @throws {ArgumentError} if the length is not a whole number from 1.
 */
export function motion(options: MotionOptions = {}): [blurred: Part, rest: Part] {
  assertOptions(options, motionOptionNames);
  const { length = 7 } = options;
  if (!(Number.isInteger(length) && length >= 1)) {
    throw new ArgumentError("length", length, "a whole number from 1");
  }
  const blurred: Part = (x) => diagonal(x, scaledKernel(length, x.shape[2]));
  return [blurred, (x) => combine(1, x, -1, blurred(x))];
}

/** The mean over a diagonal line of pixels. */
function diagonal({ data, shape }: Tensor, length: number): Tensor {
  const [height, width] = shape.slice(-2);
  const reach = (length - 1) / 2;
  const out = new Float32Array(data.length);
  for (let plane = 0; plane < data.length; plane += height * width) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const inside = y + k >= 0 && y + k < height && x + k >= 0 && x + k < width;
          if (inside) sum += data[plane + (y + k) * width + x + k];
        }
        out[plane + y * width + x] = sum / length;
      }
    }
  }
  return { data: out, shape };
}
