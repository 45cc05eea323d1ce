/** The trajectory of a picture: the snapshots of the samplings that led to it. */
import type { Origin } from "../../report/section.ts";
import { isTwoSided, type Side, type Snapshots } from "./snapshot.ts";
import { type Part, stripPart } from "./pictures.ts";
import { readingOf } from "./scrubber.tsx";

/** A point of a trajectory. */
export interface TrajectoryPoint {
  /** Its description. */
  readonly reading: string;
  readonly part: (side: Side) => Part;
  /** Whether there is a noisy picture beside the estimate. */
  readonly sided: boolean;
}

/** The trajectory of a picture, which ends with the picture itself. */
export function trajectoryOf(
  origin: Origin | undefined,
  snapshots: Snapshots,
  result: Part,
): TrajectoryPoint[] {
  const { slots, index } = origin ?? { slots: [], index: 0 };
  const before = slots.flatMap((slot, i) => {
    const all = snapshots.get(slot) ?? [];
    // The last snapshot of the last sampling is the picture.
    const on = i === slots.length - 1 ? all.filter(({ step, steps }) => step < steps) : all;
    return on.map((snapshot): TrajectoryPoint => ({
      reading: slots.length > 1 && i > 0 ? `enlarging, ${readingOf(snapshot)}` : readingOf(snapshot),
      sided: isTwoSided(snapshot),
      part: (side) => stripPart(snapshot[side], snapshot.count, Math.min(index, snapshot.count - 1)),
    }));
  });
  return [...before, { reading: "the result", part: () => result, sided: false }];
}
