/** Preview sheets of a model, made after chosen epochs. */
import { sampleToEnd } from "../lib/diffusion/mod.ts";
import { grid } from "../lib/image.ts";
import { loadModel, MnistDenoiser, MnistModel, readKind } from "../lib/models/mod.ts";
import { sampleDigits, type SampleDigitsOptions } from "../lib/pipelines/mod.ts";
import { Generator } from "../lib/random.ts";
import { combine, concat, type Tensor } from "../lib/tensor.ts";
import type { PictureSet } from "./data/dataset.ts";
import { pictures } from "./data/pictures_of.ts";
import { previewEnlarged, previewTexts } from "./emoji/preview.ts";

/** The options of a preview. Digits are sampled with the defaults of {@linkcode sampleDigits}. */
export interface PreviewOptions
  extends Pick<SampleDigitsOptions, "numInferenceSteps" | "sampler" | "guidanceScale" | "signal"> {
  /** The seed of its noise. */
  readonly seed: number;
  /** Pictures that a denoiser or a second stage shows its work on. */
  readonly data: PictureSet;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Digits of each class, or rows of ten; defaults to 4. */
  readonly rows?: number;
}

/** Digits of each class, or rows of ten. */
const ROWS = 4;

/**
 * Draws a sheet with a model: four pictures of each class, forty of a network without classes, four of each prompt of the
 * report; for a denoiser rows of clean, noisy and denoised pictures, for a second stage of small, enlarged and original
 * ones. Undefined for a model that draws nothing.
 *
 * @param folder The model's folder.
 * @returns `[1, H, W]` or `[3, H, W]` in 0..1
 */
export async function preview(folder: string, options: PreviewOptions): Promise<Tensor | undefined> {
  const kind = await readKind(folder);
  if (kind === "text-to-image") return await previewTexts(folder, options);
  if (kind === "super-resolution") return await previewEnlarged(folder, options.data, options);
  await using model = await loadModel(folder, { threads: options.threads });
  if (!(model instanceof MnistModel || model instanceof MnistDenoiser)) return undefined;
  const { digits, columns } = await previewDigits(model, options);
  return grid(digits, { columns, background: 0.5 });
}

/** Digits of a network that is open, and how many of them make a row. */
export interface DigitPreview {
  /** `[N, 1, 28, 28]` in 0..1 */
  readonly digits: Tensor;
  /** The length of a row. */
  readonly columns: number;
  /** What the rows are, where they differ. */
  readonly rows?: readonly string[];
  /** How many of the first rows are inputs; the others are outputs. Defaults to none. */
  readonly given?: number;
}

/**
 * What a network for digits that is open can do: four samples of each class, forty of a network without classes; of a denoiser rows
 * of clean, noisy and denoised digits.
 *
 * @param model The network.
 * @param options The seed, digits for a denoiser, and how samples are drawn.
 */
export async function previewDigits(
  model: MnistModel | MnistDenoiser,
  { seed, data, rows = ROWS, numInferenceSteps, sampler, guidanceScale, signal }: Omit<
    PreviewOptions,
    "threads"
  >,
): Promise<DigitPreview> {
  if (model instanceof MnistModel) {
    const columns = model.classes || 10;
    const labels = Array.from({ length: rows * columns }, (_, i) => model.classes ? i % columns : null);
    const options = { seed, numInferenceSteps, sampler, guidanceScale, signal };
    return { digits: await sampleToEnd(sampleDigits(model, labels, options)), columns };
  }
  const clean = pictures(data, 0, 10);
  const noisy = combine(1, clean, model.sigma, new Generator(seed).randn(clean.shape));
  return {
    digits: concat([clean, noisy, await model.denoise(noisy)]),
    columns: 10,
    rows: ["clean", "noisy", "denoised"],
    given: 2,
  };
}
