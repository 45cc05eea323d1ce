/**
 * Half-precision numbers: IEEE 754 binary16 ("F16") and bfloat16 ("BF16"), held as their 16 bits in a `Uint16Array`.
 *
 * Both widen to float32 exactly; narrowing rounds to the nearest, ties to the even one, as PyTorch and the hardware do.
 * Works on the bits alone, so it depends on no `Float16Array`.
 *
 * @module
 */

/** The float32 bits of every binary16 number; 256 KiB, made on first use. */
let widened: Uint32Array | undefined;

/** Fills {@linkcode widened}. */
function makeTable(): Uint32Array {
  const table = new Uint32Array(1 << 16);
  const value = new Float32Array(1);
  const bits = new Uint32Array(value.buffer);
  for (let h = 0; h < table.length; h++) {
    const sign = (h & 0x8000) << 16;
    const exponent = h >>> 10 & 0x1f;
    const fraction = h & 0x3ff;
    if (exponent === 0) {
      value[0] = fraction * 2 ** -24; // zero and the subnormal numbers
      table[h] = sign | bits[0];
    } else {
      // The exponent's offset is 15 in binary16 and 127 in float32; the greatest one marks infinities and NaN.
      table[h] = sign | (exponent === 31 ? 255 : exponent + 112) << 23 | fraction << 13;
    }
  }
  return table;
}

/** The bits of a float array, without copying. */
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/**
 * Widens binary16 numbers to float32, exactly; infinities, NaN and subnormal numbers included.
 *
 * @param halves The 16 bits of each number.
 * @returns As many float32 numbers.
 */
export function float16ToFloat32(halves: Uint16Array): Float32Array {
  const table = widened ??= makeTable();
  const out = new Float32Array(halves.length);
  const bits = bitsOf(out); // bits, since a float assignment may change those of a NaN
  for (let i = 0; i < halves.length; i++) bits[i] = table[halves[i]];
  return out;
}

/**
 * Rounds float32 numbers to binary16: to nearest, ties to even. From 65520 on they become infinite; NaN stays NaN.
 *
 * @param values Any float32 numbers.
 * @returns The 16 bits of each.
 */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  const bits = bitsOf(values);
  for (let i = 0; i < values.length; i++) {
    const word = bits[i];
    const magnitude = word & 0x7fffffff;
    let half: number;
    if (magnitude > 0x7f800000) {
      half = 0x7e00 | magnitude >>> 13 & 0x3ff; // NaN, made quiet
    } else if (magnitude >= 0x47800000) {
      half = 0x7c00; // 2^16 and more
    } else if (magnitude >= 0x38800000) {
      // 2^-14 and more, normal in binary16. Adding just under one half of the last place kept, and one more where that
      // is odd, rounds to even; a carry runs into the exponent, and at 65520 on into infinity, as it should.
      half = magnitude - 0x38000000 + 0xfff + (magnitude >>> 13 & 1) >>> 13;
    } else {
      // Subnormal in binary16, a multiple of 2^-24, which is the last place of float32 numbers from 1/2 to 1: adding
      // 1/2 leaves the rounding to the processor.
      half = Math.round((Math.fround(Math.abs(values[i]) + 0.5) - 0.5) * 2 ** 24);
    }
    out[i] = word >>> 16 & 0x8000 | half;
  }
  return out;
}

/**
 * Widens bfloat16 numbers to float32, exactly: they are its upper 16 bits.
 *
 * @param halves The 16 bits of each number.
 * @returns As many float32 numbers.
 */
export function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const bits = bitsOf(out);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return out;
}

/**
 * Rounds float32 numbers to bfloat16: to nearest, ties to even. What rounds beyond the greatest number becomes infinite;
 * NaN stays NaN.
 *
 * @param values Any float32 numbers.
 * @returns The 16 bits of each.
 */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  const bits = bitsOf(values);
  for (let i = 0; i < values.length; i++) {
    const word = bits[i];
    const isNaN = (word & 0x7fffffff) > 0x7f800000;
    out[i] = isNaN ? word >>> 16 | 0x40 : word + 0x7fff + (word >>> 16 & 1) >>> 16;
  }
  return out;
}
