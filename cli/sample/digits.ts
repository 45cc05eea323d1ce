/** `deno task sample` with the MNIST networks: digits, one image each. */
import { ArgumentError, described } from "../../lib/errors.ts";
import {
  generationDefaults,
  type GenerationOptions,
  resolveGenerationOptions,
  type StoredGeneration,
} from "../../lib/generation/mod.ts";
import { type MnistModel, type ModelFolder, openMnistModel } from "../../lib/models/mod.ts";
import { digitTimesteps, sampleDigits } from "../../lib/pipelines/mod.ts";
import { OutputFolder } from "../output_folder.ts";
import { drawAndWrite } from "./draw_and_write.ts";
import { assertDigitsOptions, type SampleFlags } from "./flags.ts";
import { limits } from "./limits.ts";
import { parseDigits } from "./parse_digits.ts";

/** The minimum factor by which the grid is enlarged: 28 pixels are small. */
const GRID_SCALE = 4;

/** The options of a new run, checked against the model. */
async function newOptions(
  words: readonly string[],
  flags: SampleFlags,
  model: ModelFolder,
  { classes }: MnistModel,
): Promise<GenerationOptions> {
  if (classes === 0 && words.length) {
    throw new ArgumentError("prompt", words.join(" "), "none", {
      note: `--model ${model.name} has no classes`,
    });
  }
  if (classes === 0 && flags.guidance !== undefined) {
    throw new ArgumentError("guidance", flags.guidance, "none", {
      note: `--model ${model.name} has no classes`,
    });
  }
  const prompts = classes ? [parseDigits(words, model.name)] : [];
  const defaults = generationDefaults("digits");
  const choices = { ...flags, of: "digits", prompts, image: null, mask: null } as const;
  return await resolveGenerationOptions(defaults, { model, upscaler: null }, choices);
}

/** The class of each image: `count` rows, each spelling the prompt. */
function labelsOf({ prompts: [prompt], count }: GenerationOptions, model: MnistModel): (number | null)[] {
  const row = prompt === undefined ? [null] : [...prompt].map(Number);
  const unknown = row.find((label) => label !== null && label >= model.classes);
  if (unknown !== undefined) {
    throw new ArgumentError(
      "prompt",
      described(`digit ${unknown}`),
      `digits from 0 to ${model.classes - 1}`,
      { plural: true },
    );
  }
  if (row.length * count > limits.pictures) {
    throw new ArgumentError(
      "count",
      count,
      `at most ${Math.floor(limits.pictures / row.length)} for ${row.length} digits`,
    );
  }
  return Array.from({ length: count }, () => row).flat();
}

/**
 * Generates digits, writes the images and prints their paths.
 *
 * @param words The words of the command line.
 * @param flags Its options.
 * @param folder The model.
 * @param again The options of the image to regenerate, if any.
 * @param signal Aborts.
 */
export async function sampleDigitImages(
  words: readonly string[],
  flags: SampleFlags,
  folder: ModelFolder,
  again: StoredGeneration | undefined,
  signal: AbortSignal,
): Promise<void> {
  assertDigitsOptions(flags, folder.name);
  await using model = await openMnistModel(folder.files, {
    device: flags.device,
    threads: flags.threads,
    onFallback: (message) => console.error(`note: ${message}`),
  });
  const weights = await folder.weights();
  if (again && again.options.weights !== weights) {
    throw new ArgumentError(
      "again",
      described(`weights ${again.options.weights}`),
      `weights ${weights}`,
      { note: `those of --model ${folder.name}`, plural: true },
    );
  }
  const options = again?.options ?? await newOptions(words, flags, folder, model);
  const { prompts: [prompt], sampler, steps, guidance, seed } = options;
  const labels = labelsOf(options, model);
  if (again?.picture !== undefined && again.picture > labels.length) {
    throw new ArgumentError(
      "again",
      described(`image ${again.picture}`),
      `one of the run's ${labels.length}`,
    );
  }
  digitTimesteps(model, sampler, steps); // throws where the schedule has fewer
  await using out = await OutputFolder.open(flags.out);
  const columns = prompt !== undefined && prompt.length > 1 ? prompt.length : undefined;
  if (flags.queue !== undefined) {
    const { drawInFleet } = await import("./fleet.ts");
    const run = { options, picture: again?.picture, model: folder, gridScale: GRID_SCALE, columns };
    return await drawInFleet(run, out, flags, signal);
  }
  await drawAndWrite(
    {
      options,
      picture: again?.picture,
      steps: sampleDigits(model, labels, {
        seed,
        sampler,
        numInferenceSteps: steps,
        guidanceScale: guidance,
        signal,
      }),
      runtimeMs: () => model.runtimeMs,
      range: model.spec.range,
      layOut: () => ({ columns, gridScale: GRID_SCALE }),
      device: model.device,
    },
    out,
    flags,
  );
}
