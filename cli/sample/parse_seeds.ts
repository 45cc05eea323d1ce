import { ArgumentError } from "../../lib/errors.ts";
import { generationFields } from "../../lib/generation/mod.ts";
import { integer } from "../options.ts";

/** The limit of images per prompt. */
const MAX_SEEDS = generationFields.count.max;

/**
 * The seeds of a list, such as `3,5,8` or `10-14`, ranges inclusive.
 *
 * @throws {ArgumentError} if it has anything else, a range does not rise, or there are too many.
 */
export function parseSeeds(text: string): readonly number[] {
  const parse = integer("seeds");
  const seeds = text.split(",").flatMap((part) => {
    const range = /^\s*(\d+)-(\d+)\s*$/.exec(part);
    if (!range) return [parse(part.trim())];
    const [from, to] = [parse(range[1]), parse(range[2])];
    if (to < from || to - from >= MAX_SEEDS) {
      throw new ArgumentError("seeds", part, `a rising range of at most ${MAX_SEEDS}`);
    }
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  if (seeds.length > MAX_SEEDS) {
    throw new ArgumentError("seeds", seeds.length, `at most ${MAX_SEEDS}`, { plural: true });
  }
  return seeds;
}
