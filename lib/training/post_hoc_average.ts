/**
 * Averages that were not tracked, made after the training from snapshots of those that were (Karras et al. 2024, "Analyzing
 * and Improving the Training Dynamics of Diffusion Models", section 3.2 and appendix C.2 and C.3).
 *
 * @module
 */
import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { gammaOf } from "./power_average.ts";

/** An average of a profile at a step. */
export interface AverageProfile {
  /** The step after which it was stored. */
  readonly step: number;
  /** The relative width of its profile. */
  readonly sigmaRel: number;
}

/**
 * The weights of snapshots whose sum is nearest to another average: of the profiles, in the sense of least squares.
 *
 * @param snapshots The snapshots' profiles, all different.
 * @param target The average that is wanted. Its step should be that of a snapshot, and its width near theirs.
 * @returns A weight for each snapshot; together they are close to 1.
 * @throws {ArgumentError} if there is no snapshot, a step or a width is out of its range, or two snapshots are of one profile.
 */
export function postHocWeights(snapshots: readonly AverageProfile[], target: AverageProfile): Float64Array {
  if (snapshots.length === 0) throw new ArgumentError("snapshots", described("none"), "at least one");
  for (const { step } of [...snapshots, target]) {
    if (Number.isSafeInteger(step) && step >= 1) continue;
    throw new ArgumentError("step", step, "a whole number from 1");
  }
  const names = snapshots.map(({ step, sigmaRel }) => `step ${step}, sigmaRel ${sigmaRel}`);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice) {
    throw new ArgumentError("snapshots", described(`two of ${twice}`), "all different ones", {
      plural: true,
    });
  }
  const known = snapshots.map(withGamma);
  const wanted = withGamma(target);
  // The normal equations: inner products of the snapshots' profiles with each other, and with the one that is wanted.
  const matrix = known.map((a) => Float64Array.from(known, (b) => innerProduct(a, b)));
  return solve(matrix, Float64Array.from(known, (a) => innerProduct(a, wanted)));
}

/**
 * The sum of snapshots by their weights, of which one at a time is in memory.
 *
 * @param weights The weights.
 * @param read Reads the values of a snapshot.
 * @throws {ArgumentError} if the snapshots are not of one length.
 */
export async function weightedSnapshots(
  weights: Float64Array,
  read: (index: number) => Float32Array | Promise<Float32Array>,
): Promise<Float32Array> {
  let sum: Float64Array | undefined;
  for (const [n, weight] of weights.entries()) {
    const values = await read(n);
    sum ??= new Float64Array(values.length);
    if (values.length !== sum.length) {
      throw new ArgumentError("snapshots", described(`one of ${values.length} values`), `${sum.length}`, {
        plural: true,
      });
    }
    for (let i = 0; i < values.length; i++) sum[i] += weight * values[i];
  }
  return Float32Array.from(sum ?? []);
}

interface Profile {
  readonly step: number;
  readonly gamma: number;
}

function withGamma({ step, sigmaRel }: AverageProfile): Profile {
  return { step, gamma: gammaOf(sigmaRel) };
}

/**
 * The inner product of two profiles, each a power up to its step and zero after it, of integral 1 (eq. 151; `p_dot_p` of
 * algorithm 3).
 */
function innerProduct(a: Profile, b: Profile): number {
  const ratio = a.step / b.step;
  const exponent = a.step < b.step ? b.gamma : -a.gamma;
  const numerator = (a.gamma + 1) * (b.gamma + 1) * ratio ** exponent;
  return numerator / ((a.gamma + b.gamma + 1) * Math.max(a.step, b.step));
}

/** Solves a symmetric system by elimination, with the largest pivot of each column; changes what it is given. */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  for (let column = 0; column < n; column++) {
    let best = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(matrix[row][column]) > Math.abs(matrix[best][column])) best = row;
    }
    [matrix[column], matrix[best]] = [matrix[best], matrix[column]];
    [right[column], right[best]] = [right[best], right[column]];
    const pivot = matrix[column][column];
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row][column] / pivot;
      for (let i = column; i < n; i++) matrix[row][i] -= factor * matrix[column][i];
      right[row] -= factor * right[column];
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let i = row + 1; i < n; i++) right[row] -= matrix[row][i] * right[i];
    right[row] /= matrix[row][row];
  }
  return right;
}
