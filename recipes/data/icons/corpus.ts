/** Every icon of the packages: what a super-resolution network learns from. It works locally and needs no names. */
import { createHash } from "node:crypto";
import { type IconSet, openIconSets } from "../emoji/icons.ts";
import { packages } from "../emoji/packages.ts";
import { styles } from "../emoji/styles.ts";
import type { IconDrawing } from "../scene/scene.ts";

/** One icon of the corpus. */
export interface CorpusIcon {
  /** The set that it is of. */
  readonly set: IconSet;
  /** Its name in the set, words with hyphens between them. */
  readonly name: string;
}

/** Icons of a tenth of the corpus are kept out of training. */
const HELD_OUT = 10;

/** Icons whose SVG is longer than this many characters take too long to draw at each step: two in a hundred. */
const LONGEST = 60_000;

/** Whether an icon is kept out of training, by a hash of its name alone: icons of one name in several sets look alike. */
export function isHeldOut(name: string): boolean {
  return createHash("sha256").update(name).digest().readUInt32LE() % HELD_OUT === 0;
}

/** Packages whose icons are drawn in one colour, line by line: there are ten times as many as of others, with less to learn from. */
const plain: ReadonlySet<string> = new Set([
  "game-icons",
  "icon-park",
  "mdi",
  "ph",
  "pixelarticons",
  "tabler",
]);

/**
 * Opens the packages of the corpus.
 *
 * @throws {IconSetError} if one is missing, damaged or of another version.
 */
export async function openCorpus(): Promise<IconSet[]> {
  return await openIconSets(packages.filter(({ id }) => !plain.has(id)));
}

/** An icon's caption for a second stage: the usual phrase of its package's style, and its name in words. */
export function captionOf({ set, name }: CorpusIcon): string {
  const words = name.replaceAll("-", " ");
  const style = styles.find(({ sources }) => sources.some((source) => source.package === set.source.id));
  return style ? `${style.phrases[0]} ${words}` : words;
}

/** Every icon of the sets, each once. */
export function corpusIcons(sets: readonly IconSet[]): CorpusIcon[] {
  return sets.flatMap((set) =>
    set.names().filter((name) => {
      const own = drawingOf({ set, name });
      return own !== undefined && own.body.length <= LONGEST;
    }).map((name) => ({ set, name }))
  );
}

/** The drawing of an icon; undefined for an alias of a missing icon. */
export function drawingOf({ set, name }: CorpusIcon): IconDrawing | undefined {
  try {
    return set.drawing(name);
  } catch {
    return undefined;
  }
}
