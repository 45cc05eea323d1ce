/**
 * Snapshots of samplings, stored with a report's figures, so that readers can scrub through how a picture was sampled.
 *
 * @module
 */
import type { Media, Preview } from "./section.ts";

/** A picture of a snapshot: its file in base64. */
export interface SnapshotPicture extends Omit<Media, "bytes"> {
  /** The file in base64. */
  readonly data: string;
}

/** A stored preview. */
export interface Snapshot extends Omit<Preview, "x" | "x0" | "compresses"> {
  /** The noisy pictures, one beside another. */
  readonly x: SnapshotPicture;
  /** The clean pictures that the networks' estimates imply, likewise. */
  readonly x0: SnapshotPicture;
}

/** The file of a section's snapshots, beside its figures. */
export const SNAPSHOTS_FILE = "moments.json";

/** How many snapshots of a sampling are kept. */
const MAX_SNAPSHOTS = 6;

/** The maximum height of stored strips, in pixels: noise at the size of a second stage does not compress. */
const MAX_HEIGHT = 64;

/**
 * Whether a preview is one of its sampling's snapshots: some that are evenly spaced, the last one among them. Previews come every so
 * many steps, so that this can be said of each as it comes.
 *
 * @param preview The preview.
 * @param first The step of the sampling's first preview.
 */
export function isSnapshot({ step, steps }: Pick<Preview, "step" | "steps">, first: number): boolean {
  const [number, total] = [step, steps].map((step) => Math.ceil(step / Math.max(1, first)));
  const count = Math.min(MAX_SNAPSHOTS, total);
  return Array.from({ length: count }, (_, i) => Math.round((i + 1) * total / count)).includes(number);
}

/** The snapshots of every sampling in small pictures, in the order of the samplings; previews between them may be missing. */
export function keptSnapshots(previews: readonly Preview[]): Snapshot[] {
  return snapshotsOf(previews).map(({ x, x0, compresses: _, ...rest }) => {
    return { ...rest, x: asText(x), x0: asText(x0) };
  });
}

/** As {@linkcode keptSnapshots}, of previews that are text already. */
export function snapshotsOf<
  P extends Omit<Preview, "x" | "x0"> & { readonly x: { readonly height: number } },
>(previews: readonly P[]): P[] {
  const slots = Map.groupBy(
    previews.filter(({ x, compresses }) => compresses || x.height <= MAX_HEIGHT),
    ({ slot }) => slot,
  );
  return [...slots.values()].flatMap((all) => all.filter((preview) => isSnapshot(preview, all[0].step)));
}

function asText({ bytes, ...media }: Media): SnapshotPicture {
  return { ...media, data: bytes.toBase64() };
}
