/** `textual-inversion`: learned vectors for a new word of a frozen model. */
import { LEARNED_TOKEN_FILE } from "../../lib/checkpoints/mod.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { digest, isBesideT5 } from "../../lib/models/mod.ts";
import { deepFloydUnet, FileSource, folderOfAll, normal, Scope, t5Encoder } from "../../lib/nn/mod.ts";
import { broadcastTo, type Value } from "../../lib/onnx/mod.ts";
import { concat, reshape } from "../../lib/tensor.ts";
import type { T5Tokens } from "../../lib/text/mod.ts";
import type { PictureSet } from "../data/dataset.ts";
import type { Recipe, RecipeSettings } from "../recipe.ts";
import { loadConceptPictures } from "./concept_set.ts";
import { conceptWeights, denoisingLoss } from "./denoising_loss.ts";
import { declareImages, drawImages, imageChannels, imageOf } from "./network_inputs.ts";
import type { TunedEncoder } from "./tuned_encoder.ts";
import { ownPictures, type Tuning, tuningRecipe } from "./tuning.ts";

/** A model and the token to learn. */
export interface TokenTuning extends Omit<Tuning, "prior"> {
  /** The model's text encoder. */
  readonly encoder: TunedEncoder;
  /** The word, which occurs in the prompt. */
  readonly token: string;
  /** The word or words to initialise it from. */
  readonly initializer: string;
  /** Its number of vectors. */
  readonly vectors: number;
}

/** The settings that define a token. */
export function tokenSettings(
  { token, initializer, vectors }: TokenTuning,
): Pick<RecipeSettings, "token" | "initializer" | "vectors"> {
  return { token, initializer, vectors };
}

/**
 * Textual inversion (Gal et al. 2022, eq. 2): the vectors of a new word are trained with the denoising loss on the user's pictures under
 * a prompt with it. Encoder and network are left in their files.
 *
 * @param tuning The model, the token, and the prompt.
 * @param writeEvery Epochs between writing the file.
 * @throws {ArgumentError} if the prompt does not have the token, or it begins as nothing.
 */
export function textualInversionRecipe(tuning: TokenTuning, writeEvery = 1): Recipe<PictureSet> {
  const { model, encoder, token, vectors } = tuning;
  const tokens = encoder.idsOf(tuning.prompt, token, vectors);
  const pieces = encoder.piecesOf(tuning.initializer);
  return {
    ...tuningRecipe,
    name: "textual-inversion",
    title: "a word for a model's prompts, with vectors of its own",
    defaults: { epochs: 1, batch: 1, microbatches: 1, learningRate: 1e-2, width: 1 },
    writeEvery,
    async load(options) {
      const { folder, size } = ownPictures(model, options);
      const pictures = await loadConceptPictures("data", folder, { size, onSkipped: options.onSkipped });
      return { ...pictures, fingerprint: await digest(pictures.images) };
    },
    plan: ({ size }, set) => {
      const folder = folderOfAll([encoder.weights, model.weights]);
      if (folder === undefined) {
        throw new ArgumentError("model", model.name, "a folder with both encoder and network on one disk");
      }
      // Quantised layers have no gradient.
      const [texts, images] = [encoder.weights, model.weights].map((weights) => {
        return new FileSource(weights, { integers: false, folder });
      });
      return {
        objective: (rows) => (scope) => {
          const { graph } = scope;
          const { width } = encoder.config;
          const added = scope.parameter(token, [vectors, width], normal(1));
          const text = encodedPrompt(new Scope(graph, texts, true), encoder, tokens, added);
          const inputs = {
            ...declareImages(graph, model, rows, size ?? set.size),
            text: broadcastTo(text, [rows, model.textLength, width]),
          };
          const output = deepFloydUnet(new Scope(graph, images, true), model.config, inputs);
          texts.assertAllUsed(isBesideT5);
          images.assertAllUsed();
          return denoisingLoss(output, imageChannels(model.config));
        },
        feeds: ({ pictures }, generator) => ({
          ...drawImages(model, concat(pictures.map((picture) => imageOf(set, picture))), generator),
          weight: conceptWeights(pictures.length, undefined),
        }),
        frozen: folder,
        async start() {
          const mean = reshape(await encoder.meanOf(pieces), [1, encoder.config.width]);
          return { [token]: concat(Array.from({ length: vectors }, () => mean)) };
        },
        files: {
          configs: {},
          weights: { [LEARNED_TOKEN_FILE]: "" },
          format: { dtype: "F32", metadata: { format: "pt" } },
        },
      };
    },
  };
}

/** The prompt, encoded, with a token's vectors in it: `[1, L, width]`. It is part of the graph: it does not change. */
function encodedPrompt(
  scope: Scope,
  { config, table }: TunedEncoder,
  { ids, mask }: T5Tokens,
  added: Value,
): Value {
  const { graph } = scope;
  const constant = (values: BigInt64Array, dtype: "int64" | "float32") => {
    return graph.constant(Array.from(values, Number), dtype, ids.shape);
  };
  const inputs = { ids: constant(ids.data, "int64"), mask: constant(mask.data, "float32") };
  return t5Encoder(scope, config, inputs, { table, added });
}
