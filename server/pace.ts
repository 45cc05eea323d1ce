/** How fast this machine runs a section, from earlier runs. */
import { workOf } from "../report/work.ts";
import type { Parameters } from "./wire.ts";

/** A finished run. */
export interface TimedRun {
  /** All parameters. */
  readonly parameters: Parameters;
  /** How long it took, in seconds. */
  readonly seconds: number;
}

/**
 * How many times as long this machine takes as the one that made the report's figures: the median over sections that were run here;
 * undefined before the first run.
 *
 * @param sections Each section's runs here, and the run that made its figures.
 */
export function machineRatio(
  sections: readonly { readonly here: readonly TimedRun[]; readonly committed: TimedRun }[],
): number | undefined {
  return median(sections.map(({ here, committed }) => (paceOf(here) ?? NaN) / (paceOf([committed]) ?? NaN)));
}

/** The median of the seconds that runs took for each unit of work; undefined without runs. */
export function paceOf(runs: readonly TimedRun[]): number | undefined {
  return median(runs.map(({ parameters, seconds }) => seconds / workOf(parameters)));
}

/** The median of the positive numbers. */
function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => Number.isFinite(value) && value > 0).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
