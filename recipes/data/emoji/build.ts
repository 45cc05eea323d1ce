/** Makes the reference set from the packages: draws every icon of every name in every style and writes the pictures. */
import { createHash } from "node:crypto";
import { ArgumentError, described } from "../../../lib/errors.ts";
import { raster } from "../scene/raster.ts";
import { sceneSvg } from "../scene/scene.ts";
import { type Catalog, type CatalogOptions, openCatalog } from "./catalog.ts";
import { fxemojiNames, type Name } from "./names.ts";
import { type EmojiIndex, emojiSizes } from "./set.ts";
import { packageNames, type Style } from "./styles.ts";

/** The version of the set's format. */
const FORMAT = 3;

/** The longer side of a thing, relative to the square's side, as in plain training pictures. */
const SIDE = 0.86;

/** The options of {@linkcode buildEmoji}. */
export interface BuildEmojiOptions extends CatalogOptions {
  /** The folder of the set, which is replaced. */
  readonly folder: string;
  /** The sizes; defaults to {@linkcode emojiSizes}. */
  readonly sizes?: readonly number[];
}

/** Identifies the lists of names and styles: sets made from others are not read. */
function recipeDigest(names: readonly Name[], styles: readonly Style[]): string {
  const recipe = JSON.stringify([FORMAT, names, styles, fxemojiNames]);
  return createHash("sha256").update(recipe).digest("hex").slice(0, 16);
}

/**
 * Draws the set and writes it atomically. Icons that cannot be drawn are left out.
 *
 * @returns The index, and the catalog that it was made from.
 * @throws {IconSetError} if a package is missing, damaged or of another version.
 * @throws {ArgumentError} if nothing could be drawn.
 */
export async function buildEmoji(
  { folder, sizes = emojiSizes, ...options }: BuildEmojiOptions,
): Promise<{ index: EmojiIndex; catalog: Catalog }> {
  const catalog = await openCatalog(options);
  const { names, styles, pictures, skipped } = catalog;
  if (pictures.length === 0) {
    throw new ArgumentError("names", described("none of them could be drawn"), "at least one");
  }
  const index: EmojiIndex = {
    recipe: recipeDigest(names, styles),
    sizes,
    names: names.map(({ name, phrases }) => ({ name, phrases })),
    styles: styles.map((style) => {
      const { id, phrases, bleed, plain, generic } = style;
      return { id, packages: packageNames(style), phrases, bleed: bleed?.phrases ?? [], plain, generic };
    }),
    entries: pictures.map(({ name, style, id, heldOut }) => ({ name, style, id, heldOut })),
    skipped,
  };
  const drawings = pictures.map(({ drawing }) => drawing);
  const draw = (size: number) =>
    Promise.all(drawings.map((icon) => {
      options.signal?.throwIfAborted();
      return raster(sceneSvg({ parts: [{ icon, x: 0.5, y: 0.5, size: SIDE }] }, size), size);
    }));
  await writeSet(folder, index, draw);
  return { index, catalog };
}

/** Writes everything to a temporary folder, which is then renamed. */
async function writeSet(
  folder: string,
  index: EmojiIndex,
  draw: (size: number) => Promise<readonly Uint8Array[]>,
): Promise<void> {
  const temporary = `${folder}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.mkdir(temporary, { recursive: true });
    for (const size of index.sizes) {
      const length = 3 * size * size;
      const bytes = new Uint8Array(index.entries.length * length);
      for (const [n, picture] of (await draw(size)).entries()) bytes.set(picture, n * length);
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
    if (error instanceof DOMException) throw error;
    throw new Error(`out: ${folder} cannot be written (${error instanceof Error ? error.message : error})`, {
      cause: error,
    });
  }
}
