/** Attention of an image to a text, and to itself. */
import { add, concat, matmul, reshape, softmax, transpose, type Value } from "../../onnx/mod.ts";
import { joinedAttention } from "../../onnx/ops/attention.ts";
import { channelLinearLayer, groupNormLayer } from "../layers.ts";
import type { Scope } from "../scope.ts";
import { type DeepFloydAttention, type DeepFloydConfig, TEXT_GROUPS } from "./config.ts";

/** From so many scores of a head on one kernel computes attention, which is faster then, and does not store them; below it is slower. */
const FUSED = 2 ** 19;

/** What an attention layer knows of the text: it depends on the prompt alone. */
export interface TextKeys {
  /** The keys, `[N, C, L]`. */
  readonly key: Value;
  /** The values, `[N, C, L]`. */
  readonly value: Value;
}

/**
 * The keys and values of a text in one attention layer.
 *
 * Parameters: `add_k_proj`, `add_v_proj`, and where the text is normed `norm_cross`.
 *
 * @param context The text, channels first, `[N, contextWidth, L]`
 * @param channels Channels of the layer's images.
 */
export function textKeys(
  scope: Scope,
  context: Value,
  channels: number,
  { normsText }: Pick<DeepFloydConfig, "normsText">,
): TextKeys {
  const normed = normsText ? groupNormLayer(scope.at("norm_cross"), context, TEXT_GROUPS) : context;
  return {
    key: channelLinearLayer(scope.at("add_k_proj"), normed, channels),
    value: channelLinearLayer(scope.at("add_v_proj"), normed, channels),
  };
}

/**
 * Attention with a residual: each pixel attends to the text and, unless it is `textOnly`, to all pixels. The text's
 * keys come first.
 *
 * Everything stays channels first, as convolutions have it, so that nothing but the outcome of a head is transposed.
 *
 * Parameters: `group_norm`, `to_q`, `to_out.0`, and unless it is `textOnly` `to_k`, `to_v`.
 *
 * @param x `[N, C, H, W]`, H and W known
 * @param text The text's keys and values in this layer.
 * @param groups Groups of the norm.
 * @param observe Is given the probabilities by which each pixel looks at the keys: `[N, heads, H W, L + H W]`, or `[N, heads, H W, L]`
 * where it is `textOnly`; over the last axis they sum to 1.
 * @returns `[N, C, H, W]`
 */
export function attention(
  scope: Scope,
  x: Value,
  text: TextKeys,
  { headWidth, textOnly }: DeepFloydAttention,
  groups: number,
  observe?: (probabilities: Value) => void,
): Value {
  const [batch, channels, height, width] = x.shape as readonly [Value["shape"][0], number, number, number];
  const heads = channels / headWidth;
  const pixels = height * width;
  const flat = scope.build(() => reshape(x, [batch, channels, pixels]));
  const normed = groupNormLayer(scope.at("group_norm"), flat, groups);
  const project = (name: string) => channelLinearLayer(scope.at(name), normed, channels);
  const withText = (texts: Value, name: string) => textOnly ? texts : concat([texts, project(name)], 2);
  const perHead = (value: Value) => reshape(value, [batch, heads, headWidth, value.shape[2]]);
  const query = project("to_q");
  const mixed = scope.build(() => {
    const [keys, values] = [withText(text.key, "to_k"), withText(text.value, "to_v")];
    const scale = headWidth ** -0.5;
    if (!observe && pixels * (keys.shape[2] as number) >= FUSED) {
      const [q, k, v] = [query, keys, values].map((x) => transpose(x, [0, 2, 1]));
      return transpose(joinedAttention(q, k, v, heads, scale), [0, 2, 1]);
    }
    const scores = matmul(perHead(query), perHead(keys), { transposeA: true, scale });
    const probabilities = softmax(scores);
    observe?.(probabilities);
    const mixed = matmul(probabilities, perHead(values), { transposeB: true });
    return reshape(transpose(mixed, [0, 1, 3, 2]), [batch, channels, pixels]);
  });
  const out = channelLinearLayer(scope.at("to_out.0"), mixed, channels);
  return scope.build(() => reshape(add(flat, out), x.shape));
}
