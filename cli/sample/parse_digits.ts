import { ArgumentError, described } from "../../lib/errors.ts";
import { limits } from "./limits.ts";

/**
 * The digits of a prompt, which may have spaces between them.
 *
 * @param words The arguments of the command line.
 * @param model The model to draw them, for errors.
 * @throws {ArgumentError} if there is anything else, no digit, or too many.
 */
export function parseDigits(words: readonly string[], model: string): string {
  const text = words.join(" ");
  const digits = text.replace(/\s+/g, "");
  if (!/^[0-9]+$/.test(digits)) {
    throw new ArgumentError("prompt", text, "digits", { note: `by --model ${model}`, plural: true });
  }
  if (digits.length > limits.digits) {
    throw new ArgumentError("prompt", described(`${digits.length} digits`), `at most ${limits.digits}`, {
      plural: true,
    });
  }
  return digits;
}
