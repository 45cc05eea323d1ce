/**
 * Writes a file atomically: under a temporary name, then renamed. Creates missing folders.
 *
 * @throws {Error} if the folder cannot be written; names the path.
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    const folder = path.replace(/[^/\\]*$/, "");
    if (folder) await Deno.mkdir(folder, { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync(); // else a crash of the machine could leave the new name with no contents
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new Error(`out: ${path} cannot be written (${error instanceof Error ? error.message : error})`, {
      cause: error,
    });
  }
}
