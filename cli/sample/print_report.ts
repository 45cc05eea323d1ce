/** The final output of `deno task sample`. */

import { profileLines, type ProfileReport } from "./profile.ts";

/** A finished run. */
export interface SampleReport {
  /** The files written: the sheet first, unless only one image was wanted. */
  readonly paths: readonly string[];
  /** Whether the sheet is among them. */
  readonly whole: boolean;
  /** The seed of the first image. */
  readonly seed: number;
  /** The parameters of the run. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The device. */
  readonly device: string;
  /** The time of each step, in milliseconds. */
  readonly stepMs: readonly number[];
  /** The fraction of time spent outside the runtime. */
  readonly overhead: number;
  /** The time to encode the prompts, in milliseconds, if any. */
  readonly encodeMs?: number;
  /** Where the time went, if profiling. */
  readonly profile?: ProfileReport;
}

/** Prints a run as text or as one line of JSON. */
export function printReport(report: SampleReport, json: boolean): void {
  const { paths, whole, seed, parameters, device, stepMs, overhead, encodeMs, profile } = report;
  const [sheet, images] = whole ? [paths[0], paths.slice(1)] : [null, paths];
  const steps = stepMs.length;
  const msPerStep = stepMs.reduce((sum, ms) => sum + ms, 0) / steps;
  if (json) {
    const times = {
      device,
      msPerStep,
      stepMs,
      ...(encodeMs !== undefined && { encodeMs }),
      overhead,
      profile,
    };
    console.log(JSON.stringify({ grid: sheet, images, seed, parameters, ...times }));
    return;
  }
  if (sheet !== null) console.log(`grid      ${sheet}`);
  const rest = images.length > 1 ? ` to ${images.at(-1)}` : "";
  console.log(`images    ${images[0]}${rest}`);
  console.log(`seed      ${seed}`);
  if (encodeMs !== undefined) console.log(`prompts   encoded in ${encodeMs.toFixed(0)} ms`);
  const share = `${(100 * overhead).toFixed(1)}% of it outside the runtime`;
  const range = `${Math.min(...stepMs).toFixed(1)} to ${Math.max(...stepMs).toFixed(1)}`;
  console.log(`time      ${steps} steps of ${msPerStep.toFixed(1)} ms (${range}), ${share}`);
  if (profile) profileLines(profile).forEach((line) => console.log(line));
}
