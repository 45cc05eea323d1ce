/**
 * Whether a parameter of a stage is a matrix of a hidden layer, as Muon is for: not an embedding, a bias of the attention's
 * positions, or the convolution at either end.
 */
export function isHidden(name: string, shape: readonly number[]): boolean {
  return shape.length >= 2 &&
    !/(?:^|\.)(?:shared|relative_attention_bias|positional_embedding|conv_in|conv_out)(?:\.|$)/.test(name);
}
