/** A run of many pictures as several of fewer, for workers that draw them side by side. */
import { type GenerationOptions, seedsOf } from "../../lib/generation/mod.ts";

/**
 * Splits a run. The pictures of the parts, one after another, are those of the whole, since each has a seed of its own.
 *
 * @param options The run. One of digits, whose noise is one stream, stays whole.
 * @param most How many pictures a part has at most.
 */
export function sharesOf(options: GenerationOptions, most: number): GenerationOptions[] {
  const { prompts, count } = options;
  if (options.of !== "text" || prompts.length * count <= most) return [options];
  if (count <= most) {
    const texts = Math.floor(most / count);
    return pieces(prompts, texts).map((part) => ({ ...options, prompts: part }));
  }
  const seeds = seedsOf(options).map(Number);
  return prompts.flatMap((prompt) =>
    pieces(seeds, most).map((part) => {
      return { ...options, prompts: [prompt], seed: part[0], seeds: part, count: part.length };
    })
  );
}

function pieces<T>(items: readonly T[], most: number): T[][] {
  const parts = Math.ceil(items.length / most);
  return Array.from(
    { length: parts },
    (_, i) => items.slice(Math.floor(i * items.length / parts), Math.floor((i + 1) * items.length / parts)),
  );
}
