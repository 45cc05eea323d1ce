/**
 * A tokenizer's file is damaged, or of a kind that is not supported. The message is one line that names the file, what
 * was found and what was expected.
 */
export class TokenizerError extends Error {
  /** The name of the class. */
  override name = "TokenizerError";

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
