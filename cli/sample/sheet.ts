/** The sheet of a run's pictures. */
import { findEffect } from "../../lib/effects/mod.ts";
import type { GenerationOptions } from "../../lib/generation/mod.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";

/** The images of a sheet, and how many are in a row; by default as many as make it about square. */
export interface Sheet {
  readonly sheet?: Tensor;
  readonly columns?: number;
}

/**
 * Lays out images: a row for each prompt, or with an effect a row for each image, followed by the effect's other perspectives on it.
 *
 * @param x The images, `[N, C, H, W]`.
 * @param options The options of the run.
 * @param pixels The height and width of the first stage's images.
 */
export function sheetOf(x: Tensor, { effect, prompts, count }: GenerationOptions, pixels: number): Sheet {
  if (!effect) return { columns: prompts.length > 1 ? count : undefined };
  const perspectives = findEffect(effect.name).perspectives(effect.parts, { pixels });
  const ways = [x, ...perspectives.map(({ apply }) => apply(x))];
  const pictures = Array.from({ length: x.shape[0] }, (_, n) => ways.map((seen) => slice(seen, n, n + 1)));
  return { sheet: concat(pictures.flat()), columns: ways.length };
}
