/**
 * The data of a live training: MNIST, the user's own digits, or both.
 *
 * @module
 */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { LabelledPictureSet } from "../../recipes/data/dataset.ts";
import { loadMnist } from "../../recipes/data/mnist.ts";
import { shifted } from "./shifted.ts";

/** The choices. */
export const digitSources = ["mnist", "drawn", "both"] as const;

/** The source of the digits. */
export type DigitSource = typeof digitSources[number];

/** The minimum number of copies of the user's digits: the largest batch. */
const LEAST = 512;

/**
 * The digits to train on. The user's own are shifted and repeated; combined with others they are half of all.
 *
 * @param source Which.
 * @param drawn The user's own digits, if any.
 * @throws {ArgumentError} if the user's own digits are requested but there are none.
 */
export async function trainingDigits(
  source: DigitSource,
  drawn: LabelledPictureSet | undefined,
): Promise<LabelledPictureSet> {
  if (source === "mnist") return await loadMnist("train");
  if (!drawn?.count) {
    throw new ArgumentError("data", described(`${source}, and no digit was drawn`), "mnist", {
      note: "or digits that were drawn in this tab and a run in it",
    });
  }
  const moved = shifted(drawn);
  if (source === "drawn") return repeated(moved, LEAST);
  const others = await loadMnist("train");
  return joined([others, repeated(moved, others.count)]);
}

/** At least that many pictures, by whole repetitions. */
function repeated(set: LabelledPictureSet, least: number): LabelledPictureSet {
  return joined(Array.from({ length: Math.ceil(least / set.count) }, () => set));
}

function joined(sets: readonly LabelledPictureSet[]): LabelledPictureSet {
  const together = (parts: readonly Uint8Array[]) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  return {
    ...sets[0],
    images: together(sets.map(({ images }) => images)),
    labels: together(sets.map(({ labels }) => labels)),
    count: sets.reduce((sum, { count }) => sum + count, 0),
  };
}
