/** Every icon of the packages: what a network that enlarges learns from. It works on what is near, and needs no names. */
import { createHash } from "node:crypto";
import type { IconSet } from "../emoji/icons.ts";
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
