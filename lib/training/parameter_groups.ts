/** How each of a network's parameters is updated. */
import { ArgumentError } from "../argument_error.ts";
import type { ParameterSpec } from "../nn/sources.ts";
import { assertOptions, type OptionNames } from "../options.ts";
import { sizeOf } from "../tensor.ts";

/** Chooses parameters by name, which is that of their tensor, and shape. */
export type ParameterRule = (name: string, shape: readonly number[]) => boolean;

/** Decides by name and shape whether Muon updates a parameter. */
export type MuonRule = ParameterRule;

/** Parameters with a learning rate or a weight decay of their own. */
export interface GroupOptions {
  /** Which they are; a parameter that several groups choose is of the first. */
  readonly parameters: ParameterRule;
  /** What the step's learning rate is multiplied by; defaults to 1, and at 0 they stay as they are. */
  readonly rateFactor?: number;
  /** The weight decay, in place of the optimiser's. */
  readonly weightDecay?: number;
}

const groupOptionNames: OptionNames<GroupOptions> = {
  parameters: true,
  rateFactor: true,
  weightDecay: true,
};

/** The largest factor: rates are floats of 32 bits. */
const MAX_FACTOR = 1e30;

/**
 * Checks groups.
 *
 * @throws {ArgumentError} if an option is unknown, or out of its range.
 */
export function assertGroups(groups: readonly GroupOptions[]): void {
  groups.forEach((group, i) => {
    assertOptions(group, groupOptionNames);
    for (const name of ["rateFactor", "weightDecay"] as const) {
      const value = group[name];
      if (value === undefined || (value >= 0 && value <= MAX_FACTOR)) continue;
      throw new ArgumentError(`groups[${i}].${name}`, value, `a number from 0 to ${MAX_FACTOR}`);
    }
  });
}

/** Adjacent parameters in the vectors, and how they are updated. */
export interface ParameterGroup {
  /** Where they begin. */
  readonly start: number;
  /** Where they end. */
  readonly end: number;
  /** Rows and columns of the one matrix that they are, where Muon updates it; the other optimiser updates the others. */
  readonly matrix?: readonly [number, number];
  /** What their learning rate is multiplied by; defaults to 1. */
  readonly rateFactor?: number;
  /** Their weight decay; defaults to the optimiser's. */
  readonly weightDecay?: number;
}

/**
 * Cuts a network's parameters into parts that are updated in one way each: matrices for Muon, and as much of what lies
 * between them as has the same rate and decay.
 *
 * A weight of more than two axes is the matrix of its first axis by all others.
 *
 * @param specs The parameters, in the order of the vectors.
 * @param byMuon Whether a parameter with two axes or more is for Muon.
 * @param groups Those with a rate or a decay of their own.
 */
export function parameterGroups(
  specs: readonly ParameterSpec[],
  byMuon: MuonRule,
  groups: readonly GroupOptions[] = [],
): ParameterGroup[] {
  const parts: ParameterGroup[] = [];
  let start = 0;
  for (const { name, shape } of specs) {
    const end = start + sizeOf(shape);
    const { rateFactor, weightDecay } = groups.find((group) => group.parameters(name, shape)) ?? {};
    const own = {
      ...(rateFactor !== undefined && rateFactor !== 1 && { rateFactor }),
      ...(weightDecay !== undefined && { weightDecay }),
    };
    const last = parts.at(-1);
    const goesOn = last && !last.matrix && last.rateFactor === own.rateFactor &&
      last.weightDecay === own.weightDecay;
    if (shape.length >= 2 && byMuon(name, shape)) {
      parts.push({ start, end, matrix: [shape[0], sizeOf(shape.slice(1))], ...own });
    } else if (goesOn) parts[parts.length - 1] = { ...last, end };
    else parts.push({ start, end, ...own });
    start = end;
  }
  return parts;
}
