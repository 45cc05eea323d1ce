import { ArgumentError } from "../../argument_error.ts";
import { isDiscrete, type NoiseSchedule } from "../schedule.ts";

/**
 * Where a step ends that may not reach the clean image: at `tNext`, but at timestep 0 in the place of -1.
 *
 * @param schedule The noise schedule; a continuous one has no first timestep to end at.
 * @param tNext The next timestep.
 * @param wrong The option that asks for it: name, value and what it has to be.
 * @throws {ArgumentError} if the schedule is continuous.
 */
export function noisyEnd(
  schedule: NoiseSchedule,
  tNext: number,
  wrong: readonly [name: string, value: unknown, expected: string],
): number {
  if (isDiscrete(schedule)) return Math.max(tNext, 0);
  throw new ArgumentError(...wrong, { note: "with a continuous schedule" });
}
