import { ArgumentError } from "../../argument_error.ts";
import type { NoiseSchedule } from "../schedule.ts";

/** How an ancestral step goes. */
export interface AncestralStep {
  /** The noise level that it goes down to. */
  readonly down: number;
  /** The deviation of the noise that leads up again. */
  readonly up: number;
}

/**
 * An ancestral step from one noise level to a lower one, in coordinates in which the signal stays as it is (Karras et al. 2022; Katherine
 * Crowson's k-diffusion, `get_ancestral_step` with `eta = 1`): `up = s' / s sqrt(s^2 - s'^2)`, `down = sqrt(s'^2 - up^2) = s'^2 / s`.
 *
 * @param from The level `s`, above `to`.
 * @param to The level `s'`.
 */
export function ancestralStep(from: number, to: number): AncestralStep {
  return { down: to * to / from, up: to / from * Math.sqrt(from * from - to * to) };
}

/**
 * Throws in the schedule of flow matching, in which the signal fades while noise is added: samplers that go straight in
 * `sigma / alpha` are not for it.
 *
 * @throws {ArgumentError} in that schedule.
 */
export function assertNotFlow(schedule: NoiseSchedule): void {
  if ("kind" in schedule && schedule.kind === "flow") {
    throw new ArgumentError("schedule", schedule.kind, "a discrete schedule or EDM's");
  }
}
