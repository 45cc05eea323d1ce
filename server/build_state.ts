/** Whether the gallery has to be built again. */
import { join } from "node:path";

/** What the build is made of. */
const sources = ["main.ts", "dev.ts", "app.ts", "deno.json", "deno.lock"];
const folders = [
  ...["routes", "islands", "components", "static", "server", "report", "compat"],
  // Of what runs in a reader's tab.
  ...["tab", "bundle", "recipes", "lib", "models"],
];

/** Whether the build in `_fresh/` is newer than everything that it is made of. */
export async function buildIsCurrent(root: string): Promise<boolean> {
  const built = await modified(join(root, "_fresh", "server.js"));
  if (built === undefined) return false;
  for (const file of sources) if ((await modified(join(root, file)) ?? Infinity) > built) return false;
  for (const folder of folders) if (await newest(join(root, folder)) > built) return false;
  return true;
}

async function modified(path: string): Promise<number | undefined> {
  const found = await Deno.stat(path).catch(() => undefined);
  return found?.mtime?.getTime();
}

async function newest(folder: string): Promise<number> {
  let latest = await modified(folder) ?? 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    latest = Math.max(latest, isDirectory ? await newest(path) : await modified(path) ?? 0);
  }
  return latest;
}
