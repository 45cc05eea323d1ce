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

/** Some moments of every sampling in small pictures, evenly spaced, the last one among them; in the order of the samplings. */
export function keptMoments(previews: readonly Preview[]): Moment[] {
  const slots = Map.groupBy(
    previews.filter(({ x, compresses }) => compresses || x.height <= TALLEST),
    ({ slot }) => slot,
  );
  return [...slots.values()].flatMap((all) => {
    const count = Math.min(MOST, all.length);
    return Array.from({ length: count }, (_, i) => all[Math.round((i + 1) * all.length / count) - 1]);
  }).map(({ x, x0, compresses: _, ...rest }) => ({ ...rest, x: asText(x), x0: asText(x0) }));
}

function asText({ bytes, ...media }: Media): MomentPicture {
  return { ...media, data: bytes.toBase64() };
}
