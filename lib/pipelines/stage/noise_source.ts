/**
 * The noise source of a batch.
 *
 * @module
 */
import { described } from "../../show_value.ts";
import { ArgumentError } from "../../argument_error.ts";
import type { Noise } from "../../diffusion/types.ts";
import { Generator } from "../../random.ts";
import { concat } from "../../tensor.ts";

/** A seed: an integer, or a generator in its current state. */
export type Seed = number | bigint | Generator;

/** One seed for all images of a batch, or one for each. */
export type Seeds = Seed | readonly Seed[];

/**
 * Makes generators from seeds; generators are returned as they are.
 *
 * @param seeds One seed, or a list.
 * @returns One generator, or a list.
 * @throws {ArgumentError} if a seed is not an integer.
 */
export function generatorsOf(seeds: Seeds): Generator | readonly Generator[] {
  const generator = (seed: Seed) => seed instanceof Generator ? seed : new Generator(seed);
  return isList(seeds) ? seeds.map(generator) : generator(seeds);
}

/**
 * The noise of a batch of images, in PyTorch's numbers and diffusers' order. With one seed a draw is one `randn` of the
 * whole batch. With a list each image has a `randn` of its own, so that it is the same in whichever batch it is.
 *
 * @param seeds One seed for all images, or as many as there are images.
 * @param count The number of images, which is the first size of every draw.
 * @throws {ArgumentError} if a seed is not an integer, or a list has another length than `count`.
 *
 * @example
 * ```ts
 * const noise = noiseSource([7, 8], 2);
 * const start = noise([2, 3, 64, 64]); // the second image is that of noiseSource([8], 1)
 * ```
 */
export function noiseSource(seeds: Seeds, count: number): Noise {
  if (isList(seeds) && seeds.length !== count) {
    throw new ArgumentError(
      "seed",
      described(`a list of ${seeds.length}`),
      `one for each of ${count} images`,
    );
  }
  const generators = generatorsOf(seeds);
  if (!isList(generators)) return (shape) => generators.randn(shape);
  return (shape) => concat(generators.map((generator) => generator.randn([1, ...shape.slice(1)])));
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
