/**
 * The error of all that goes wrong here, and how names, values and causes appear in its message.
 *
 * @module
 */

/**
 * Something is wrong with a `safetensors` file or with what should become one. The message is one line that names the
 * file, the tensor where there is one, what was found and what was expected.
 */
export class SafetensorsError extends Error {
  /** The name of the class. */
  override name = "SafetensorsError";

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

/** A name as it may appear in an error: quoted, and not longer than a line can bear. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 200 ? name.slice(0, 200) + "…" : name);
}

/** Any JSON value as it may appear in an error. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? text.slice(0, 100) + "…" : text;
}

/** What a cause says, whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
