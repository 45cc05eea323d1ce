/** Names of files that were not written to their end: see `writeAtomic` and `writeSafetensors`. */
const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?\.tmp$/;

/** Removes partial files left by a killed process, from a folder that nobody else writes to. */
export async function removeLeftovers(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await removeLeftovers(path);
    else if (TEMPORARY.test(name)) await Deno.remove(path);
  }
}
