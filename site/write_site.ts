/** The gallery as files that any static host serves, at any path. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tabPaths } from "../bundle/write_tab.ts";
import { staticPath } from "../components/site.ts";
import { FILE_LIST, tabFile } from "../server/tab_files.ts";
import { pathsOf, staticPage } from "./static_page.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** What asks the gallery's server. */
export type Ask = (path: string) => Promise<Response>;

/** What a site has beside its pages and what these name. */
export interface SiteParts {
  /** The ids of the sections, whose forms are fetched. */
  readonly sections: readonly string[];
  /** The ids of the report's images. */
  readonly images: readonly string[];
  /** The tools of the playground, by their sections. */
  readonly tools: readonly string[];
}

/**
 * Writes the site.
 *
 * @param folder The folder to write to; what it has of the same names is replaced.
 * @param ask The gallery's server: its pages are followed from the first one on.
 * @param parts What no page links to.
 * @returns How many pages were written.
 * @throws {Error} if a page links to something that is not there.
 */
export async function writeSite(
  folder: string,
  ask: Ask,
  { sections, images, tools }: SiteParts,
): Promise<number> {
  await copyFolder(join(root, "static"), folder);
  await copyFolder(join(root, "_fresh", "static"), folder);
  for (const path of [...await tabPaths(), FILE_LIST]) await copy(tabFile(path)!, join(folder, "tab", path));
  for (const id of sections) await save(folder, `/api/sections/${id}`, ask);
  for (const id of images) await save(folder, `/api/images/${id}`, ask);
  const pages = await writePages(folder, ask, tools);
  await copy(join(root, "site", "offline.js"), join(folder, "offline.js"));
  await writeServiceWorker(folder, pages);
  return pages.length;
}

/** Links that only a server answers, such as to an image's settings, and files of the build. */
const ofServer = /^\/(api|_fresh|tab)\/|^\/play\?generation=/;

/** Follows the links of pages; returns the paths of those that were written. */
async function writePages(folder: string, ask: Ask, tools: readonly string[]): Promise<string[]> {
  const waiting = ["/", ...tools.map((tool) => `/play?tool=${tool}`)];
  const known = new Set(waiting);
  const pages: string[] = [];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const response = await ask(path);
    if (!response.ok) throw new Error(`${path}: the gallery says ${response.status}`);
    const target = join(folder, staticPath(path).replace(/[?#].*/, ""));
    if (!response.headers.get("content-type")?.startsWith("text/html")) {
      await write(target, await response.bytes());
      continue;
    }
    const html = await response.text();
    pages.push(path);
    await write(join(target, "index.html"), new TextEncoder().encode(staticPage(html, path)));
    for (const link of pathsOf(html)) {
      const next = link.replace(/#.*/, "").replace(/^(?!\/play\?)([^?]*)\?.*/, "$1");
      // What the server alone has is not shown, and files of the build are copied.
      if (known.has(next) || ofServer.test(next) || await exists(join(folder, next))) continue;
      known.add(next);
      waiting.push(next);
    }
  }
  return pages;
}

/** Writes the service worker with the list of what every page needs. */
async function writeServiceWorker(folder: string, pages: readonly string[]): Promise<void> {
  const kept = pages.map((page) => `./${staticPath(page)}`);
  for (const path of await filesBelow(folder, "")) {
    if (/^(_fresh|fonts)\/|^[\w.-]+\.(css|js|svg)$|^katex\/.*\.(css|woff2)$/.test(path)) {
      kept.push(`./${path}`);
    }
  }
  const version = await digest(folder, kept);
  const program = await Deno.readTextFile(join(root, "site", "service_worker.js"));
  const files = [...new Set(kept)].map((path) => JSON.stringify(path)).join();
  const text = program.replace("VERSION_OF_SITE", version).replace('"FILES_OF_SITE"', files);
  await write(join(folder, "service_worker.js"), new TextEncoder().encode(text));
}

/** What tells a build from others: a hash of the files of its pages and of its list of the others. */
async function digest(folder: string, kept: readonly string[]): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [await Deno.readFile(join(folder, "tab", FILE_LIST))];
  for (const path of kept) {
    parts.push(await Deno.readFile(join(folder, path, path.endsWith("/") ? "index.html" : "")));
  }
  const bytes = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 12);
}

async function save(folder: string, path: string, ask: Ask): Promise<void> {
  const response = await ask(path);
  if (!response.ok) throw new Error(`${path}: the gallery says ${response.status}`);
  await write(join(folder, path), await response.bytes());
}

async function filesBelow(folder: string, prefix: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    if (isDirectory) paths.push(...await filesBelow(folder, `${prefix}${name}/`));
    else paths.push(prefix + name);
  }
  return paths.sort();
}

async function copyFolder(from: string, to: string): Promise<void> {
  for (const path of await filesBelow(from, "")) await copy(join(from, path), join(to, path));
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

async function write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, bytes);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
