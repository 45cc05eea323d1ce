import { HubError } from "./error.ts";

/** What systems call a disk, or somebody's share of it, that is full. */
const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** What Windows says instead. */
const FULL_ON_WINDOWS = /os error (39|112)\b/;

/**
 * Runs what writes to a folder, and tells its failures as those of the folder.
 *
 * @param folder The folder, for errors.
 * @param write Reads and writes there.
 * @throws {HubError} if the disk is full, or the system refuses for another reason; other errors as they are.
 */
export async function storing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    const { code, message } = error as Error & { code?: unknown };
    // A code is what errors of the system have, and no others.
    if (typeof code !== "string") throw error;
    const why = FULL.has(code) || FULL_ON_WINDOWS.test(message)
      ? "the disk is full; what has arrived stays, and pulling again goes on from there"
      : `cannot be used: ${message}`;
    throw new HubError("storage", `${folder}: ${why}`, { cause: error });
  }
}
