/**
 * Moments of samplings that are kept beside a report's figures, so that readers can look back at how a picture came about.
 *
 * @module
 */
import type { Media, Preview } from "./section.ts";

/** A picture of a moment: its file in base64. */
export interface MomentPicture extends Omit<Media, "bytes"> {
  /** The file in base64. */
  readonly data: string;
}

/** A preview as it is kept. */
export interface Moment extends Omit<Preview, "x" | "x0" | "compresses"> {
  /** The noisy pictures, one beside another. */
  readonly x: MomentPicture;
  /** The clean pictures that the networks' estimates imply, likewise. */
  readonly x0: MomentPicture;
}

/** The file of a section's moments, beside its figures. */
export const MOMENTS_FILE = "moments.json";

/** How many moments of a sampling are kept. */
const MOST = 6;

/** Taller strips, in pixels, are not kept: noise in the size of a second stage does not compress. */
const TALLEST = 64;

/**
 * Whether a preview is one of its sampling's moments: some that are evenly spaced, the last one among them. Previews come every so
 * many steps, so that this can be said of each as it comes.
 *
 * @param preview The preview.
 * @param first The step of the sampling's first preview.
 */
export function isMoment({ step, steps }: Pick<Preview, "step" | "steps">, first: number): boolean {
  const [number, total] = [step, steps].map((step) => Math.ceil(step / Math.max(1, first)));
  const count = Math.min(MOST, total);
  return Array.from({ length: count }, (_, i) => Math.round((i + 1) * total / count)).includes(number);
}

/** The moments of every sampling in small pictures, in the order of the samplings; previews between them may be missing. */
export function keptMoments(previews: readonly Preview[]): Moment[] {
  return momentsOf(previews).map(({ x, x0, compresses: _, ...rest }) => {
    return { ...rest, x: asText(x), x0: asText(x0) };
  });
}

/** As {@linkcode keptMoments}, of previews that are text already. */
export function momentsOf<
  P extends Omit<Preview, "x" | "x0"> & { readonly x: { readonly height: number } },
>(previews: readonly P[]): P[] {
  const slots = Map.groupBy(
    previews.filter(({ x, compresses }) => compresses || x.height <= TALLEST),
    ({ slot }) => slot,
  );
  return [...slots.values()].flatMap((all) => all.filter((preview) => isMoment(preview, all[0].step)));
}

function asText({ bytes, ...media }: Media): MomentPicture {
  return { ...media, data: bytes.toBase64() };
}
