/**
 * The views by name, for choosing one by a setting.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";
import { flip } from "./flip.ts";
import { identity } from "./identity.ts";
import { innerCircle } from "./inner_circle.ts";
import { jigsaw } from "./jigsaw.ts";
import { negate } from "./negate.ts";
import { permutePatches } from "./permute_patches.ts";
import { rotate } from "./rotate.ts";
import { skew } from "./skew.ts";
import { squareHinge } from "./square_hinge.ts";
import type { View } from "./view.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

export { permutedPixels, type PixelOrder, type View } from "./view.ts";
export { permutePatches, type PermutePatchesOptions } from "./permute_patches.ts";
export { flip, identity, innerCircle, jigsaw, negate, rotate, skew, squareHinge };

/** The options of {@linkcode createView}. */
export interface ViewOptions {
  /** The seed of views that put things into random order; defaults to 0. */
  readonly seed?: number;
  /** For `permute-pixels`: how many pixels there are in a row, the size of the first stage's images; defaults to 64. */
  readonly pixels?: number;
}

const viewOptionNames: OptionNames<ViewOptions> = {
  seed: true,
  pixels: true,
};

/** The name of a view. */
export type ViewName =
  | "identity"
  | "flip"
  | "rotate-90"
  | "rotate-180"
  | "rotate-270"
  | "negate"
  | "skew"
  | "permute-patches"
  | "permute-pixels"
  | "jigsaw"
  | "inner-circle"
  | "square-hinge";

/** The views' factories, by name. */
export const views: { readonly [Name in ViewName]: (options: ViewOptions) => View } = {
  "identity": identity,
  "flip": flip,
  "rotate-90": () => rotate(90),
  "rotate-180": () => rotate(180),
  "rotate-270": () => rotate(270),
  "negate": negate,
  "skew": () => skew(),
  "permute-patches": ({ seed }) => permutePatches({ seed }),
  "permute-pixels": ({ seed, pixels = 64 }) => permutePatches({ seed, patches: pixels }),
  "jigsaw": ({ seed }) => jigsaw(seed),
  "inner-circle": innerCircle,
  "square-hinge": squareHinge,
};

/**
 * Makes a view by its name.
 *
 * @param name `identity`, `flip`, `rotate-90`, `rotate-180`, `rotate-270`, `negate`, `skew`, `permute-patches`,
 * `permute-pixels`, `jigsaw`, `inner-circle` or `square-hinge`.
 * @param options The seed of random orders.
 * @throws {ArgumentError} if the name is unknown or an option out of its range.
 *
 * @example
 * ```ts
 * const upsideDown = createView("flip");
 * ```
 */
export function createView(name: ViewName, options: ViewOptions = {}): View {
  if (!Object.hasOwn(views, name)) {
    throw new ArgumentError("view", name, `one of ${Object.keys(views).join(", ")}`);
  }
  assertOptions(options, viewOptionNames);
  return views[name](options);
}
