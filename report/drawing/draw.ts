/**
 * Sampling with progress and previews.
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

/** What to show of the sampling. */
export interface Show {
  /** The slot of its previews. */
  readonly slot: string;
  /** The section's progress, which a step advances. */
  readonly progress: Progress;
  /** The work of a step; defaults to 1. */
  readonly work?: number;
  /** The values for black and white; defaults to `[-1, 1]`. */
  readonly range?: PixelRange;
  /** Called with every step. */
  readonly onStep?: (step: SampleStep) => void;
}

/** The maximum number of previews per sampling; more are not worth encoding. */
const PREVIEWS = 25;

/**
 * Samples, reporting progress.
 *
 * @param denoiser What predicts the noise.
 * @param options The loop's options; the context's signal aborts it.
 * @param show What to show of the sampling.
 * @param context The signal, and whether previews are wanted.
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
    // Yields to the event loop, so that an abort is noticed.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return x;
}
