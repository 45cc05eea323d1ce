/**
 * Whether a parameter of a UNet for digits is a matrix of a hidden layer, as Muon is for: not a convolution at either end, nor one of
 * the small networks of the conditions.
 */
export function isHiddenLayer(name: string, shape: readonly number[]): boolean {
  return shape.length >= 2 && !/^(?:inp\.a|last|[tc][12])\./.test(name);
}
