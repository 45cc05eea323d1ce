import { basename, dirname, join } from "node:path";

/**
 * Puts a file or a link in its place in one step, whatever is there: nobody ever sees a half of it.
 *
 * @param path The place; its folder is made if it does not exist.
 * @param make Makes the file under the name that it is given, beside the place.
 */
export async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    await make(temporary);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // often it does not exist
    throw error;
  }
}
