/** The way to a picture: the moments of the samplings that led to it. */
import type { Origin } from "../../report/section.ts";
import { isTwoSided, type Moments, type Side } from "./moment.ts";
import { type Part, stripPart } from "./pictures.ts";
import { readingOf } from "./scrubber.tsx";

/** A place on the way to a picture. */
export interface Place {
  /** What is there, in words. */
  readonly reading: string;
  readonly part: (side: Side) => Part;
  /** Whether there is a noisy picture beside the estimate. */
  readonly sided: boolean;
}

/** The places on the way to a picture, and the picture itself, which is the last. */
export function wayTo(origin: Origin | undefined, moments: Moments, result: Part): Place[] {
  const { slots, index } = origin ?? { slots: [], index: 0 };
  const before = slots.flatMap((slot, i) => {
    const all = moments.get(slot) ?? [];
    // The last moment of the last sampling is the picture.
    const on = i === slots.length - 1 ? all.filter(({ step, steps }) => step < steps) : all;
    return on.map((moment): Place => ({
      reading: slots.length > 1 && i > 0 ? `enlarging, ${readingOf(moment)}` : readingOf(moment),
      sided: isTwoSided(moment),
      part: (side) => stripPart(moment[side], moment.count, Math.min(index, moment.count - 1)),
    }));
  });
  return [...before, { reading: "the result", part: () => result, sided: false }];
}
