/**
 * The Box-Muller transform of PyTorch's kernels. Its logarithm, sine and cosine are written out: they take a third of
 * the time of `Math`'s, whose last bits each engine chooses for itself.
 *
 * @module
 */

/** 2 pi as PyTorch's float32 kernels round it. */
const TWO_PI_F32 = Math.fround(2 * Math.PI);
/** How many elements PyTorch transforms together. */
export const BLOCK = 16;
/** pi / 2 in two parts, of which four times the first is exact. */
const [HALF_PI_HIGH, HALF_PI_LOW] = [1.57079632673412561417, 6.07710050650619224932e-11];
/** The signs of the cosine and of the sine around each multiple of pi / 2, up to a whole turn. */
const [COSINE_SIGNS, SINE_SIGNS] = [Float64Array.of(1, -1, -1, 1, 1), Float64Array.of(1, 1, -1, -1, 1)];
/** The square root of 2, in units of 2^-30. */
const SQRT2_BITS = Math.floor(Math.SQRT2 * 2 ** 30);
/** 2 to the power of minus each index. */
const INVERSE_POWERS = Float64Array.from({ length: 25 }, (_, i) => 2 ** -i);

/**
 * Turns uniform numbers into normal ones in place, each block's first eight with its last eight. Rounds to float32
 * after every operation, as PyTorch's kernel does: near a multiple of pi / 2 the rounded angle decides the result.
 *
 * @param data Multiples of 2^-24 in [0, 1).
 * @param start Where the first block begins.
 * @param end Where the last one ends.
 */
export function boxMuller(data: Float32Array, start: number, end: number): void {
  const round = Math.fround;
  // Chosen by index: a processor guesses every other branch on random numbers wrong.
  const parts = new Float64Array(2);
  for (let block = start; block < end; block += BLOCK) {
    for (let i = block; i < block + BLOCK / 2; i++) {
      const radius = round(Math.sqrt(-2 * round(logOfComplement(data[i]))));
      const theta = round(TWO_PI_F32 * data[i + BLOCK / 2]);
      // The angle from the nearest multiple of pi / 2.
      const quarter = (theta * (2 / Math.PI) + 0.5) | 0;
      const angle = theta - quarter * HALF_PI_HIGH - quarter * HALF_PI_LOW;
      parts[0] = sineNearZero(angle);
      parts[1] = cosineNearZero(angle);
      data[i] = radius * round(COSINE_SIGNS[quarter] * parts[~quarter & 1]);
      data[i + BLOCK / 2] = radius * round(SINE_SIGNS[quarter] * parts[quarter & 1]);
    }
  }
}

/**
 * `log(1 - u)` of a multiple of 2^-24 in [0, 1). The difference is exact, and in (0, 1], where the logarithm is finite.
 * With `1 - u = 2^k (1 + f)` and `s = f / (2 + f)` it is `k log 2 + 2 atanh(s)` (fdlibm, `e_log.c`).
 */
function logOfComplement(u: number): number {
  const numerator = (2 ** 24 - u * 2 ** 24) | 0;
  const leading = Math.clz32(numerator);
  // The nearest power of 2: one more above the square root of 2.
  const power = 31 - leading + ((SQRT2_BITS - (numerator << leading >>> 1)) >>> 31);
  const f = numerator * INVERSE_POWERS[power] - 1;
  const k = power - 24;
  const s = f / (2 + f);
  const z = s * s;
  const series = z *
    (6.666666666666735130e-01 + z * (3.999999999940941908e-01 + z * (2.857142874366239149e-01 + z *
                (2.222219843214978396e-01 +
                  z * (1.818357216161805012e-01 + z * (1.531383769920937332e-01 + z *
                            1.479819860511658591e-01))))));
  const half = f * f / 2;
  return k * 6.93147180369123816490e-01 -
    ((half - (s * (half + series) + k * 1.90821492927058770002e-10)) - f);
}

/** The sine of an angle in [-pi / 4, pi / 4] (fdlibm, `k_sin.c`). */
function sineNearZero(x: number): number {
  const z = x * x;
  return x + z * x *
      (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z *
                  (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z *
                          1.58969099521155010221e-10)))));
}

/** The cosine of an angle in [-pi / 4, pi / 4] (fdlibm, `k_cos.c`). */
function cosineNearZero(x: number): number {
  const z = x * x;
  return 1 - (z / 2 - z * z *
      (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z *
                  (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z *
                          -1.13596475577881948265e-11))))));
}
