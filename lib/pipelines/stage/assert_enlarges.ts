import { ArgumentError } from "../../argument_error.ts";
import { described } from "../../show_value.ts";

/**
 * Throws unless a network is of the kind that a pipeline needs.
 *
 * @param model The network.
 * @param enlarges Whether it must enlarge images, or draw from noise alone.
 * @throws {ArgumentError} if it does not.
 */
export function assertEnlarges(
  model: { readonly config: { readonly enlarges: boolean } },
  enlarges: boolean,
): void {
  if (model.config.enlarges === enlarges) return;
  const kinds = ["a network that draws from noise alone", "a network that enlarges images"];
  throw new ArgumentError("model", described(kinds[Number(!enlarges)]), kinds[Number(enlarges)]);
}
