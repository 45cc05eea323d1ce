/** `fine-tune`: all of a small model's network, on one's own pictures. */
import { deepFloydUnet } from "../../lib/nn/mod.ts";
import type { Files } from "../../lib/platform/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { ArgumentError, described } from "../../lib/errors.ts";
import type { Recipe } from "../recipe.ts";
import type { ConceptSet } from "./concept_set.ts";
import { denoisingLoss } from "./denoising_loss.ts";
import { declareInputs, imageChannels } from "./network_inputs.ts";
import type { TunedModel } from "./tuned_model.ts";
import { loadTuning, type Tuning, tuningFeeds, tuningRecipe } from "./tuning.ts";

/** Where the network's weights are written. */
const WEIGHTS = "unet/diffusion_pytorch_model.safetensors";

/** What else of a model's folder makes a model of the new weights: folders whole, and single files. */
const FOLDERS = ["scheduler", "image_noising_scheduler", "tokenizer", "text_encoder"];
const FILES = ["model_index.json", "sampling_config.json", "vocabulary.json", "unet/config.json"];

/** The most bytes that are copied; whose encoder is larger has a model for LoRAs. */
const MOST_BYTES = 2 ** 30;

/**
 * DreamBooth (Ruiz et al. 2022) on a small model: the network is trained as a whole, the text encoder stays as it is.
 *
 * @param tuning The model, and what it is to learn.
 * @param copied The files that the new model has from the old one, from {@linkcode readCopied}.
 * @param writeEvery Epochs from one writing of the files to the next.
 */
export function fineTuneRecipe(
  tuning: Tuning,
  copied: Readonly<Record<string, Uint8Array>>,
  writeEvery = 1,
): Recipe<ConceptSet> {
  const { model } = tuning;
  return {
    ...tuningRecipe,
    name: "fine-tune",
    title: "a small model's whole network, on one's own pictures",
    defaults: { epochs: 1, batch: 1, microbatches: 1, learningRate: 1e-5, width: 1 },
    writeEvery,
    load: (options) => loadTuning(tuning, options),
    plan: (settings, set) => ({
      objective: (pictures) => (scope) => {
        const rows = set.prior ? 2 * pictures : pictures;
        const inputs = declareInputs(scope.graph, model, rows, settings.size ?? set.size);
        const output = deepFloydUnet(scope.at("unet"), model.config, inputs);
        return denoisingLoss(output, imageChannels(model.config));
      },
      feeds: tuningFeeds(tuning, settings, set),
      start: () => readNetwork(model),
      files: { configs: copied, weights: { [WEIGHTS]: "unet." } },
    }),
  };
}

async function readNetwork({ weights }: TunedModel): Promise<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  for (const name of weights.tensors.keys()) tensors[`unet.${name}`] = await weights.read(name);
  return tensors;
}

/**
 * Reads what of a model's folder its network is no part of.
 *
 * @throws {ArgumentError} if that is too large to be copied.
 */
export async function readCopied({ name, files }: TunedModel): Promise<Record<string, Uint8Array>> {
  const paths = [...FILES];
  for (const folder of FOLDERS) paths.push(...await filesIn(files, folder));
  const sizes = await Promise.all(paths.map(async (path) => ({ path, stat: await files.stat(path) })));
  const found = sizes.filter(({ stat }) => stat?.isFile);
  const bytes = found.reduce((sum, { stat }) => sum + stat!.size, 0);
  if (bytes > MOST_BYTES) {
    throw new ArgumentError(
      "model",
      described(`${JSON.stringify(name)}, with ${bytes} bytes beside its network`),
      `one with at most ${MOST_BYTES}`,
      { note: "deno task train lora copies nothing" },
    );
  }
  return Object.fromEntries(
    await Promise.all(found.map(async ({ path }) => [path, await files.readBytes(path)])),
  );
}

async function filesIn(files: Files, folder: string): Promise<string[]> {
  const own = files.folder(folder);
  const entries = await own.list().catch(() => []);
  return (entries ?? []).filter(({ isDirectory }) => !isDirectory).map(({ name }) => `${folder}/${name}`)
    .sort();
}
