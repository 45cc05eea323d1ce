/** The markdown pages of the repository: their code, and running it. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

const { name, exports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));

/** The library's entries: their names, and the files that they are. */
const entries: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries<string>(exports).map((
    [entry, file],
  ) => [`${name}${entry.slice(1)}`, pathToFileURL(join(root, file)).href]),
);

/** The text of a page, by its path in the repository. */
export async function readPage(path: string): Promise<string> {
  return await Deno.readTextFile(join(root, path));
}

/** The paths of all pages that explain something: those at the root and the guides. */
export async function pagePaths(): Promise<string[]> {
  const guides = await Array.fromAsync(Deno.readDir(join(root, "docs")), ({ name }) => `docs/${name}`);
  return ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...guides.sort()];
}

/** The blocks of code in a language. */
export function codeBlocks(page: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...page.matchAll(fence)].map(([, code]) => code);
}

/** The one program of a page with a line in it. */
export function programWith(page: string, line: string): string {
  const found = codeBlocks(page, "ts").filter((code) => code.includes(line));
  assertEquals(found.length, 1, `programs with ${line}`);
  return found[0];
}

/** Runs a program as a module of its own, and gives the lines that it prints. */
export async function runProgram(code: string, folder: string): Promise<string[]> {
  const path = join(folder, `program-${crypto.randomUUID()}.ts`);
  const resolved = code.replace(/ from "(.+)";$/gm, (_, name) => ` from "${entries[name] ?? name}";`);
  await Deno.writeTextFile(path, resolved);
  const lines: string[] = [];
  const { log } = console;
  console.log = (...values) => lines.push(values.join(" "));
  try {
    await import(pathToFileURL(path).href);
  } finally {
    console.log = log;
  }
  return lines;
}

/**
 * A program of a page, with another model, other files to write and few steps.
 *
 * @param code The program.
 * @param model The folder that takes the place of the one in `models/`.
 * @param folder Where it writes its images.
 */
export function shortened(code: string, model: string, folder: string): string {
  return code
    .replace(/"models\/[\w-]+"/g, JSON.stringify(model))
    .replace(/writeFile\("([\w-]+\.png)"/g, (_, name) => `writeFile(${JSON.stringify(join(folder, name))}`)
    .replace(/numInferenceSteps: \d+/g, "numInferenceSteps: 3")
    .replace(/(imageToImage|inpaint)\((.*), \{ /, "$1($2, { numInferenceSteps: 3, ");
}
