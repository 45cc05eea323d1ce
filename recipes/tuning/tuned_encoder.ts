/** A model's text encoder, for learning a token. */
import { Config, openWeights, type Weights } from "../../lib/checkpoints/mod.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { embeddingLayer, FileSource, readT5Config, Scope, type T5Config } from "../../lib/nn/mod.ts";
import { t5Table } from "../../lib/models/mod.ts";
import { Graph, mean, openSession } from "../../lib/onnx/mod.ts";
import { type Tensor, tensor } from "../../lib/tensor.ts";
import {
  cleanCaption,
  encodeForT5,
  openTokenizer,
  splitAtTokens,
  type T5Tokens,
} from "../../lib/text/mod.ts";
import type { TunedModel } from "./tuned_model.ts";

/** A text encoder with its tokenizer. */
export interface TunedEncoder {
  /** What its configuration says. */
  readonly config: T5Config;
  /** Its weights, left in their files. */
  readonly weights: Weights;
  /** The name of its table of pieces. */
  readonly table: string;
  /**
   * The ids of a prompt, in which a token's vectors have those behind the table's.
   *
   * @throws {ArgumentError} if the prompt does not have the token, or not within the text's length.
   */
  idsOf(prompt: string, token: string, vectors: number): T5Tokens;
  /**
   * The pieces of the words that a token is initialised from.
   *
   * @throws {ArgumentError} if there is none.
   */
  piecesOf(initializer: string): readonly number[];
  /** The mean of the vectors of pieces, `[width]`. */
  meanOf(pieces: readonly number[]): Promise<Tensor>;
}

/**
 * Opens the text encoder of a model.
 *
 * @throws {ArgumentError} if it has layers in integers of 4 bits.
 * @throws {Error} if a file cannot be read, or is not what it should be.
 */
export async function openTunedEncoder(
  { name, files, textLength, variant }: TunedModel,
): Promise<TunedEncoder> {
  const folder = files.folder("text_encoder");
  const config = readT5Config(await Config.read("config.json", folder));
  const weights = await openWeights(folder, "model", { variant });
  if ([...weights.tensors.values()].some(({ dtype }) => dtype === "U8")) {
    throw new ArgumentError("model", name, "one whose text encoder is not in integers of 4 bits", {
      note: "which have no gradient",
    });
  }
  const table = t5Table(weights);
  const tokenizer = await openTokenizer(files.folder("tokenizer"));
  return {
    config,
    weights,
    table,
    idsOf(prompt, token, vectors) {
      const ids = Array.from({ length: vectors }, (_, i) => config.vocabulary + i);
      const parts = splitAtTokens(prompt, [{ text: token, ids }], cleanCaption);
      const tokens = encodeForT5(tokenizer, [parts], { maxLength: textLength });
      if (!tokens.ids.data.includes(BigInt(ids.at(-1)!))) {
        throw new ArgumentError("prompt", prompt, `a text with ${JSON.stringify(token)} in it`, {
          note: `within ${textLength} pieces`,
        });
      }
      return tokens;
    },
    piecesOf(initializer) {
      const pieces = tokenizer.encode(cleanCaption(initializer));
      if (pieces.length > 0) return pieces;
      throw new ArgumentError("initializer", initializer, "a word that is left when it is cleaned");
    },
    async meanOf(ids) {
      const source = new FileSource(weights);
      const graph = new Graph("initializer");
      const pieces = graph.input("ids", "int64", [ids.length]);
      const scope = new Scope(graph, source, false).at(table);
      graph.output(
        "mean",
        mean(embeddingLayer(scope, pieces, config.vocabulary, config.width), { axes: [0] }),
      );
      await using session = await openSession(graph, { threads: 1, prepack: false, folder: source.folder });
      const data = BigInt64Array.from(ids, BigInt);
      return (await session.run({ ids: tensor(data, [ids.length]) })).mean;
    },
  };
}
