/**
 * Claims of texts about figures, checked against them.
 *
 * @module
 */
import { defaultParameters } from "./form.ts";
import type { Figure, Json, Section } from "./section.ts";

/** The figures a claim is checked against. */
type Seen = Pick<Figure, "name" | "rows" | "columns" | "cells">;

/**
 * The claims of a section that its figures contradict.
 *
 * @param section The section.
 * @param parameters The parameters of the figures; claims hold for the default ones only.
 * @param figures The figures.
 * @returns The texts of the claims.
 */
export function falseClaims(
  section: Section,
  parameters: Readonly<Record<string, Json>>,
  figures: readonly Seen[],
): string[] {
  const { claims = [] } = section;
  if (JSON.stringify(parameters) !== JSON.stringify(defaultParameters(section))) return [];
  const figure = (name: string) => {
    const found = figures.find((figure) => figure.name === name);
    if (!found) throw new Error(`${section.id}: a claim is about a figure ${name}, which does not exist`);
    return found;
  };
  return claims.filter((claim) => !claim.holds(figure)).map(({ text }) => text);
}

/**
 * The peak signal-to-noise ratios under the pictures of a row, in decibels, from the left.
 *
 * @param figure The figure.
 * @param row The row, from 0.
 */
export function decibelsIn({ cells }: Pick<Figure, "cells">, row: number): number[] {
  return cells
    .filter((cell) => cell.row === row)
    .map(({ label }) => Number(/(-?[\d.]+) dB$/.exec(label)?.[1] ?? NaN));
}

/** Whether each number is smaller than the one before. */
export function isDecreasing(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value < values[i - 1]);
}
