/** The files below a folder, relative to it, sorted; none if there is no such folder. */
export async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      if (name.startsWith(".") && name !== ".well-known") continue;
      if (isDirectory) files.push(...await filesBelow(`${folder}/${name}`, `${prefix}${name}/`));
      else if (isFile) files.push(prefix + name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort();
}
