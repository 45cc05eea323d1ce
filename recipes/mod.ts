/** The recipes, by name. */
import { ArgumentError } from "../lib/errors.ts";
import { emojiI } from "./emoji/stage_one.ts";
import { emojiII } from "./emoji/stage_two.ts";
import { mnistClassifier } from "./mnist_classifier.ts";
import { mnistDenoiser } from "./mnist_denoiser.ts";
import { mnistClass, mnistTime } from "./mnist_diffusion.ts";
import type { Recipe } from "./recipe.ts";

/** All recipes. */
export const recipes: readonly Recipe[] = [
  mnistDenoiser,
  mnistTime,
  mnistClass,
  mnistClassifier,
  emojiI,
  emojiII,
];

/**
 * The recipe of a name.
 *
 * @throws {ArgumentError} if there is none.
 */
export function findRecipe(name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (!found) {
    throw new ArgumentError("recipe", name, `one of ${recipes.map((recipe) => recipe.name).join(", ")}`);
  }
  return found;
}
