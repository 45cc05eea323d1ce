/**
 * What can go wrong with a hub:
 *
 * - `connection`: the hub cannot be reached, breaks off again and again, or answers with errors of its own;
 * - `denied`: the repository is gated or private, or the token is not accepted;
 * - `missing`: there is no such repository, revision or file;
 * - `unsuitable`: the repository holds nothing that this library can use;
 * - `corrupt`: what arrived is not what was announced: size, hash, names;
 * - `storage`: the disk is full, or a folder cannot be written to.
 */
export type HubErrorReason = "connection" | "denied" | "missing" | "unsuitable" | "corrupt" | "storage";

/** A repository could not be pulled from a hub. The message is one line that says what to do about it. */
export class HubError extends Error {
  /** The name of the class. */
  override name = "HubError";
  /** What kind of failure it is. */
  readonly reason: HubErrorReason;

  /**
   * Makes an error; line breaks and control characters in the message become spaces.
   *
   * @param reason What kind of failure it is.
   * @param message What is wrong.
   * @param options The cause, where another error led to this one.
   */
  constructor(reason: HubErrorReason, message: string, options?: ErrorOptions) {
    super(message.replace(/[\p{Cc}\u2028\u2029]+/gu, " "), options);
    this.reason = reason;
  }
}

/** A failure that may pass: the same request is worth another attempt. */
export class BrokenConnection extends HubError {
  /** The name of the class. */
  override name = "BrokenConnection";
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfter?: number;

  /**
   * Makes an error.
   *
   * @param message What has happened.
   * @param options The cause, and how long the server asks to wait.
   */
  constructor(message: string, { retryAfter, ...options }: ErrorOptions & { retryAfter?: number } = {}) {
    super("connection", message, options);
    this.retryAfter = retryAfter;
  }
}
