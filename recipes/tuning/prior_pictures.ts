/** Prior pictures that a model generates before fine-tuning, to preserve what it has learned (Ruiz et al. 2022, section 3.3). */
import { sampleToEnd } from "../../lib/diffusion/mod.ts";
import { ArgumentError, described } from "../../lib/errors.ts";
import {
  generate,
  generationDefaults,
  generationText,
  resolveGenerationOptions,
} from "../../lib/generation/mod.ts";
import { encodePng } from "../../lib/image.ts";
import type { DeviceChoice } from "../../lib/onnx/mod.ts";
import { encodePrompts, openTextToImage } from "../../lib/pipelines/mod.ts";
import { slice } from "../../lib/tensor.ts";
import { writeAtomic } from "../atomic_write.ts";
import type { ConceptSource } from "./concept_set.ts";
import type { TunedModel } from "./tuned_model.ts";

/** The batch size. */
const TOGETHER = 8;

/** The options of {@linkcode drawPrior}. */
export interface DrawPriorOptions {
  /** How many pictures the folder is to have. */
  readonly count: number;
  /** Where to compute. */
  readonly device?: DeviceChoice;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Called with the number of pictures after each batch. */
  readonly onDrawn?: (count: number) => void;
  /** Aborts; pictures that are written stay. */
  readonly signal?: AbortSignal;
}

/** The name of a picture, by its seed. */
function nameOf(seed: number): string {
  return `${String(seed).padStart(4, "0")}.png`;
}

/**
 * Generates the missing pictures of a prior in its folder, with the model's recommended settings, from seed 0 on.
 *
 * @throws {ArgumentError} if the model draws nothing by itself.
 * @throws The signal's reason, once it is aborted.
 */
export async function drawPrior(
  model: TunedModel,
  { prompt, folder }: ConceptSource,
  { count, device, threads, onDrawn, signal }: DrawPriorOptions,
): Promise<void> {
  if (model.config.enlarges) {
    throw new ArgumentError("priorData", described("none"), "a folder with pictures of the prior", {
      note: "a super-resolution model draws none by itself",
    });
  }
  const missing: number[] = [];
  for (let seed = 0; seed < count; seed++) {
    if (!await Deno.stat(`${folder}/${nameOf(seed)}`).then(() => true, () => false)) missing.push(seed);
  }
  if (missing.length === 0) return;
  await using pipeline = await openTextToImage(model.files, { variant: model.variant, device, threads });
  const embeddings = await encodePrompts(pipeline, [prompt], "");
  for (let start = 0; start < missing.length; start += TOGETHER) {
    const seeds = missing.slice(start, start + TOGETHER);
    const options = await resolveGenerationOptions(
      generationDefaults("text"),
      { model: model.folder, upscaler: null },
      { of: "text", prompts: [prompt], seeds },
    );
    const x = await sampleToEnd(
      generate(options, { models: [await pipeline.network()], embeddings, signal }),
    );
    for (const [n, seed] of seeds.entries()) {
      const own = { ...options, seed, seeds: [seed], count: 1 };
      const picture = encodePng(slice(x, n, n + 1), { text: generationText(own, 1) });
      await writeAtomic(`${folder}/${nameOf(seed)}`, picture);
    }
    onDrawn?.(count - missing.length + start + seeds.length);
  }
}
