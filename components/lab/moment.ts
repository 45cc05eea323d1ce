/** Moments of samplings, and figures, as the browser has them. */
import type { JobEvent, WireFigure, WirePicture } from "../../server/wire.ts";

/** A moment of a sampling. */
export interface Moment {
  readonly step: number;
  readonly steps: number;
  readonly t: number;
  /** How many pictures are beside each other. */
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

/** Whether its noisy pictures are others than the clean ones. */
export const isTwoSided = ({ x, x0 }: Moment): boolean => x.src !== x0.src;

/** Which of a moment's pictures are looked at: the noisy ones, or the clean ones that they imply. */
export type Side = "x" | "x0";

/** Which picture is looked at closely: the numbers of its figure and of its cell. */
export interface Focus {
  readonly figure: number;
  readonly cell: number;
}

/** Moments of samplings by their slots, in order. */
export type Moments = ReadonlyMap<string, readonly Moment[]>;

/** A preview as a moment with its slot. */
export function momentOf(
  preview: Omit<Extract<JobEvent, { type: "preview" }>, "type">,
): Moment & { slot: string } {
  const { slot, step, steps, t, count = 1, x, x0 } = preview;
  return { slot, step, steps, t, count, x: address(x), x0: address(x0) };
}

function address({ type, width, height, data }: WirePicture): Picture {
  return { src: `data:${type};base64,${data}`, width, height };
}
