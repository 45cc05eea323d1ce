/**
 * Something is wrong with a checkpoint's folder, a configuration or a network's weights. The message is one line that
 * names the file, what was found and what was expected.
 */
export class CheckpointError extends Error {
  /** The name of the class. */
  override name = "CheckpointError";

  /**
   * Makes an error; line breaks and control characters in the message become spaces.
   *
   * @param message What is wrong.
   * @param options The cause, where another error led to this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/[\p{Cc}\u2028\u2029]+/gu, " "), options);
  }
}
