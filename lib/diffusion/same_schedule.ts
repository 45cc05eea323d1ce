import { isDiscrete, type NoiseSchedule } from "./schedule.ts";

/**
 * Whether two schedules give every timestep the same noise level. The shift of a flow is none of it: it says which
 * timesteps are visited.
 */
export function sameSchedule(a: NoiseSchedule, b: NoiseSchedule): boolean {
  if (isDiscrete(a)) {
    return isDiscrete(b) && a.length === b.length &&
      a.alphasCumprod.every((value, t) => value === b.alphasCumprod[t]);
  }
  if (isDiscrete(b) || a.kind !== b.kind) return false;
  return a.kind === "flow" || b.kind === "flow" || a.sigmaMax === b.sigmaMax;
}
