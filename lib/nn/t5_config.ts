/** A T5 encoder's `config.json`. */
import type { Config } from "../checkpoints/config.ts";

/** A T5 v1.1 encoder (Raffel et al. 2020; gated GELU after Shazeer 2020). */
export interface T5Config {
  /** Rows of the table of pieces; ids are smaller. */
  readonly vocabulary: number;
  /** Channels of a position. */
  readonly width: number;
  /** How many layers. */
  readonly layers: number;
  /** Heads of the attention. */
  readonly heads: number;
  /** Channels of one head. */
  readonly headWidth: number;
  /** Channels within the feed-forward layers. */
  readonly hiddenWidth: number;
  /** Into how many buckets the distances of positions are sorted, both directions together. */
  readonly distanceBuckets: number;
  /** The distance from which on all are in the last bucket of their direction. */
  readonly maxDistance: number;
  /** What the norms add to a mean square. */
  readonly epsilon: number;
}

/** Bounds of numbers of channels and heads, far above those of XXL. */
const WIDTHS = { min: 1, max: 2 ** 18 } as const;

/** Bounds of the number of layers. */
const LAYERS = { min: 1, max: 512 } as const;

/** Bounds of the vocabulary: that of mT5 has 250112 pieces. */
const VOCABULARY = { min: 1, max: 2 ** 22 } as const;

/** The most buckets, and the largest distance. */
const LONGEST = 2 ** 20;

/**
 * Reads the configuration of a T5 model, of which the encoder is used. Keys that are absent have the defaults that
 * transformers gives them.
 *
 * @throws {CheckpointError} if it is that of another model, or of a variant that is not supported: the message names
 * the key.
 */
export function readT5Config(config: Config): T5Config {
  config.choice("model_type", ["t5"], "t5");
  config.choice("feed_forward_proj", ["gated-gelu"]);
  // Both follow from feed_forward_proj unless they are there; gelu_pytorch_tanh is the same function.
  config.choice("dense_act_fn", ["gelu_new", "gelu_pytorch_tanh"], "gelu_new");
  if (!config.boolean("is_gated_act", true)) config.fail("is_gated_act", "true");
  if (config.boolean("is_decoder", false)) config.fail("is_decoder", "false, for an encoder,");
  if (config.has("quantization_config")) config.fail("quantization_config", "null");
  const pruned = config.has("pruned_heads") ? config.values["pruned_heads"] : {};
  if (Object.keys(Object(pruned)).length) config.fail("pruned_heads", "an empty object");
  const distanceBuckets = config.whole("relative_attention_num_buckets", { min: 4, max: LONGEST }, 32);
  if (distanceBuckets % 4 !== 0) config.fail("relative_attention_num_buckets", "a multiple of 4");
  return {
    vocabulary: config.whole("vocab_size", VOCABULARY, 32128),
    width: config.whole("d_model", WIDTHS, 512),
    layers: config.whole("num_layers", LAYERS, 6),
    heads: config.whole("num_heads", WIDTHS, 8),
    headWidth: config.whole("d_kv", WIDTHS, 64),
    hiddenWidth: config.whole("d_ff", WIDTHS, 2048),
    distanceBuckets,
    maxDistance: config.whole(
      "relative_attention_max_distance",
      { min: distanceBuckets / 4 + 1, max: LONGEST },
      128,
    ),
    epsilon: config.number("layer_norm_epsilon", { min: 0, max: 1 }, 1e-6),
  };
}
