/** The digests of the files of the models that ship, which downloads by name are checked against. */
import { createHash } from "node:crypto";

/** The files of a model, without its card, figures and history. */
const PART = /\.(json|model|safetensors)$/;

/** The table's path. */
export const digestsFile: URL = new URL("../../lib/models/published_digests.json", import.meta.url);

/** The table as it should be: the SHA-256 of each file, by model and path, in alphabetical order. */
export async function digestsOfModels(): Promise<string> {
  const models = new URL("../../models/", import.meta.url);
  const table: Record<string, Record<string, string>> = {};
  for (const name of await namesIn(models)) table[name] = await digestsIn(new URL(`${name}/`, models));
  return `${JSON.stringify(table, null, 2)}\n`;
}

async function digestsIn(folder: URL, prefix = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await namesIn(folder)) {
    const path = new URL(name, folder);
    if ((await Deno.stat(path)).isDirectory) {
      Object.assign(found, await digestsIn(new URL(`${name}/`, folder), `${prefix}${name}/`));
    } else if (PART.test(name)) {
      found[prefix + name] = createHash("sha256").update(await Deno.readFile(path)).digest("hex");
    }
  }
  return found;
}

async function namesIn(folder: URL): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}
