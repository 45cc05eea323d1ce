import { ArgumentError } from "../../lib/errors.ts";
import type { GuidanceInterval } from "../../lib/effects/mod.ts";

/**
 * An interval of timesteps, such as `200-800`.
 *
 * @throws {ArgumentError} if it is not an interval, or the larger timestep comes first.
 */
export function parseGuidanceInterval(text: string): GuidanceInterval {
  const [from, to] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(text)?.slice(1).map(Number) ?? [];
  if (from <= to) return [from, to];
  throw new ArgumentError("guidance-interval", text, "two timesteps such as 200-800, the smaller one first");
}
