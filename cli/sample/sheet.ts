/** The sheet of a run's pictures. */
import { findEffect } from "../../lib/effects/mod.ts";
import type { GenerationOptions } from "../../lib/generation/mod.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";

/** The pictures of a sheet, and how many are in a row of it; as many as make it about square by default. */
export interface Sheet {
  readonly sheet?: Tensor;
  readonly columns?: number;
}

/**
 * Lays out pictures: a row for each prompt; with an effect a row for each picture, and after it what else is seen of it.
 *
 * @param x The pictures, `[N, C, H, W]`.
 * @param options The options of the run.
 * @param pixels The height and width of the first stage's pictures.
 */
export function sheetOf(x: Tensor, { effect, prompts, count }: GenerationOptions, pixels: number): Sheet {
  if (!effect) return { columns: prompts.length > 1 ? count : undefined };
  const sights = findEffect(effect.name).sights(effect.parts, { pixels });
  const ways = [x, ...sights.map(({ apply }) => apply(x))];
  const pictures = Array.from({ length: x.shape[0] }, (_, n) => ways.map((seen) => slice(seen, n, n + 1)));
  return { sheet: concat(pictures.flat()), columns: ways.length };
}
