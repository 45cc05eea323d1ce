/** The option `--model` of those that run sections. */
import { ArgumentError } from "../../lib/errors.ts";
import { findModel, UnknownModelError } from "../../lib/models/mod.ts";
import { modelKindOf } from "../../report/model_kind.ts";
import { UsageError } from "../errors.ts";
import { quote } from "../options.ts";

/** A parser of `--model`, which may be given several times. */
export function readModel(text: string, before: readonly string[]): readonly string[] {
  if (text.trim() === "" || text.includes(",")) {
    throw new ArgumentError("model", text, "a folder without commas in its path");
  }
  return [...before, text];
}

/**
 * Checks that a folder has a model that sections can use.
 *
 * @throws {ArgumentError} if not.
 */
export async function checkModel(folder: string): Promise<void> {
  let kind: string | undefined;
  try {
    kind = await modelKindOf(await findModel(folder));
  } catch (error) {
    if (error instanceof UnknownModelError) throw error;
    throw new UsageError(`model: ${quote(folder)}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  if (kind === undefined) {
    throw new ArgumentError("model", folder, "a model that generates images");
  }
}
