import { ArgumentError, described } from "../../lib/errors.ts";
import type { Tensor } from "../../lib/tensor.ts";

/**
 * Whether a class is among the k most likely ones of a row.
 *
 * @param probabilities `[N, C]`
 */
export function isAmongTop(
  { data, shape: [, classes] }: Tensor,
  row: number,
  wanted: number,
  k = 1,
): boolean {
  const own = data.subarray(row * classes, (row + 1) * classes);
  return own.reduce((above, value) => value > own[wanted] ? above + 1 : above, 0) < k;
}

/**
 * The share of rows whose wanted class is among the k most likely ones.
 *
 * @param probabilities `[N, C]`
 * @param wanted A class for each row.
 * @throws {ArgumentError} if there are no rows, or another number of classes wanted.
 */
export function topShare(probabilities: Tensor, wanted: readonly number[], k = 1): number {
  if (wanted.length !== probabilities.shape[0] || wanted.length === 0) {
    throw new ArgumentError(
      "wanted",
      described(`${wanted.length} classes`),
      `${probabilities.shape[0]}`,
      { note: "one or more", plural: true },
    );
  }
  return wanted.filter((one, row) => isAmongTop(probabilities, row, one, k)).length / wanted.length;
}
