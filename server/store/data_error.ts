/** The folder of the data, which cannot be used. */
import { DISK_FULL, isDiskFull } from "./disk_full.ts";

/** The gallery's data cannot be opened: the message names the setting, the folder and the reason. Nothing was changed. */
export class DataError extends Error {
  override name = "DataError";

  /**
   * @param folder The folder of the data.
   * @param reason Why not, in a sentence without its end.
   */
  constructor(folder: string, reason: string, options?: ErrorOptions) {
    super(
      `GALLERY_DATA: ${JSON.stringify(folder)} cannot be used, and nothing in it was changed: ${reason}`,
      options,
    );
  }

  /** Says of any error that it keeps the data from being opened. */
  static of(folder: string, error: unknown): DataError {
    if (error instanceof DataError) return error;
    if (error instanceof Deno.errors.NotCapable) {
      return new DataError(folder, "this server has no permission to write there", { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    return new DataError(folder, isDiskFull(error) ? `${DISK_FULL.toLowerCase()} (${reason})` : reason, {
      cause: error,
    });
  }
}
