/** Makes the data set from the packages: draws every name in every style and writes the pictures once for all. */
import { createHash } from "node:crypto";
import { heldOutStyles } from "./held_out.ts";
import { type IconSet, openIconSet } from "./icons.ts";
import { describeIcon, thingIcons } from "./keywords.ts";
import { fxemojiNames, type Name, names as chosenNames } from "./names.ts";
import { render } from "./render.ts";
import { type EmojiEntry, type EmojiIndex, emojiSizes } from "./set.ts";
import { type Style, styles as allStyles } from "./styles.ts";

/** Counts the changes to what the files of a set mean. */
const FORMAT = 2;

/** A name is taken if it is drawn in at least so many styles. */
const FEWEST_STYLES = 4;

/** What {@linkcode buildEmoji} makes. */
export interface BuildEmojiOptions {
  /** The folder of the set, replaced if it is there. */
  readonly folder: string;
  /** The sizes; {@linkcode emojiSizes} unless given. */
  readonly sizes?: readonly number[];
  /** The names; those of {@linkcode chosenNames} unless given. */
  readonly names?: readonly Name[];
  /** The icon sets; the packages of all styles unless given. */
  readonly sets?: readonly IconSet[];
  /** Told of what could not be drawn. */
  readonly onSkipped?: (what: string) => void;
  /** Told how many names of all are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between pictures. */
  readonly signal?: AbortSignal;
}

/** Identifies the recipe: sets that were made by other lists are not read. */
export function recipeDigest(names: readonly Name[], styles: readonly Style[] = allStyles): string {
  const recipe = JSON.stringify([FORMAT, names, styles, fxemojiNames]);
  return createHash("sha256").update(recipe).digest("hex").slice(0, 16);
}

/**
 * The chosen names, and after them all other things that stand in four sets or more, called as Unicode calls them.
 *
 * @param sets The opened packages.
 */
export function longNames(sets: readonly IconSet[]): Name[] {
  const taken = new Set(chosenNames.flatMap(({ layers }) => layers.length === 1 ? [layers[0].icon] : []));
  const called = new Set(chosenNames.flatMap(({ name, phrases }) => [name, ...phrases]));
  const more = thingIcons().flatMap((icon): Name[] => {
    if (taken.has(icon) || sets.filter((set) => set.has(icon)).length < FEWEST_STYLES) return [];
    const { label } = describeIcon(icon)!;
    if (called.has(label) || !/^[ -~]+$/.test(label)) return [];
    taken.add(icon);
    called.add(label);
    const article = /^[aeiou]/.test(label) ? "an" : "a";
    const layers = [{ icon, x: 0, y: 0, width: 1, height: 1 }];
    return [{ name: label, phrases: [`${article} ${label}`], layers }];
  });
  return [...chosenNames, ...more];
}

/** Opens the packages of all styles. */
export async function openIconSets(): Promise<IconSet[]> {
  return await Promise.all(allStyles.map((style) => openIconSet(style)));
}

interface Drawn {
  readonly name: Name;
  readonly style: number;
  /** The pictures in the order of the sizes. */
  readonly pictures: readonly Uint8Array[];
}

/**
 * Draws the set and writes it: whole, or not at all. What cannot be drawn is left out, and a name with it that stands
 * in fewer than four styles.
 *
 * @throws {IconSetError} if a package is missing, damaged or of another version.
 * @throws {RangeError} if nothing could be drawn.
 */
export async function buildEmoji(options: BuildEmojiOptions): Promise<EmojiIndex> {
  const { folder, sizes = emojiSizes, names = chosenNames, onProgress, signal } = options;
  const sets = options.sets ?? await openIconSets();
  const skipped: string[] = [];
  const skip = (what: string) => {
    skipped.push(what);
    options.onSkipped?.(what);
  };
  const drawn: Drawn[] = [];
  const kept: Name[] = [];
  for (const [done, name] of names.entries()) {
    const pictures: Drawn[] = [];
    for (const [style, set] of sets.entries()) {
      signal?.throwIfAborted();
      if (!name.layers.every(({ icon }) => set.has(icon))) continue;
      try {
        const bySize: Uint8Array[] = [];
        for (const size of sizes) bySize.push(await render(set, name.layers, size));
        pictures.push({ name, style, pictures: bySize });
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error
          ? `: ${error.cause.message}`
          : "";
        skip(`${name.name}: ${error instanceof Error ? error.message : error}${cause}`);
      }
    }
    if (pictures.length >= FEWEST_STYLES) drawn.push(...pictures), kept.push(name);
    else skip(`${name.name}: in ${pictures.length} sets where at least ${FEWEST_STYLES} are expected`);
    onProgress?.(done + 1, names.length);
  }
  if (drawn.length === 0) {
    throw new RangeError("names: none of them could be drawn where at least one is expected");
  }
  const index: EmojiIndex = {
    recipe: recipeDigest(names, sets.map(({ style }) => style)),
    sizes,
    names: kept.map(({ name, phrases, layers }) => {
      const said = new Set(phrases.flatMap((phrase) => phrase.split(" ")));
      const icons = layers.length === 1 ? describeIcon(layers[0].icon)?.keywords ?? [] : [];
      return { name, phrases, keywords: icons.filter((keyword) => !said.has(keyword)) };
    }),
    styles: sets.map(({ style: { id, version, phrases, plain, generic } }) => {
      return { id, package: `@iconify-json/${id}@${version}`, phrases, plain, generic };
    }),
    entries: entriesOf(drawn, kept, sets),
    skipped,
  };
  await writeSet(folder, index, drawn);
  return index;
}

function entriesOf(drawn: readonly Drawn[], kept: readonly Name[], sets: readonly IconSet[]): EmojiEntry[] {
  const held = new Map(kept.map((name) => {
    const ids = drawn.filter((one) => one.name === name).map(({ style }) => sets[style].style.id);
    return [name, heldOutStyles(name.name, ids)];
  }));
  return drawn.map(({ name, style }) => {
    return { name: kept.indexOf(name), style, heldOut: held.get(name)!.has(sets[style].style.id) };
  });
}

/** Writes everything to a temporary folder, which then takes the set's name. */
async function writeSet(folder: string, index: EmojiIndex, drawn: readonly Drawn[]): Promise<void> {
  const temporary = `${folder}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.mkdir(temporary, { recursive: true });
    for (const [i, size] of index.sizes.entries()) {
      const length = 3 * size * size;
      const bytes = new Uint8Array(drawn.length * length);
      for (const [n, { pictures }] of drawn.entries()) bytes.set(pictures[i], n * length);
      await Deno.writeFile(`${temporary}/pictures-${size}.bin`, bytes);
    }
    await Deno.writeTextFile(`${temporary}/index.json`, JSON.stringify(index));
    const old = `${temporary}.old`;
    const replaced = await Deno.rename(folder, old).then(() => true, (error) => {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    });
    await Deno.rename(temporary, folder);
    if (replaced) await Deno.remove(old, { recursive: true });
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw new Error(`out: ${folder} cannot be written (${error instanceof Error ? error.message : error})`, {
      cause: error,
    });
  }
}
