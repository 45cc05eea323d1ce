/** Whether an error says that there is no room: of files by the system's code, of SQLite by its own. */

/** No space, no quota, no larger file: the system's names. */
const codes: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];

/** SQLITE_FULL, and what SQLite says where its files cannot grow: SQLITE_IOERR_WRITE, SHMSIZE and SHMMAP. */
const sqliteCodes: readonly unknown[] = [13, 778, 4874, 5386];

/** Some errors have their code in the message alone. */
const words = /\b(ENOSPC|EDQUOT|EFBIG)\b|no space left|\bos error (27|28|122)\b|database or disk is full/i;

/** What a reader sees. */
export const DISK_FULL = "The disk is full";

/** Whether an error, or what caused it, is a full disk. */
export function isDiskFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code, errcode } = at as Error & { readonly code?: unknown; readonly errcode?: unknown };
    if (codes.includes(code) || sqliteCodes.includes(errcode) || words.test(at.message)) return true;
  }
  return false;
}
