/** `fine-tune`: trains a small model's whole network on the user's pictures. */
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

/** The path of the network's weights. */
const WEIGHTS = "unet/diffusion_pytorch_model.safetensors";

/** The other folders and files of a model to copy. */
const FOLDERS = ["scheduler", "image_noising_scheduler", "tokenizer", "text_encoder"];
const FILES = ["model_index.json", "sampling_config.json", "vocabulary.json", "unet/config.json"];

/** The maximum number of bytes to copy; models with larger encoders are better served by LoRAs. */
const MAX_BYTES = 2 ** 30;

/**
 * DreamBooth (Ruiz et al. 2022) on a small model: the whole network is trained, the text encoder is frozen.
 *
 * @param tuning The model and the concept to learn.
 * @param copied The files to copy from the old model, from {@linkcode readCopied}.
 * @param writeEvery Epochs between writing the files.
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
 * Reads the files of a model's folder besides its network.
 *
 * @throws {ArgumentError} if that is too large to be copied.
 */
export async function readCopied({ name, files }: TunedModel): Promise<Record<string, Uint8Array>> {
  const paths = [...FILES];
  for (const folder of FOLDERS) paths.push(...await filesIn(files, folder));
  const sizes = await Promise.all(paths.map(async (path) => ({ path, stat: await files.stat(path) })));
  const found = sizes.filter(({ stat }) => stat?.isFile);
  const bytes = found.reduce((sum, { stat }) => sum + stat!.size, 0);
  if (bytes > MAX_BYTES) {
    throw new ArgumentError(
      "model",
      described(`${JSON.stringify(name)}, with ${bytes} bytes beside its network`),
      `one with at most ${MAX_BYTES}`,
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
