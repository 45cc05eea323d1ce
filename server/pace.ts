/** How fast this machine is with a section, as earlier runs tell. */
import { workOf } from "../report/work.ts";
import type { Parameters } from "./wire.ts";

/** A run that is over. */
export interface TimedRun {
  /** All parameters. */
  readonly parameters: Parameters;
  /** How long it took, in seconds. */
  readonly seconds: number;
}

/** The median of the seconds that runs took for each unit of work; undefined without runs. */
export function paceOf(runs: readonly TimedRun[]): number | undefined {
  const paces = runs
    .map(({ parameters, seconds }) => seconds / workOf(parameters))
    .filter((pace) => Number.isFinite(pace) && pace > 0)
    .sort((a, b) => a - b);
  return paces[Math.floor(paces.length / 2)];
}
