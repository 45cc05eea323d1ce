/** A file of prompts. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { decodeUserText, EncodingError } from "../../lib/text/mod.ts";
import { quote } from "../options.ts";

/** The prompt of a line; empty if there is none. */
function promptOf(line: string): string {
  const text = line.trim();
  if (text.startsWith("#")) return "";
  return text.startsWith("\\#") ? text.slice(1) : text;
}

/**
 * Reads the prompts of a file, one a line. A line that begins with `#` is a comment, one that begins with `\#` is a prompt
 * that begins with `#`; elsewhere `#` is an ordinary character.
 *
 * @param path The file: UTF-8, or UTF-16 with its byte order mark.
 * @throws {ArgumentError} if it cannot be read, is not text, or has no prompt.
 */
export async function readPrompts(path: string): Promise<readonly string[]> {
  const bytes = await Deno.readFile(path).catch((cause) => {
    throw new ArgumentError("prompts", path, "a text file", { cause });
  });
  let text: string;
  try {
    text = decodeUserText(bytes);
  } catch (cause) {
    if (!(cause instanceof EncodingError)) throw cause;
    throw new ArgumentError("prompts", described(`${quote(path)}: ${cause.found}`), cause.expected, {
      cause,
    });
  }
  const prompts = text.split(/\r\n|\r|\n/).map(promptOf).filter((prompt) => prompt);
  if (prompts.length) return prompts;
  throw new ArgumentError("prompts", described(`${quote(path)} without a prompt`), "one a line");
}
