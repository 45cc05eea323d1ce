/** `lora`: low-rank updates of a frozen model's layers. */
import { loraHeader } from "../../lib/checkpoints/mod.ts";
import {
  attentionProjections,
  deepFloydUnet,
  FileSource,
  LoraTrainerSource,
  Scope,
} from "../../lib/nn/mod.ts";
import type { Recipe } from "../recipe.ts";
import type { ConceptSet } from "./concept_set.ts";
import { denoisingLoss } from "./denoising_loss.ts";
import { declareInputs, imageChannels } from "./network_inputs.ts";
import { loadTuning, type Tuning, tuningFeeds, tuningRecipe } from "./tuning.ts";

/** The file name of LoRAs in diffusers. */
export const LORA_FILE = "pytorch_lora_weights.safetensors";

/** The default rank. */
const RANK = 4;

/**
 * LoRA (Hu et al. 2021) on a model's attention, trained on the user's pictures as in DreamBooth (Ruiz et al. 2022).
 *
 * @param tuning The model and the concept to learn.
 * @param writeEvery Epochs between writing the files.
 */
export function loraRecipe(tuning: Tuning, writeEvery = 1): Recipe<ConceptSet> {
  const { model } = tuning;
  return {
    ...tuningRecipe,
    name: "lora",
    title: "a LoRA: small matrices beside a model's attention",
    defaults: { epochs: 1, batch: 1, microbatches: 1, learningRate: 1e-4, width: 1, rank: RANK },
    writeEvery,
    load: (options) => loadTuning(tuning, options),
    plan: (settings, set) => {
      const { rank = RANK, alpha = rank, size = set.size } = settings;
      const targets = settings.targets?.split(",").map((target) => target.trim());
      // Quantised layers have no gradient.
      const frozen = new FileSource(model.weights, { integers: false });
      return {
        objective: (pictures) => (scope) => {
          const rows = set.prior ? 2 * pictures : pictures;
          const source = new LoraTrainerSource(frozen, scope.at("unet"), {
            rank,
            alpha,
            ...(targets && { targets }),
          });
          const network = new Scope(scope.graph, source, true);
          const inputs = declareInputs(scope.graph, model, rows, size);
          const output = deepFloydUnet(network, model.config, inputs);
          source.assertAllTargets();
          frozen.assertAllUsed();
          return denoisingLoss(output, imageChannels(model.config));
        },
        feeds: tuningFeeds(tuning, settings, set),
        frozen: frozen.folder as string,
        files: {
          configs: {},
          weights: { [LORA_FILE]: "" },
          format: {
            dtype: "F32",
            metadata: loraHeader({ rank, alpha, targets: targets ?? attentionProjections }),
          },
        },
      };
    },
  };
}
