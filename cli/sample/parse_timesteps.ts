import { respacedTimesteps } from "../../lib/diffusion/mod.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { integer } from "../options.ts";

/**
 * Timesteps by the name of a respacing of DeepFloyd IF's own code, such as `fast27`, or as a list, such as `990,660,330,0`.
 *
 * @throws {ArgumentError} if it is neither. Whether a list descends and is within the schedule is checked with the model.
 */
export function parseTimesteps(text: string): readonly number[] {
  if (/[a-z]/i.test(text)) {
    try {
      return respacedTimesteps(text);
    } catch (error) {
      throw error instanceof ArgumentError
        ? new ArgumentError("timesteps", text, "a list such as 990,660,330,0 or a respacing such as fast27", {
          cause: error,
        })
        : error;
    }
  }
  const parse = integer("timesteps");
  return text.split(",").map((part) => parse(part.trim()));
}
