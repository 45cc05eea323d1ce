import { writeFully } from "./write_fully.ts";

/**
 * Writes a file, all or nothing: it goes to a temporary file in the same folder, which takes the name when it is on the disk.
 *
 * @param path The file; one that exists is replaced.
 * @param parts Its bytes.
 * @throws {Error} with the system's own message, if it cannot be written.
 */
export async function writeFile(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  let created = false;
  try {
    {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      created = true;
      for (const part of parts) await writeFully(file, part);
      await file.sync(); // else a crash could leave the new name with no contents
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    if (created) await Deno.remove(temporary).catch(() => {}); // the first error is the one to report
    throw error;
  }
}
