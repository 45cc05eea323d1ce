/** The files for computing in a tab, by their paths there: the program, the runtime, models, images, digits. */
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Where the program is built to, with the runtime, the digits, and the list of all files. */
export const tabFolder: string = join(root, "_fresh", "tab");

/** The list of all files, which is built last. */
export const FILE_LIST = "files.json";

/** The project's folders that are served, and which files in them. */
export const sources: readonly { readonly folder: string; readonly from: string; readonly file: RegExp }[] = [
  { folder: "models", from: join(root, "models"), file: /\.(json|jsonl|safetensors|model|png)$/ },
  { folder: "images", from: join(root, "report", "images"), file: /\.(png|jpg)$/ },
];

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

/** A path of plain names: no parent folders, no hidden files. */
const PATH = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;

/** The location of a file; undefined for unknown paths. */
export function tabFile(path: string): string | undefined {
  if (!PATH.test(path)) return undefined;
  const source = sources.find(({ folder }) => path.startsWith(`${folder}/`));
  if (!source) return join(tabFolder, path);
  return source.file.test(path) ? join(source.from, path.slice(source.folder.length + 1)) : undefined;
}

/** The type of a file by its name. */
export function tabFileType(path: string): string {
  return types[extname(path)] ?? "application/octet-stream";
}

/** The bytes of each model that a tab can open, by name; undefined where the tab's program has not been built. */
export async function tabModels(): Promise<Readonly<Record<string, number>> | undefined> {
  const text = await Deno.readTextFile(join(tabFolder, FILE_LIST)).catch(() => undefined);
  if (text === undefined) return undefined;
  const sizes: Record<string, number> = {};
  for (const [path, { size }] of Object.entries<{ readonly size: number }>(JSON.parse(text))) {
    const [folder, name] = path.split("/");
    if (folder === "models" && !/\.(jsonl|png)$/.test(path)) sizes[name] = (sizes[name] ?? 0) + size;
  }
  return sizes;
}
