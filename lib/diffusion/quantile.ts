/** The digits of a float's 31 bits without the sign, the highest first: where each begins, and how many bits it has. */
const DIGITS = [[20, 11], [10, 10], [0, 10]] as const;

/**
 * The quantile of absolute values, interpolated linearly between the two nearest, as `numpy.quantile` does: found by
 * radix selection, in linear time, where sorting took most of a step's time outside the network.
 *
 * @param values The values, at least one; a NaN counts as larger than all numbers.
 * @param ratio Which quantile, in [0, 1].
 * @returns The same as of the sorted values, bit for bit.
 */
export function absoluteQuantile(values: Float32Array, ratio: number): number {
  const rank = ratio * (values.length - 1);
  const below = Math.floor(rank);
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const low = nthSmallest(bits, below);
  const high = nthSmallest(bits, Math.min(below + 1, values.length - 1));
  return low + (high - low) * (rank - below);
}

/**
 * The nth smallest absolute value, from 0. Without the sign, the bits of floats are integers in the same order; each
 * pass finds one more digit of the answer, by how many of those that share its first digits have which next one.
 */
function nthSmallest(bits: Int32Array, n: number): number {
  let [known, mask, before] = [0, 0, n];
  for (const [shift, width] of DIGITS) {
    const digits = (1 << width) - 1;
    const counts = new Int32Array(digits + 1);
    for (let i = 0; i < bits.length; i++) {
      if ((bits[i] & mask) === known) counts[bits[i] >>> shift & digits]++;
    }
    let digit = 0;
    while (before >= counts[digit]) before -= counts[digit++];
    known |= digit << shift;
    mask |= digits << shift;
  }
  return new Float32Array(Int32Array.of(known).buffer)[0];
}
