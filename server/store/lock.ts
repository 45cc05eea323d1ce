/** Keeps a folder of data to one server: two would remove each other's unfinished work. */
import { join } from "node:path";
import { DataError } from "./data_error.ts";

/**
 * Takes the folder, which is made if it is not there. The system lets go of it when the process ends, however it ends.
 *
 * @param folder The folder of the data.
 * @throws {DataError} if another server has it, or it cannot be written.
 */
export async function lockData(folder: string): Promise<Disposable> {
  let file: Deno.FsFile;
  try {
    await Deno.mkdir(folder, { recursive: true });
    file = await Deno.open(join(folder, ".lock"), { write: true, create: true });
  } catch (error) {
    throw DataError.of(folder, error);
  }
  if (await file.tryLock(true)) return file;
  file.close();
  throw new DataError(folder, "another server keeps its data there; each needs a folder of its own");
}
