/** Why a file cannot be read: there is none; the program has no permission; anything else. */
export type FileErrorReason = "missing" | "forbidden" | "unreadable";

/** A file that cannot be read. The message is one line that names it. */
export class FileError extends Error {
  /** The name of the class. */
  override name = "FileError";
  /** The file, as errors name it. */
  readonly path: string;
  /** Why. */
  readonly reason: FileErrorReason;

  /**
   * Makes an error.
   *
   * @param path The file, as errors name it.
   * @param reason Why it cannot be read.
   * @param cause What the system or the server said.
   */
  constructor(path: string, reason: FileErrorReason, cause: unknown) {
    super(reason === "missing" ? `${path}: does not exist` : `${path}: cannot be read: ${cause}`, { cause });
    this.path = path;
    this.reason = reason;
  }

  /** What the system or the server said, in its own words. */
  get detail(): string {
    return this.cause instanceof Error ? this.cause.message : String(this.cause);
  }
}
