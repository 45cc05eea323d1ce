/** The options stored in images written by `deno task sample`. */
import { ArgumentError } from "../../lib/errors.ts";
import { readPngText } from "../../lib/image.ts";
import { readGenerationText, STORED_KEYWORD, type StoredGeneration } from "../../lib/generation/mod.ts";

/**
 * Reads the options stored in an image written by `deno task sample`.
 *
 * @throws {ArgumentError} if the file cannot be read, or is not such an image.
 */
export async function readAgain(path: string): Promise<StoredGeneration> {
  try {
    const text = readPngText(await Deno.readFile(path))[STORED_KEYWORD];
    if (text === undefined) throw new Error("it has no parameters");
    return readGenerationText(text);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : (cause as Error).message;
    throw new ArgumentError("again", path, "a generated image", { note: why, cause });
  }
}
