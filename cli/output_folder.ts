/** Where a task's files go: whole, and all or none. */
import { dirname, join } from "node:path";
import { ArgumentError } from "../lib/errors.ts";

/**
 * A folder that files can be written to: known before the work begins, not after it. If nothing was written, disposing of
 * it removes what folders it had to make.
 */
export class OutputFolder implements AsyncDisposable {
  /** Its path. */
  readonly path: string;
  readonly #made: string[];
  #written = false;

  private constructor(path: string, made: string[]) {
    this.path = path;
    this.#made = made;
  }

  /**
   * Makes the folder where it does not exist, and tries whether it can be written to.
   *
   * @throws {ArgumentError} if not.
   */
  static async open(path: string): Promise<OutputFolder> {
    const made: string[] = [];
    const folder = new OutputFolder(path, made);
    try {
      // Innermost first, which is the order to remove them in.
      for (let p = path; !(await exists(p)) && dirname(p) !== p; p = dirname(p)) made.push(p);
      await Deno.mkdir(path, { recursive: true });
      await Deno.remove(await Deno.makeTempFile({ dir: path, prefix: ".", suffix: ".tmp" }));
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw new ArgumentError("out", path, "a folder that can be written to", {
        note: reason(error),
        cause: error,
      });
    }
    return folder;
  }

  /**
   * Writes files: to temporary names first, and only once all are on the disk to their own. Files of the same names are
   * replaced.
   *
   * @param files The contents by name.
   * @returns The paths.
   * @throws {ArgumentError} if a file cannot be written; none of the temporary ones is left then.
   */
  async write(files: ReadonlyMap<string, Uint8Array>): Promise<string[]> {
    const moves: { from: string; to: string }[] = [];
    try {
      for (const [name, bytes] of files) {
        const to = join(this.path, name);
        const from = `${to}.${crypto.randomUUID()}.tmp`;
        moves.push({ from, to });
        await Deno.writeFile(from, bytes, { createNew: true });
      }
      for (const { from, to } of moves) await Deno.rename(from, to);
    } catch (error) {
      for (const { from } of moves) await Deno.remove(from).catch(() => {}); // most do not exist
      throw new ArgumentError("out", this.path, "a folder that can be written to", {
        note: reason(error),
        cause: error,
      });
    }
    this.#written = true;
    return moves.map(({ to }) => to);
  }

  /** Removes the folders that were made for nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#written) return;
    // Whatever somebody else has put there meanwhile stays.
    for (const path of this.#made.splice(0)) await Deno.remove(path).catch(() => {});
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Why, in the system's words, without the path that the message has already. */
function reason(error: unknown): string {
  return (error as Error).message.replace(
    /[,:]? (rename|mkdir|stat|lstat|open|writefile|remove|for path|path) .*$/s,
    "",
  );
}
