/** Images cut into squares that are laid out anew. @module */
import { ArgumentError } from "../../argument_error.ts";
import { Generator } from "../../random.ts";
import { squareSize } from "./square.ts";
import { permutedPixels, type View } from "./view.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

/** The options of {@linkcode permutePatches}. */
export interface PermutePatchesOptions {
  /** How many squares there are in a row; defaults to 8. With as many as pixels, each pixel goes its own way. */
  readonly patches?: number;
  /** The seed of their new order; defaults to 0. It is the same order at every size: both stages of a cascade agree. */
  readonly seed?: number;
}

const permutePatchesOptionNames: OptionNames<PermutePatchesOptions> = {
  patches: true,
  seed: true,
};

/**
 * Cut into squares, which are laid out in random order.
 *
 * @param options How many squares, and the seed of their order.
 * @throws {ArgumentError} if an option is not a whole number in its range; the view, if images cannot be cut so.
 */
export function permutePatches(options: PermutePatchesOptions = {}): View {
  assertOptions(options, permutePatchesOptionNames);
  const { patches = 8, seed = 0 } = options;
  if (!(Number.isInteger(patches) && patches >= 1 && patches <= 4096)) {
    throw new ArgumentError("patches", patches, "a whole number from 1 to 4096");
  }
  const order = new Generator(seed).permutation(patches * patches);
  return permutedPixels((height, width) => {
    const size = squareSize(height, width, patches);
    const side = size / patches;
    return Int32Array.from({ length: size * size }, (_, i) => {
      const [row, column] = [Math.floor(i / size), i % size];
      const patch = order[Math.floor(row / side) * patches + Math.floor(column / side)];
      const [top, left] = [Math.floor(patch / patches) * side, (patch % patches) * side];
      return (top + row % side) * size + left + column % side;
    });
  });
}
