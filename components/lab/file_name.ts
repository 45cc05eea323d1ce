/** Names for files that are downloaded: they say what is in them. */
import type { Parameters } from "../../server/wire.ts";

/** The longest name, without its ending, in characters. */
const LONGEST = 80;

/**
 * The name of a picture's file, without its ending: what it shows, and the seed.
 *
 * @param words What it shows: the labels of its row and column, say.
 * @param parameters The parameters by which it was made.
 */
export function fileName(words: readonly string[], parameters: Parameters): string {
  const seed = parameters.seed === undefined ? [] : [`seed ${parameters.seed}`];
  const name = [...words, ...seed].filter(Boolean).map(slug).filter(Boolean).join("-");
  return name.slice(0, LONGEST).replace(/-+$/, "") || "picture";
}

function slug(text: string): string {
  return text.normalize("NFKD").toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-+|-+$/g, "");
}
