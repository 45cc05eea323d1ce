/**
 * Which second stage belongs to a first one.
 *
 * @module
 */
import { findModel, openModelFolder, UnknownModelError } from "../lib/models/mod.ts";

/** The second stage that the first one's folder names, or whose name is its own with II for I; undefined if there is none. */
export async function secondStageOf(first: string): Promise<string | undefined> {
  const { sampling: { superResolution } } = await openModelFolder(first);
  const name = superResolution ?? first.replace(/-I(?=-|$)/, "-II");
  if (name === first) return undefined;
  try {
    await findModel(name);
    return name;
  } catch (error) {
    if (error instanceof UnknownModelError) return undefined;
    throw error;
  }
}
