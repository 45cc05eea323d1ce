import { UsageError } from "../errors.ts";
import { limits } from "./limits.ts";

/**
 * The digits of a prompt, which may have spaces between them.
 *
 * @param words The arguments of the command line.
 * @param model The model that is to draw them, for errors.
 * @throws {UsageError} if there is anything else, nothing, or too much.
 */
export function parseDigits(words: readonly string[], model: string): string {
  const text = words.join(" ");
  const digits = text.replace(/\s+/g, "");
  if (!/^[0-9]+$/.test(digits)) {
    throw new UsageError(`prompt: ${JSON.stringify(text)} where digits are expected, by --model ${model}`);
  }
  if (digits.length > limits.digits) {
    throw new UsageError(`prompt: ${digits.length} digits where at most ${limits.digits} are expected`);
  }
  return digits;
}
