/** Pictures that `deno task sample` has drawn: what they say of themselves. */
import { Config } from "../../lib/checkpoints/config.ts";
import { readPngText } from "../../lib/image.ts";
import { UsageError } from "../errors.ts";
import { DIGITS_TASK, KEYWORD, parametersFrom, type SampleParameters } from "./sample_parameters.ts";
import { TEXT_TASK, type TextParameters, textParametersFrom } from "./text_parameters.ts";

/** What a picture says: what it is of, the parameters of its run and, of a single picture, its number there. */
export type Again =
  | { readonly of: "digits"; readonly parameters: SampleParameters; readonly picture?: number }
  | { readonly of: "text"; readonly parameters: TextParameters; readonly picture?: number };

/**
 * Reads the parameters of a picture that `deno task sample` has written.
 *
 * @throws {UsageError} if the file cannot be read, or is none.
 */
export async function readAgain(path: string): Promise<Again> {
  try {
    const text = readPngText(await Deno.readFile(path))[KEYWORD];
    if (text === undefined) throw new Error("it has no parameters");
    const config = new Config("parameters", JSON.parse(text) ?? {});
    const task = config.choice("task", [DIGITS_TASK, TEXT_TASK]);
    const picture = config.has("picture") ? config.whole("picture", { min: 1 }) : undefined;
    return task === DIGITS_TASK
      ? { of: "digits", parameters: parametersFrom(config), picture }
      : { of: "text", parameters: textParametersFrom(config), picture };
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : (cause as Error).message;
    throw new UsageError(`again: ${JSON.stringify(path)} where a sampled picture is expected (${why})`, {
      cause,
    });
  }
}
