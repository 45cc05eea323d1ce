/** A task's output folder: files are written completely, and all or none. */
import { dirname, join } from "node:path";
import { ArgumentError } from "../lib/errors.ts";

/**
 * A folder checked to be writable before the work begins. If nothing was written, disposing of
 * it removes the folders it created.
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
   * Creates the folder if it does not exist, and checks that it can be written to.
   *
   * @throws {ArgumentError} if not.
   */
  static async open(path: string): Promise<OutputFolder> {
    const made: string[] = [];
    const folder = new OutputFolder(path, made);
    try {
      // Innermost first: the order of removal.
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
   * Writes files under temporary names, and renames them once all are on disk. Files of the same names are
   * replaced.
   *
   * @param files The contents by name.
   * @returns The paths.
   * @throws {ArgumentError} if a file cannot be written; no temporary file is left behind.
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

  /** Removes the created folders if nothing was written. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#written) return;
    // Folders that others have written to since are kept.
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

/** The system's reason, without the path, which the message already has. */
function reason(error: unknown): string {
  return (error as Error).message.replace(
    /[,:]? (rename|mkdir|stat|lstat|open|writefile|remove|for path|path) .*$/s,
    "",
  );
}
