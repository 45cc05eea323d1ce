/** The package as `deno publish` would upload it, served as a JSR registry on this machine. */
import { assert } from "@std/assert";
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The name, the version and the entries of the package. */
export const { name, version, exports, imports } = JSON.parse(
  await Deno.readTextFile(join(root, "deno.json")),
);

/** The paths of the files that `deno publish` would upload. */
async function publishedPaths(): Promise<string[]> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert(success, said);
  return [...said.matchAll(/^ +(file:\S+) \(.+\)$/gm)].map(([, url]) =>
    relative(root, fileURLToPath(url)).replaceAll("\\", "/")
  );
}

/** A module as JSR serves it: names of packages stand in place of the project's own for them. */
function unfurled(code: string): string {
  return code.replace(
    /((?:\bfrom|\bimport)\s*\(?\s*)"((?:@[\w-]+\/)?[\w-]+)(\/[^"]*)?"/g,
    (whole, before, specifier, path = "") =>
      imports[specifier] ? `${before}"${imports[specifier]}${path}"` : whole,
  );
}

/** The files of a registry that knows this package alone, by their paths below its address. */
export async function registryFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const path of await publishedPaths()) {
    const content = await Deno.readFile(join(root, path));
    const bytes = path.endsWith(".ts")
      ? new TextEncoder().encode(unfurled(new TextDecoder().decode(content)))
      : content;
    files.set(`${name}/${version}/${path}`, bytes);
    const checksum = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    manifest[`/${path}`] = { size: bytes.length, checksum };
  }
  const [scope, own] = name.slice(1).split("/");
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  files.set(`${name}/meta.json`, json({ scope, name: own, latest: version, versions: { [version]: {} } }));
  files.set(`${name}/${version}_meta.json`, json({ manifest, exports }));
  return files;
}
