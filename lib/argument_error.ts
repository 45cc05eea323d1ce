/**
 * Errors about arguments, as data: which one, what was found, what is expected.
 *
 * @module
 */
import { described, showValue } from "./show_value.ts";

/** What an {@linkcode ArgumentError} may say beyond the three things it is made of. */
export interface ArgumentErrorOptions extends ErrorOptions {
  /** What the message ends with in parentheses, such as the reason or a way out. */
  readonly note?: string;
  /** Whether `expected` is a plural: "are expected" instead of "is expected". */
  readonly plural?: boolean;
}

/**
 * An argument that cannot be used. The message is made from the fields: `strength: 2 where a number from 0 to 1 is expected`.
 *
 * It is a `RangeError`, so that whoever catches those goes on doing so; one that is no `ArgumentError` is the language's own.
 *
 * @example
 * ```ts
 * import { ArgumentError, linearSchedule } from "@denoise/denoise";
 *
 * try {
 *   linearSchedule(0);
 * } catch (error) {
 *   if (!(error instanceof ArgumentError)) throw error;
 *   const { argument, found, expected } = error;
 *   console.log({ argument, found, expected }); // length, 0, a whole number of at least 1
 * }
 * ```
 */
export class ArgumentError extends RangeError {
  /** The name of the class. */
  override name = "ArgumentError";
  /** The argument's name; by its path where it lies in another one: `options.strength`, `prompts[2]`. */
  readonly argument: string;
  /** What was found, as the message has it: a text in quotation marks, a tensor by its shape, long ones cut short. */
  readonly found: string;
  /** What is expected, as a noun: `a number from 0 to 1`. */
  readonly expected: string;
  /** What the message ends with in parentheses, such as the reason or a way out; undefined for nothing. */
  readonly note: string | undefined;
  /** Whether {@linkcode ArgumentError.expected} is a plural. */
  readonly plural: boolean;

  /**
   * Makes an error.
   *
   * @param argument The argument's name, or its path.
   * @param found The value; or words for it, by {@linkcode described}, where it is not the value itself that is wrong.
   * @param expected What is expected, as a noun.
   * @param options A note, the noun's number, the cause.
   */
  constructor(argument: string, found: unknown, expected: string, options: ArgumentErrorOptions = {}) {
    const { note, plural = false, ...errorOptions } = options;
    const words = { found: showValue(found), expected, note, plural };
    super(`${argument}: ${reasonOf(words)}`, errorOptions);
    this.argument = argument;
    this.found = words.found;
    this.expected = expected;
    this.note = note;
    this.plural = plural;
  }

  /** The message without the argument's name: `2 where a number from 0 to 1 is expected`. */
  get reason(): string {
    return reasonOf(this);
  }

  /**
   * The same about an argument of another name: that by which the caller of a function knows it.
   *
   * @param argument The argument's name, or its path.
   */
  renamed(argument: string): ArgumentError {
    const { found, expected, note, plural } = this;
    return new ArgumentError(argument, described(found), expected, { note, plural, cause: this });
  }
}

function reasonOf(
  { found, expected, note, plural }: Pick<ArgumentError, "found" | "expected" | "note" | "plural">,
): string {
  return `${found} where ${expected} ${plural ? "are" : "is"} expected${note ? ` (${note})` : ""}`;
}
