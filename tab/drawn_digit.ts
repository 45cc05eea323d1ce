/** Digits that the reader has drawn, as a set to train on. */
import type { LabelledPictureSet } from "../recipes/data/dataset.ts";

/** One of them. */
export interface DrawnDigit {
  readonly id: string;
  /** The digit that it is meant to be, from 0 to 9. */
  readonly label: number;
  /** `[28, 28]`, 0 for black paper to 255 for white ink, as in MNIST. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** Height and width, in pixels. */
export const DIGIT_SIZE = 28;

/** The set of some; undefined for none. */
export function drawnSet(digits: readonly DrawnDigit[]): LabelledPictureSet | undefined {
  if (digits.length === 0) return undefined;
  const plane = DIGIT_SIZE * DIGIT_SIZE;
  const images = new Uint8Array(digits.length * plane);
  digits.forEach(({ pixels }, n) => images.set(pixels.subarray(0, plane), n * plane));
  return {
    images,
    labels: Uint8Array.from(digits, ({ label }) => label),
    count: digits.length,
    channels: 1,
    size: DIGIT_SIZE,
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
  };
}
