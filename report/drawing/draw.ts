/**
 * Drawing before spectators: the loop, with progress and previews.
 *
 * @module
 */
import { type Denoiser, sample, type SampleOptions, type SampleStep } from "../../lib/diffusion/mod.ts";
import type { PixelRange } from "../../lib/image.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { Context } from "../context.ts";
import type { SectionEvent } from "../section.ts";
import type { Progress } from "./progress.ts";
import { strip } from "./sheet.ts";

/** What spectators see. */
export interface Show {
  /** What is drawn. */
  readonly slot: string;
  /** The section's progress, which a step advances. */
  readonly progress: Progress;
  /** The work of a step; defaults to 1. */
  readonly work?: number;
  /** The values for black and white; defaults to `[-1, 1]`. */
  readonly range?: PixelRange;
  /** Hears of every step. */
  readonly onStep?: (step: SampleStep) => void;
}

/** More previews of one sampling are not worth their encoding. */
const PREVIEWS = 25;

/**
 * Samples, and tells of it.
 *
 * @param denoiser What predicts the noise.
 * @param options What the loop needs; the context's signal aborts it.
 * @param show What spectators see.
 * @param context The signal, and whether anybody looks.
 * @yields Progress after each step, and some previews.
 * @returns The pictures, `[N, C, H, W]`.
 */
export async function* draw(
  denoiser: Denoiser,
  options: SampleOptions,
  { slot, progress, work = 1, range, onStep }: Show,
  { signal, previews = true }: Pick<Context, "signal" | "previews">,
): AsyncGenerator<SectionEvent, Tensor, undefined> {
  const steps = options.timesteps.length;
  const every = Math.ceil(steps / PREVIEWS);
  let x = options.start;
  for await (const step of sample(denoiser, { ...options, signal })) {
    x = step.x;
    onStep?.(step);
    yield progress.advance(slot, work);
    const done = step.index + 1;
    if (previews && (done % every === 0 || done === steps)) {
      const pictures = { x: strip(step.x, range), x0: strip(step.x0, range) };
      yield {
        type: "preview",
        preview: { slot, step: done, steps, t: step.tNext, ...pictures, count: x.shape[0] },
      };
    }
    // Whoever waits for events, such as the one who aborts, gets a turn.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return x;
}
