import { ArgumentError } from "../../lib/argument_error.ts";
import { generationFields } from "../../lib/generation/mod.ts";
import { integer } from "../options.ts";

/** As many seeds as there may be pictures of a prompt. */
const MOST = generationFields.count.max;

/**
 * The seeds of a list, such as `3,5,8` or `10-14`, a range being all from its first to its last.
 *
 * @throws {ArgumentError} if there is something else in it, a range does not rise, or there are too many.
 */
export function parseSeeds(text: string): readonly number[] {
  const parse = integer("seeds");
  const seeds = text.split(",").flatMap((part) => {
    const range = /^\s*(\d+)-(\d+)\s*$/.exec(part);
    if (!range) return [parse(part.trim())];
    const [from, to] = [parse(range[1]), parse(range[2])];
    if (to < from || to - from >= MOST) {
      throw new ArgumentError("seeds", part, `a rising range of at most ${MOST}`);
    }
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  if (seeds.length > MOST) {
    throw new ArgumentError("seeds", seeds.length, `at most ${MOST}`, { plural: true });
  }
  return seeds;
}
