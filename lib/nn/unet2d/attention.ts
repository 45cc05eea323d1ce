/** Attention of an image to itself. */
import { add, div, matmul, reshape, softmax, transpose, type Value } from "../../onnx/mod.ts";
import { channelLinearLayer, groupNormLayer } from "../layers.ts";
import type { Scope } from "../scope.ts";
import type { Unet2DAttention } from "./config.ts";

/**
 * Attention with a residual: each pixel attends to all pixels (Ho et al. 2020, appendix B).
 *
 * Parameters: `to_q`, `to_k`, `to_v`, `to_out.0`, and where it has groups `group_norm`.
 *
 * @param x `[N, C, H, W]`, H and W known
 * @param epsilon What the norm adds to a variance.
 * @param outputScale What the outcome is divided by.
 * @returns `[N, C, H, W]`
 */
export function selfAttention(
  scope: Scope,
  x: Value,
  { headWidth, groups }: Unet2DAttention,
  epsilon: number,
  outputScale: number,
): Value {
  const [batch, channels, height, width] = x.shape as readonly [Value["shape"][0], number, number, number];
  const heads = channels / headWidth;
  const pixels = height * width;
  const flat = scope.build(() => reshape(x, [batch, channels, pixels]));
  const normed = groups === undefined ? flat : groupNormLayer(scope.at("group_norm"), flat, groups, epsilon);
  const project = (name: string) => {
    const projected = channelLinearLayer(scope.at(name), normed, channels);
    return scope.build(() => reshape(projected, [batch, heads, headWidth, pixels]));
  };
  const [query, key, value] = ["to_q", "to_k", "to_v"].map(project);
  const mixed = scope.build(() => {
    const scores = matmul(query, key, { transposeA: true, scale: headWidth ** -0.5 });
    const mixed = matmul(softmax(scores), value, { transposeB: true });
    return reshape(transpose(mixed, [0, 1, 3, 2]), [batch, channels, pixels]);
  });
  const out = channelLinearLayer(scope.at("to_out.0"), mixed, channels);
  return scope.build(() => {
    const sum = reshape(add(flat, out), x.shape);
    return outputScale === 1 ? sum : div(sum, outputScale);
  });
}
