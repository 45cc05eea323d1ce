/** Argument checks shared by the multistep and singlestep solvers of the DPM-Solver family. */
import { ArgumentError } from "../../argument_error.ts";

/**
 * Throws unless a solver has these options.
 *
 * @throws {ArgumentError} that names the option.
 */
export function assertSolver(
  { order, solverType, finalSigmas }: { order: number; solverType: string; finalSigmas: string },
): void {
  if (![1, 2, 3].includes(order)) throw new ArgumentError("order", order, "1, 2 or 3");
  if (solverType !== "midpoint" && solverType !== "heun") {
    throw new ArgumentError("solverType", solverType, "midpoint or heun");
  }
  if (finalSigmas !== "zero" && finalSigmas !== "sigma_min") {
    throw new ArgumentError("finalSigmas", finalSigmas, "zero or sigma_min");
  }
}
