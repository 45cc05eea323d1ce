/** Snapshots of samplings and figures, in the browser. */
import type { JobEvent, WireFigure, WirePicture } from "../../server/wire.ts";

/** A snapshot of a sampling at one step. */
export interface Snapshot {
  readonly step: number;
  readonly steps: number;
  readonly t: number;
  /** How many pictures are next to each other. */
  readonly count: number;
  /** The noisy pictures, and the clean ones that they imply, as addresses. */
  readonly x: Picture;
  readonly x0: Picture;
}

/** A picture by its address. */
export interface Picture {
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

/** A figure with the address of its file. */
export interface ShownFigure {
  readonly figure: WireFigure;
  readonly src: string;
}

/** Whether its noisy pictures differ from the clean ones. */
export const isTwoSided = ({ x, x0 }: Snapshot): boolean => x.src !== x0.src;

/** Which of a snapshot's pictures are shown: the noisy ones, or the clean ones that they imply. */
export type Side = "x" | "x0";

/** The picture shown large: the indices of its figure and of its cell. */
export interface Focus {
  readonly figure: number;
  readonly cell: number;
}

/** Snapshots of samplings by their slots, in order. */
export type Snapshots = ReadonlyMap<string, readonly Snapshot[]>;

/** A preview as a snapshot with its slot. */
export function snapshotOf(
  preview: Omit<Extract<JobEvent, { type: "preview" }>, "type">,
): Snapshot & { slot: string } {
  const { slot, step, steps, t, count = 1, x, x0 } = preview;
  return { slot, step, steps, t, count, x: address(x), x0: address(x0) };
}

function address({ type, width, height, data }: WirePicture): Picture {
  return { src: `data:${type};base64,${data}`, width, height };
}
