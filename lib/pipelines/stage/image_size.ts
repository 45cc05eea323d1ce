/**
 * The size of a pipeline's images.
 *
 * @module
 */
import { ArgumentError } from "../../argument_error.ts";

/** Height and width in pixels; each defaults to what the network was opened for. */
export interface ImageSize {
  /** A multiple of the network's total downsampling: 8 in DeepFloyd IF's stage I, 16 in stage II. */
  readonly height?: number;
  /** Likewise. */
  readonly width?: number;
}

/** The properties of a network that its images' size depends on. */
export interface SizedNetwork {
  /** Its default image size, in pixels. */
  readonly spec: { readonly size: number };
  /** Its total downsampling; defaults to 1. */
  readonly config: { readonly sizeStep?: number };
}

/**
 * The resolved size.
 *
 * @param model The network.
 * @param size The requested size.
 * @throws {ArgumentError} if a side is not a multiple of the network's total downsampling.
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

/** The minimum step of an input image's sides, as in DeepFloyd IF. */
const STEP = 8;

/** The step of an input image's sides for a network. */
export function imageMultiple({ config: { sizeStep = 1 } }: Pick<SizedNetwork, "config">): number {
  return Math.max(STEP, sizeStep);
}
