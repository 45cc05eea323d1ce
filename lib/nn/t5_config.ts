/** What a T5 encoder's `config.json` says. */
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
  const distanceBuckets = config.whole("relative_attention_num_buckets", { min: 4 }, 32);
  if (distanceBuckets % 4 !== 0) config.fail("relative_attention_num_buckets", "a multiple of 4");
  return {
    vocabulary: config.whole("vocab_size", { min: 1 }, 32128),
    width: config.whole("d_model", { min: 1 }, 512),
    layers: config.whole("num_layers", { min: 1 }, 6),
    heads: config.whole("num_heads", { min: 1 }, 8),
    headWidth: config.whole("d_kv", { min: 1 }, 64),
    hiddenWidth: config.whole("d_ff", { min: 1 }, 2048),
    distanceBuckets,
    maxDistance: config.whole("relative_attention_max_distance", { min: distanceBuckets / 4 + 1 }, 128),
    epsilon: config.number("layer_norm_epsilon", { min: 0 }, 1e-6),
  };
}
