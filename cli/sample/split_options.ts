/** A run of many pictures as several of fewer, for workers that draw them side by side. */
import { type GenerationOptions, seedsOf } from "../../lib/generation/mod.ts";

/**
 * Splits a run. The pictures of the parts, one after another, are those of the whole, since each has a seed of its own.
 *
 * @param options The run. One of digits, whose noise is one stream, stays whole.
 * @param max The most images of a part.
 */
export function splitOptions(options: GenerationOptions, max: number): GenerationOptions[] {
  const { prompts, count } = options;
  if (options.of !== "text" || prompts.length * count <= max) return [options];
  if (count <= max) {
    const texts = Math.floor(max / count);
    return pieces(prompts, texts).map((part) => ({ ...options, prompts: part }));
  }
  const seeds = seedsOf(options).map(Number);
  return prompts.flatMap((prompt) =>
    pieces(seeds, max).map((part) => {
      return { ...options, prompts: [prompt], seed: part[0], seeds: part, count: part.length };
    })
  );
}

function pieces<T>(items: readonly T[], max: number): T[][] {
  const parts = Math.ceil(items.length / max);
  return Array.from(
    { length: parts },
    (_, i) => items.slice(Math.floor(i * items.length / parts), Math.floor((i + 1) * items.length / parts)),
  );
}
