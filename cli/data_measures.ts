/** `deno task data:measures`: writes what the icons of the usual names measure, after their packages or the names have changed. */
import { findPictures } from "../recipes/data/emoji/catalog.ts";
import { openIconSets } from "../recipes/data/emoji/icons.ts";
import { measure } from "../recipes/data/emoji/measure.ts";
import { rowsOf } from "../recipes/data/emoji/measured.ts";
import { names } from "../recipes/data/emoji/names.ts";
import { packagesOf, styles } from "../recipes/data/emoji/styles.ts";

const sets = await openIconSets(packagesOf(styles));
const icons = names.flatMap((name) => styles.flatMap((style) => findPictures(name, style, sets)))
  .map(({ drawing }) => drawing);
// One that does not render is left out: the catalog says why, each time.
const measured = await Promise.all(icons.map(async (icon) => {
  const measures = await measure(icon).catch(() => undefined);
  return measures ? [{ icon, measures }] : [];
}));
const table = new URL("../recipes/data/emoji/measures.json", import.meta.url);
await Deno.writeTextFile(table, `{\n${rowsOf(measured.flat()).join(",\n")}\n}\n`);
