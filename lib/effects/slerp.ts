/**
 * From one noise to another, and from one text to another.
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { assertSameShape, combine, type Tensor } from "../tensor.ts";

/**
 * Spherical interpolation (Shoemake 1985, "Animating rotation with quaternion curves", eq. 4, for vectors of any length):
 * `sin((1 - part) angle) / sin(angle) a + sin(part angle) / sin(angle) b`, with the angle between the two.
 *
 * Between two noises every step is noise of the same strength, where a straight line would pass through weaker noise, which
 * gives pale images (White 2016, "Sampling generative networks"). Each tensor is one vector; where they point the same way
 * or in opposite ones, the interpolation is straight.
 *
 * @param a The start: noise, or the embeddings of a text.
 * @param b The end, shaped as `a`.
 * @param part The position: 0 is `a`, 1 is `b`.
 * @throws {ArgumentError} if the shapes differ, or `part` is not a finite number.
 *
 * @example
 * ```ts
 * import { Generator } from "@denoise/denoise";
 *
 * const shape = [1, 3, 64, 64];
 * const between = slerp(new Generator(1).randn(shape), new Generator(2).randn(shape), 0.5);
 * ```
 */
export function slerp(a: Tensor, b: Tensor, part: number): Tensor {
  assertSameShape(a, b, "b");
  if (!Number.isFinite(part)) throw new ArgumentError("part", part, "a finite number");
  let [product, squareA, squareB] = [0, 0, 0];
  a.data.forEach((value, i) => {
    product += value * b.data[i];
    squareA += value * value;
    squareB += b.data[i] * b.data[i];
  });
  const cosine = product / Math.sqrt(squareA * squareB);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  // A zero vector has no direction, and between opposite ones no way is the shortest.
  if (!(sine > 1e-6)) return combine(1 - part, a, part, b);
  return combine(Math.sin((1 - part) * angle) / sine, a, Math.sin(part * angle) / sine, b);
}
