/**
 * Which noise levels the solvers of diffusers visit: those in the coordinates of `sigma` (Euler, Heun, DPM2, LMS), and those in the
 * half log-SNR (DPM-Solver, UniPC, DEIS), each as its scheduler's class spaces them.
 *
 * @module
 */

import {
  diffusersTimestep,
  interpolatedLevel,
  levelsOf,
  type LevelSpacing,
  spacedLevels,
  type Visits,
  visitsOfLevels,
} from "./noise_levels.ts";
import type { LevelSettings, VisitSettings } from "./samplers/registration.ts";
import { roundHalfEven } from "../round_half_even.ts";
import { halfLogSnr, shiftTimestep } from "./schedule.ts";
import {
  arangeDown,
  assertStepCount,
  dpmSolverTimesteps,
  leadingTimesteps,
  offsetTimesteps,
  unclippedLength,
} from "./timesteps.ts";

/** The spacings of noise levels that all solvers know. */
export const COMMON_SPACINGS: readonly LevelSpacing[] = ["karras", "exponential", "beta"];

/** The spacing of levels that a solver uses: the first requested one that it supports. */
export function spacingOf(
  levels: LevelSettings | undefined,
  known: readonly (LevelSpacing | "flow")[],
): LevelSpacing | "flow" | undefined {
  return levels?.spacings.find((spacing) => known.includes(spacing));
}

/** How the visits of a solver in `sigma` differ from those of the others. */
export interface SigmaVisitsOptions {
  /** Whether networks are conditioned on whole timesteps of Karras' levels: DPM2. */
  readonly roundsKarras?: boolean;
  /** Whether levels are spaced evenly in their logarithm, the timesteps as they are: `interpolation_type` of Euler. */
  readonly logLinear?: boolean;
}

/**
 * The visits of the solvers in `sigma`: by a spacing of levels, between those of the noisiest and the least noisy timestep
 * that the spacing of timesteps has. Linspace leads between timesteps, where the level is interpolated.
 *
 * Where the configuration names a smallest half log-SNR, noisier timesteps are left out, as DPM-Solver does.
 *
 * @param count How many, from 1 to the schedule's length. Trailing gives fewer, by those that are left out.
 * @param settings What the scheduler's configuration says.
 * @param options How the solver differs from the others.
 * @throws {ArgumentError} if the count is out of its range, or the offset leads out of the schedule.
 */
export function sigmaVisits(
  count: number,
  settings: VisitSettings,
  { roundsKarras = false, logLinear = false }: SigmaVisitsOptions = {},
): Visits {
  const { schedule, levels } = settings;
  const timesteps = sigmaTimesteps(count, settings);
  const spacing = spacingOf(levels, COMMON_SPACINGS) as LevelSpacing | undefined;
  const table = levelsOf(schedule);
  if (!spacing && !logLinear) {
    if (timesteps.every(Number.isInteger)) return { timesteps };
    return visitsOfLevels(schedule, timesteps.map((t) => interpolatedLevel(table, t)), timesteps);
  }
  const evenly = logLinear ? logLinearLevels(table, timesteps.length) : undefined;
  if (!spacing) return visitsOfLevels(schedule, evenly!, timesteps);
  const ends = evenly ? [table[table.length - 1], table[0]] : [
    interpolatedLevel(table, timesteps[0]),
    interpolatedLevel(table, timesteps[timesteps.length - 1]),
  ];
  const { max = ends[0], min = ends[1] } = levels!;
  const spaced = spacedLevels(spacing, max, min, timesteps.length);
  const conditioning = spaced.map((level) => Math.fround(diffusersTimestep(table, level)));
  return visitsOfLevels(
    schedule,
    spaced,
    roundsKarras && spacing === "karras" ? conditioning.map(roundHalfEven) : conditioning,
  );
}

/** All but the last of one more level than there are steps. */
function logLinearLevels(table: Float32Array, count: number): number[] {
  return spacedLevels("exponential", table[table.length - 1], table[0], count + 1).slice(0, count);
}

function sigmaTimesteps(
  count: number,
  { schedule, spacing, stepsOffset = 0, lambdaMin = -Infinity }: VisitSettings,
): number[] {
  const { length } = schedule;
  assertStepCount(count, length);
  const usable = unclippedLength(schedule, lambdaMin);
  switch (spacing) {
    case "leading": {
      const all = leadingTimesteps(count, length);
      const fitting = all[0] < usable ? all : leadingTimesteps(Math.min(count, usable), usable);
      return offsetTimesteps(fitting, stepsOffset, length);
    }
    case "linspace":
      return Array.from(
        { length: count },
        (_, k) => Math.fround(count > 1 ? (count - 1 - k) * ((usable - 1) / (count - 1)) : 0),
      );
    case "trailing":
      return arangeDown(usable, length / count, count).map((t) => t - 1).filter((t) => t >= 0);
  }
}

/** How the visits of a solver in the half log-SNR differ from those of the others. */
export interface SolverVisitsOptions {
  /** The spacings of levels that it knows. */
  readonly spacings: readonly (LevelSpacing | "flow")[];
  /** The only spacing of timesteps that it has; defaults to that of the configuration. */
  readonly spacing?: "linspace";
  /** From which end the timesteps of flow matching are counted; defaults to the clean image. */
  readonly flow?: "from-end" | "from-start";
  /** Whether Karras' levels are passed on as whole timesteps: always, or unless the schedule is the cosine. */
  readonly rounds: "always" | "unless-cosine";
}

/**
 * The visits of the solvers in the half log-SNR: {@linkcode dpmSolverTimesteps}, or levels spaced over all timesteps, of which
 * networks are conditioned on whole timesteps. In flow matching the timesteps of `use_flow_sigmas`, in thousandths.
 *
 * @param count How many, from 1 to the schedule's length; there may be fewer, by those that are left out.
 * @param settings What the scheduler's configuration says.
 * @param options How the solver differs from the others.
 * @throws {ArgumentError} if the count is out of its range, or the offset leads out of the schedule.
 */
export function solverVisits(count: number, settings: VisitSettings, options: SolverVisitsOptions): Visits {
  const { schedule, levels, lambdaMin = -Infinity, stepsOffset = 0 } = settings;
  const { spacing: timestepSpacing = settings.spacing } = options;
  const spacing = spacingOf(levels, options.spacings);
  if (spacing === "flow") return flowVisits(count, schedule.length, levels!, options.flow ?? "from-end");
  if (spacing === undefined) {
    const timesteps = dpmSolverTimesteps(count, schedule, { spacing: timestepSpacing, lambdaMin });
    if (timestepSpacing !== "leading") return { timesteps };
    return { timesteps: offsetTimesteps(timesteps, stepsOffset, schedule.length) };
  }
  assertStepCount(count, schedule.length);
  const table = levelsOf(schedule);
  const { max = table[table.length - 1], min = table[0], cosine = false } = levels!;
  const spaced = spacedLevels(spacing, max, min, count);
  const rounds = (spacing === "karras" || spacing === "lu") && (options.rounds === "always" || !cosine);
  const conditioning = spaced.map((level) => {
    const t = diffusersTimestep(table, level);
    return rounds ? roundHalfEven(t) : Math.trunc(t);
  });
  const visits = visitsOfLevels(schedule, spaced, conditioning);
  return lambdaMin === -Infinity ? visits : withoutNoisier(visits, (t) => halfLogSnr(schedule, t), lambdaMin);
}

/** Visits without those whose half log-SNR is below a limit. */
function withoutNoisier(visits: Visits, lambda: (t: number) => number, lambdaMin: number): Visits {
  return { ...visits, timesteps: visits.timesteps.filter((t) => lambda(t) >= lambdaMin) };
}

/** The timesteps of `use_flow_sigmas`, whose networks are conditioned on `floor(1000 t)`. */
function flowVisits(
  count: number,
  length: number,
  { flowShift = 1, flowTerminal }: LevelSettings,
  from: "from-end" | "from-start",
): Visits {
  assertStepCount(count, length);
  const step = (1 - 1 / length) / count;
  // DPM-Solver and DEIS count from the clean image, UniPC from the noise.
  const even = Array.from(
    { length: count },
    (_, k) => from === "from-end" ? (count - k) * step : 1 - k * step,
  );
  const shifted = even.map((t) => shiftTimestep(t, flowShift));
  const stretch = flowTerminal === undefined ? 1 : (1 - shifted[count - 1]) / (1 - flowTerminal);
  const timesteps = shifted.map((t) => 1 - (1 - t) / stretch);
  if (from === "from-start" && Math.abs(timesteps[0] - 1) < 1e-6) timesteps[0] -= 1e-6;
  return {
    timesteps,
    conditioningTimesteps: new Map(timesteps.map((t) => [t, Math.trunc(t * length)])),
  };
}
