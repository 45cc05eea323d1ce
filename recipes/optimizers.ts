/** The optimisers that a run may have, by name. */
import { ArgumentError } from "../lib/errors.ts";
import type { TrainerOptions } from "../lib/training/mod.ts";
import type { OptimizerName, Recipe } from "./recipe.ts";

/**
 * The trainer's options for an optimiser.
 *
 * @param name Its name; defaults to Adam.
 * @throws {ArgumentError} if it is Muon's, and the recipe has no matrices for it.
 */
export function optimizerOptions(
  { name: recipe, optimizer, muon }: Pick<Recipe, "name" | "optimizer" | "muon">,
  name: OptimizerName = "adam",
): Pick<TrainerOptions, "muon" | "sgd" | "lion"> & Recipe["optimizer"] {
  switch (name) {
    case "adam":
      return { ...optimizer };
    case "muon":
      if (muon) return { ...optimizer, muon };
      throw new ArgumentError("optimizer", "muon", "one of adam, sgd, lion", {
        note: `${recipe} has no matrices for Muon`,
      });
    case "sgd":
      return { ...optimizer, sgd: {} };
    case "lion":
      return { ...optimizer, lion: {} };
  }
}
