/** The encoder of T5 v1.1, with transformers' names for its parameters. */
import {
  add,
  gather,
  geluTanh,
  greater,
  matmul,
  max,
  mul,
  reshape,
  softmax,
  sub,
  transpose,
  type Value,
  where,
} from "../onnx/mod.ts";
import { checkpoint } from "../onnx/ops/mod.ts";
import { type Initializer, normal } from "./init.ts";
import { channelLinearLayer, embeddingLayer, rmsNormLayer } from "./layers.ts";
import type { Scope } from "./scope.ts";
import type { T5Config } from "./t5_config.ts";
import { distanceBuckets } from "./t5_position.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** What is added to the scores of hidden positions: the least number of float32. */
const HIDDEN = -3.4028234663852886e38;

/** What the encoder reads. */
export interface T5Inputs {
  /** The pieces' ids, int64 `[N, L]`, L known; with {@linkcode T5Options.added} up to `vocabulary + n - 1`. */
  readonly ids: Value;
  /** 1 for positions that may be attended to, 0 for padding, float32 `[N, L]`. */
  readonly mask: Value;
}

/** Options of {@linkcode t5Encoder}. */
export interface T5Options {
  /**
   * The name under which the checkpoint has the token embeddings: `shared`, the default, or `encoder.embed_tokens`.
   */
  readonly table?: string;
  /**
   * Rows behind those of the checkpoint's table, float32 `[n, width]`: the embeddings of the ids from `vocabulary` on, as after
   * transformers' `resize_token_embeddings`. The table itself is neither copied nor trained with them.
   */
  readonly added?: Value;
}

const t5OptionNames: OptionNames<T5Options> = {
  table: true,
  added: true,
};

/**
 * Appends the encoder to a graph. No layer has a bias, and scores are not scaled (their scale is in the weights).
 *
 * @returns The text, `[N, L, width]`; positions of padding have values, too.
 * @throws {GraphError} if the shapes do not fit.
 */
export function t5Encoder(
  scope: Scope,
  config: T5Config,
  { ids, mask }: T5Inputs,
  options: T5Options = {},
): Value {
  assertOptions(options, t5OptionNames);
  const { table = "shared", added } = options;
  const encoder = scope.at("encoder");
  let h = embedded(scope.at(table), config, ids, added);
  const bias = scoreBias(encoder.at("block.0.layer.0.SelfAttention.relative_attention_bias"), config, mask);
  for (let i = 0; i < config.layers; i++) {
    const [first, second] = [encoder.at(`block.${i}.layer.0`), encoder.at(`block.${i}.layer.1`)];
    const attended = selfAttention(first.at("SelfAttention"), config, normed(first, config, h), bias);
    h = checkpoint(add(h, attended));
    h = checkpoint(add(h, feedForward(second.at("DenseReluDense"), config, normed(second, config, h))));
  }
  return rmsNormLayer(encoder.at("final_layer_norm"), h, config.epsilon);
}

/** The pieces' vectors `[N, L, width]`: rows of the checkpoint's table, or of those that are added to it. */
function embedded(scope: Scope, { vocabulary, width }: T5Config, ids: Value, added?: Value): Value {
  if (!added) return embeddingLayer(scope, ids, vocabulary, width);
  const isAdded = greater(ids, vocabulary - 1);
  const known = where(isAdded, ids.graph.constant(0, "int64"), ids);
  const rows = gather(added, max(sub(ids, vocabulary), 0));
  return where(reshape(isAdded, [...ids.shape, 1]), rows, embeddingLayer(scope, known, vocabulary, width));
}

/** Normed, and channels first: `[N, L, width]` to `[N, width, L]`. */
function normed(scope: Scope, { epsilon }: T5Config, h: Value): Value {
  return transpose(rmsNormLayer(scope.at("layer_norm"), h, epsilon), [0, 2, 1]);
}

/** What is added to the scores of every layer: by distance and head, and for hidden positions. `[N, heads, L, L]` */
function scoreBias(scope: Scope, config: T5Config, mask: Value): Value {
  const [batch, length] = [mask.shape[0], mask.shape[1] as number];
  return scope.build(() => {
    const shape = [config.distanceBuckets, config.heads];
    const table = scope.parameter("weight", shape, normal(config.width ** -0.5));
    const buckets = mask.graph.constant(distanceBuckets(length, config), "int64", [length, length]);
    const byDistance = transpose(gather(table, buckets), [2, 0, 1]);
    const hidden = reshape(mul(sub(1, mask), HIDDEN), [batch, 1, 1, length]);
    return add(byDistance, hidden);
  });
}

function selfAttention(scope: Scope, config: T5Config, x: Value, bias: Value): Value {
  const { heads, headWidth, width } = config;
  const inner = heads * headWidth;
  const [batch, length] = [x.shape[0], x.shape[2]];
  const project = (name: string, deviation: number) => {
    const projected = linear(scope.at(name), x, inner, normal(deviation));
    return scope.build(() => reshape(projected, [batch, heads, headWidth, length]));
  };
  const query = project("q", (width * headWidth) ** -0.5);
  const key = project("k", width ** -0.5);
  const value = project("v", width ** -0.5);
  const mixed = scope.build(() => {
    const weights = softmax(add(matmul(query, key, { transposeA: true }), bias));
    return reshape(matmul(value, weights, { transposeB: true }), [batch, inner, length]);
  });
  return transpose(linear(scope.at("o"), mixed, width, normal(inner ** -0.5)), [0, 2, 1]);
}

function feedForward(scope: Scope, { width, hiddenWidth }: T5Config, x: Value): Value {
  const gate = linear(scope.at("wi_0"), x, hiddenWidth, normal(width ** -0.5));
  const content = linear(scope.at("wi_1"), x, hiddenWidth, normal(width ** -0.5));
  const hidden = scope.build(() => mul(geluTanh(gate), content));
  return transpose(linear(scope.at("wo"), hidden, width, normal(hiddenWidth ** -0.5)), [0, 2, 1]);
}

/** Without a bias, channels first, with T5's initialisation (Raffel et al. 2020, as in Mesh TensorFlow). */
function linear(scope: Scope, x: Value, out: number, init: Initializer): Value {
  return channelLinearLayer(scope, x, out, { bias: false, init });
}
