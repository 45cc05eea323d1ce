/** The text as one vector. */
import { add, concat, matmul, mean, reshape, softmax, transpose, type Value } from "../../onnx/mod.ts";
import { normal } from "../init.ts";
import { channelLinearLayer, layerNormLayer, linearLayer } from "../layers.ts";
import type { Scope } from "../scope.ts";

/**
 * Pools a text by attention: the query is the mean of all positions, plus a trained vector; it also is the first of
 * the keys. (As in CLIP, Radford et al. 2021, section 2.4, but without a projection of the outcome.)
 *
 * Parameters: `norm1`, `pool.positional_embedding [1, D]`, `pool.{q,k,v}_proj`, `proj`, `norm2`.
 *
 * @param text From the encoder, `[N, L, D]`
 * @param heads Heads of the attention; divides D.
 * @param width Channels of the outcome.
 * @returns `[N, width]`
 */
export function textPooling(scope: Scope, text: Value, heads: number, width: number): Value {
  const tokens = layerNormLayer(scope.at("norm1"), text);
  const pooled = attentionPooling(scope.at("pool"), tokens, heads);
  return layerNormLayer(scope.at("norm2"), linearLayer(scope.at("proj"), pooled, width));
}

function attentionPooling(scope: Scope, tokens: Value, heads: number): Value {
  const [batch, length, channels] = [tokens.shape[0], tokens.shape[1] as number, tokens.shape[2] as number];
  const headWidth = channels / heads;
  const { query, sequence } = scope.build(() => {
    const position = scope.parameter("positional_embedding", [1, channels], normal(channels ** -0.5));
    const query = add(mean(tokens, { axes: [1] }), position);
    const sequence = concat([reshape(query, [batch, 1, channels]), tokens], 1);
    return { query, sequence: transpose(sequence, [0, 2, 1]) };
  });
  const q = linearLayer(scope.at("q_proj"), query, channels);
  const k = channelLinearLayer(scope.at("k_proj"), sequence, channels);
  const v = channelLinearLayer(scope.at("v_proj"), sequence, channels);
  return scope.build(() => {
    const perHead = (x: Value, positions: number) => reshape(x, [batch, heads, headWidth, positions]);
    const keys = perHead(k, length + 1);
    const scores = matmul(perHead(q, 1), keys, { transposeA: true, scale: headWidth ** -0.5 });
    const picked = matmul(perHead(v, length + 1), softmax(scores), { transposeB: true });
    return reshape(picked, [batch, channels]);
  });
}
