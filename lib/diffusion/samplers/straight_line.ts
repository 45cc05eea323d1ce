import { alpha, alphaBar, isDiscrete, type NoiseSchedule, noiseVariance, sigma } from "../schedule.ts";

/**
 * The factors of the clean image and of the noise in coordinates `y = a x0 + s noise` in which both change along straight lines:
 * `y = x / alpha` in a discrete schedule, with `a = 1` and `s = sigma / alpha`. EDM and flow matching have straight lines as they
 * are: `y = x`.
 */
export function line(schedule: NoiseSchedule, t: number): [a: number, s: number] {
  return isDiscrete(schedule)
    ? [1, Math.sqrt(noiseVariance(schedule, t) / alphaBar(schedule, t))]
    : [alpha(schedule, t), sigma(schedule, t)];
}

/** The factor that leads from these coordinates to images. */
export function lineScale(schedule: NoiseSchedule, t: number): number {
  return isDiscrete(schedule) ? alpha(schedule, t) : 1;
}
