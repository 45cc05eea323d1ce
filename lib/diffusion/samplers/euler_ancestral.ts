/**
 * Euler's method with fresh noise in every step.
 *
 * @module
 */

import { sigmaVisits } from "../level_visits.ts";
import type { Sampler } from "../types.ts";
import { ddim } from "./ddim.ts";
import type { SamplerRegistration } from "./registration.ts";

/**
 * Ancestral sampling with Euler steps (Katherine Crowson's k-diffusion, 2022): with `s = sigma / alpha`, a step goes below the next
 * level, to `down`, and adds noise up to it.
 *
 * ```text
 * up   = s' / s sqrt(s^2 - s'^2)
 * down = sqrt(s'^2 - up^2)
 * ```
 *
 * `up` is the noise that DDIM adds with eta 1 (Song et al. 2021, eq. 16), so that this is {@linkcode ddim} with it, on the timesteps
 * that diffusers' scheduler visits. Draws noise in every step but the last, which ends at the clean images.
 */
export function eulerAncestral(): Sampler {
  return ddim({ eta: 1 });
}

/** {@linkcode eulerAncestral} by its name; it has no options. */
export const eulerAncestralSampler: SamplerRegistration<"euler-ancestral", Readonly<Record<never, never>>> = {
  name: "euler-ancestral",
  title: "Euler ancestral",
  year: 2022,
  create: eulerAncestral,
  visits: (count, settings) => sigmaVisits(count, { ...settings, levels: undefined }),
  startsAtLevel: true,
};
