/** The table of what the files of the models that ship hash to: by it those are checked that are fetched by a name. */
import { createHash } from "node:crypto";

/** What a model consists of; its card, its figures and its history are no part of it. */
const PART = /\.(json|model|safetensors)$/;

/** Where the table lies. */
export const digestsFile: URL = new URL("../../lib/models/published_digests.json", import.meta.url);

/** The table as it should be: the SHA-256 of each file, by model and path, in the order of the alphabet. */
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
