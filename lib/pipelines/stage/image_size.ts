/**
 * How large the images of a pipeline are.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";

/** Height and width in pixels; each defaults to what the network was opened for. */
export interface ImageSize {
  /** A multiple of what the network's blocks halve: 8 in DeepFloyd IF's stage I, 16 in stage II. */
  readonly height?: number;
  /** Likewise. */
  readonly width?: number;
}

/** As much of a network as its images' size depends on. */
export interface SizedNetwork {
  /** Its images' size unless another is asked for, in pixels. */
  readonly spec: { readonly size: number };
  /** What its blocks halve; defaults to 1. */
  readonly config: { readonly sizeStep?: number };
}

/**
 * The size that is meant.
 *
 * @param model The network.
 * @param size What is asked for.
 * @throws {ArgumentError} if a side is no multiple of what the network's blocks halve.
 */
export function imageSize(
  { spec, config: { sizeStep = 1 } }: SizedNetwork,
  { height = spec.size, width = spec.size }: ImageSize,
): readonly [height: number, width: number] {
  for (const [name, side] of Object.entries({ height, width })) {
    if (!(Number.isInteger(side) && side >= sizeStep && side % sizeStep === 0)) {
      throw new ArgumentError(name, side, `a multiple of ${sizeStep}`);
    }
  }
  return [height, width];
}

/** What the sides of an image that a pipeline begins from are multiples of at least, as in DeepFloyd IF. */
const STEP = 8;

/** What the sides of an image that a network's pipeline begins from are multiples of. */
export function imageMultiple({ config: { sizeStep = 1 } }: Pick<SizedNetwork, "config">): number {
  return Math.max(STEP, sizeStep);
}
