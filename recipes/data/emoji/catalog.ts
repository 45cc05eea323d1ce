/** All pictures of names in styles: which icons they are, and which of them are kept out of training. */
import { type IconDrawing, ownIds } from "../scene/scene.ts";
import { type HeldOut, holdOut } from "./held_out.ts";
import { type IconSet, openIconSets } from "./icons.ts";
import { iconTable } from "./icon_table.ts";
import { measure, type Measures } from "./measure.ts";
import { measured } from "./measured.ts";
import { isScenic, type Layer, type Name, names as chosenNames } from "./names.ts";
import { emojiNamed } from "./packages.ts";
import { packagesOf, type Style, styles as allStyles } from "./styles.ts";

/** One picture of a name in a style. */
export interface Picture {
  /** Its number in the names. */
  readonly name: number;
  /** Its number in the styles. */
  readonly style: number;
  /** Its package and icon. */
  readonly id: string;
  /** Whether it is the emoji that the name's phrases of colours and parts describe. */
  readonly usual: boolean;
  /** What is drawn; its box has no empty margin. */
  readonly drawing: IconDrawing;
  /** What is measured of it. */
  readonly measures: Measures;
  /** Whether it is held out of training, and what is unseen: the picture, or every picture of the name in the style. */
  readonly heldOut: HeldOut;
}

/** Names, styles and their pictures. */
export interface Catalog {
  /** What pictures show. */
  readonly names: readonly Name[];
  /** What they look like. */
  readonly styles: readonly Style[];
  /** The pictures, name by name. */
  readonly pictures: readonly Picture[];
  /** What could not be drawn, each with the reason. */
  readonly skipped: readonly string[];
}

/** The options of a catalog. */
export interface CatalogOptions {
  /** The names; defaults to those of the usual list. */
  readonly names?: readonly Name[];
  /** The styles; defaults to all. */
  readonly styles?: readonly Style[];
  /** The opened packages; defaults to those of the styles. */
  readonly sets?: readonly IconSet[];
  /** Told how many names of all are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between names. */
  readonly signal?: AbortSignal;
}

/** An icon of a set, or several put together. */
interface Found {
  readonly id: string;
  readonly usual: boolean;
  readonly drawing: IconDrawing;
}

/** The pictures of a name in a style, of the packages that are there. */
export function findPictures(name: Name, { sources, scenic = [] }: Style, sets: readonly IconSet[]): Found[] {
  return [...sources, ...isScenic(name) ? scenic : []].flatMap(({ package: id, suffix = "" }) => {
    const set = sets.find(({ source }) => source.id === id);
    if (!set) return [];
    const found = (icon: string, usual = false): Found[] =>
      set.has(icon + suffix)
        ? [{ id: `${id}:${icon}${suffix}`, usual, drawing: set.drawing(icon + suffix) }]
        : [];
    if (!emojiNamed.has(id)) {
      const icons = Object.hasOwn(iconTable, name.name) ? iconTable[name.name][id] ?? "" : "";
      return icons.split(" ").filter(Boolean).flatMap((icon) => found(icon));
    }
    if (name.layers.length === 1) {
      return [...found(name.layers[0].icon, true), ...name.others.flatMap((icon) => found(icon))];
    }
    if (!name.layers.every(({ icon }) => set.has(icon))) return [];
    return [{ id: `${id}:${name.name}`, usual: true, drawing: putTogether(name.layers, set) }];
  });
}

/** Several icons of a set as one, each in its place in the unit square; what is outside is cut off. */
function putTogether(layers: readonly Layer[], set: IconSet): IconDrawing {
  const body = layers.map(({ icon, x, y, width, height }, i) => {
    const { body, box } = set.drawing(icon);
    const fit = width === height ? "xMidYMid" : "none";
    return `<svg x="${x}" y="${y}" width="${width}" height="${height}" viewBox="${box.join(" ")}" ` +
      `preserveAspectRatio="${fit}">${ownIds(body, `l${i}-`)}</svg>`;
  });
  return {
    body: `<svg x="0" y="0" width="1" height="1" viewBox="0 0 1 1">${body.join("")}</svg>`,
    box: [0, 0, 1, 1],
  };
}

/**
 * Looks every name up in every style and measures what is found and not in the table. What cannot be drawn is left out.
 *
 * @throws {IconSetError} if a package is missing, damaged or of another version.
 */
export async function openCatalog(options: CatalogOptions = {}): Promise<Catalog> {
  const { names = chosenNames, styles = allStyles, onProgress, signal } = options;
  const sets = options.sets ?? await openIconSets(packagesOf(styles));
  const pictures: Picture[] = [];
  const skipped: string[] = [];
  for (const [number, name] of names.entries()) {
    signal?.throwIfAborted();
    const found = styles.flatMap((style, n) =>
      findPictures(name, style, sets).map((one) => ({ ...one, style: n }))
    );
    const all = await Promise.all(found.map(async (one) => {
      try {
        return { ...one, measures: measured(one.drawing) ?? await measure(one.drawing) };
      } catch (error) {
        skipped.push(
          `${name.name}: ${one.id} cannot be drawn: ${error instanceof Error ? error.message : error}`,
        );
        return undefined;
      }
    }));
    const drawn = all.filter((one) => one !== undefined);
    const held = holdOut(name.name, drawn.map(({ id, style }) => ({ id, style: styles[style].id })));
    pictures.push(...drawn.map((one, i): Picture => ({
      ...one,
      name: number,
      drawing: { body: one.drawing.body, box: one.measures.box },
      heldOut: held[i],
    })));
    onProgress?.(number + 1, names.length);
  }
  return { names, styles, pictures, skipped };
}
