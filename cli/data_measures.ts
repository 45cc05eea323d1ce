/** `deno task data:measures`: writes what the icons of the usual names measure, after their packages or the names have changed. */
import { openCatalog } from "../recipes/data/emoji/catalog.ts";
import { toNumbers } from "../recipes/data/emoji/measure.ts";

const { pictures } = await openCatalog({ known: () => undefined });
const rows = pictures.map(({ id, measures }) =>
  `  ${JSON.stringify(id)}: ${JSON.stringify(toNumbers(measures))}`
);
const table = new URL("../recipes/data/emoji/measures.json", import.meta.url);
await Deno.writeTextFile(table, `{\n${[...new Set(rows)].sort().join(",\n")}\n}\n`);
