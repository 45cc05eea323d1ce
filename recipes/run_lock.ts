import { ArgumentError } from "../lib/errors.ts";

/**
 * Keeps a run's folder to one process: two that write the same log and checkpoint would ruin both. The system lets go of
 * the lock when the process ends, however it ends.
 *
 * @throws {Error} if the folder cannot be written, or another process trains there.
 */
export async function lockRun(folder: string): Promise<Disposable> {
  const path = `${folder}/.lock`;
  let file: Deno.FsFile;
  try {
    await Deno.mkdir(folder, { recursive: true });
    file = await Deno.open(path, { write: true, create: true });
  } catch (error) {
    throw new ArgumentError("out", folder, "a folder that can be written to", {
      note: reason(error),
      cause: error,
    });
  }
  if (await file.tryLock(true)) return file;
  file.close();
  throw new ArgumentError("out", folder, "a folder that no other training writes to");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
