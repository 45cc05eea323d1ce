/** Which of a network's parameters Muon updates. */
import type { ParameterSpec } from "../nn/sources.ts";
import { sizeOf } from "../tensor.ts";

/** Parameters that lie beside one another in the vectors, and how they are updated. */
export interface ParameterGroup {
  /** Where they begin. */
  readonly start: number;
  /** Where they end. */
  readonly end: number;
  /** Rows and columns of the one matrix that they are, where Muon updates it; Adam updates the others. */
  readonly matrix?: readonly [number, number];
}

/** Decides by name and shape whether Muon updates a parameter. */
export type MuonRule = (name: string, shape: readonly number[]) => boolean;

/**
 * Cuts a network's parameters into matrices that Muon updates and what lies between them, for Adam.
 *
 * A weight of more than two axes is the matrix of its first axis by all others.
 *
 * @param specs The parameters, in the order of the vectors.
 * @param byMuon Whether a parameter with two axes or more is for Muon.
 */
export function parameterGroups(specs: readonly ParameterSpec[], byMuon: MuonRule): ParameterGroup[] {
  const groups: ParameterGroup[] = [];
  let start = 0;
  for (const { name, shape } of specs) {
    const end = start + sizeOf(shape);
    const last = groups.at(-1);
    if (shape.length >= 2 && byMuon(name, shape)) {
      groups.push({ start, end, matrix: [shape[0], sizeOf(shape.slice(1))] });
    } else if (last && !last.matrix) groups[groups.length - 1] = { start: last.start, end };
    else groups.push({ start, end });
    start = end;
  }
  return groups;
}
