import { ArgumentError } from "../../argument_error.ts";
import { described } from "../../show_value.ts";

/**
 * Throws unless a network is of the kind that a pipeline needs.
 *
 * @param model The network.
 * @param enlarges Whether it must be a super-resolution network, or a first stage.
 * @throws {ArgumentError} if it does not.
 */
export function assertEnlarges(
  model: { readonly config: { readonly enlarges: boolean } },
  enlarges: boolean,
): void {
  if (model.config.enlarges === enlarges) return;
  const kinds = ["a first-stage network", "a super-resolution network"];
  throw new ArgumentError("model", described(kinds[Number(!enlarges)]), kinds[Number(enlarges)]);
}
