/**
 * Seeded random numbers, the same that PyTorch draws on the CPU from the same seed.
 *
 * The bits come from the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998) with the original seeding; integers
 * and uniform numbers are equal to PyTorch's bit for bit. Normal numbers are the Box-Muller transform in the order and
 * the precision of PyTorch's kernels (`aten/src/ATen/native/cpu/DistributionTemplates.h`), where only the last bits may
 * differ: PyTorch's own logarithm and sine depend on the processor.
 *
 * @example
 * ```ts
 * import { Generator } from "@denoise/denoise/random";
 *
 * const generator = new Generator(0);
 * const noise = generator.randn([1, 3, 64, 64]); // torch.randn(1, 3, 64, 64), after torch.manual_seed(0)
 * ```
 *
 * @module
 */
import { ArgumentError } from "./argument_error.ts";
import { BLOCK, boxMuller } from "./box_muller.ts";
import { described } from "./show_value.ts";
import { sizeOf, type Tensor } from "./tensor.ts";

/** Words of the twister's state. */
const N = 624;
/** Distance of the word that is mixed in. */
const M = 397;
/** The last row of the twist matrix. */
const MATRIX = 0x9908b0df | 0;

/**
 * Everything that a {@linkcode Generator} remembers: plain data, for `JSON.stringify` as well as `structuredClone`.
 * {@linkcode Generator.state} gives it and {@linkcode Generator.fromState} takes it.
 */
export interface GeneratorState {
  /**
   * The 624 words of the Mersenne Twister, unsigned 32-bit integers. `state()` gives a plain array, since JSON would
   * turn a typed one into an object; `fromState` takes either.
   */
  readonly words: ArrayLike<number>;
  /** How many of the words have been drawn since they were last renewed, 0 to 624. */
  readonly index: number;
  /** The second normal number of the last pair that was drawn singly, if it still waits to be used. */
  readonly cachedNormal: number | null;
}

/**
 * A random number generator that repeats PyTorch's (`torch.Generator` on the CPU).
 *
 * Equal calls after an equal seed give equal numbers, in PyTorch too: `randn` is `torch.randn` in float32, `rand` is
 * `torch.rand`, `randomInt` is `torch.randint`, `permutation` is `torch.randperm`.
 */
export class Generator {
  // Signed words: V8 keeps 32-bit integers in registers where unsigned ones above 2^31 would become doubles.
  readonly #words = new Int32Array(N);
  #index = N;
  #cachedNormal: number | null = null;

  /**
   * Starts the sequence of a seed.
   *
   * @param seed An integer. As in PyTorch its low 32 bits count, so -1 is 2^32 - 1, and 2^32 + 5 is 5.
   * @throws {ArgumentError} if the seed is not an integer, or a number beyond ±(2^53 - 1); larger ones are bigints.
   */
  constructor(seed: number | bigint) {
    if (typeof seed !== "bigint" && !Number.isSafeInteger(seed)) {
      throw new ArgumentError("seed", seed, "an integer", { note: "beyond 2^53 - 1, a bigint" });
    }
    const words = this.#words;
    words[0] = Number(BigInt.asIntN(32, BigInt(seed)));
    for (let i = 1; i < N; i++) {
      words[i] = Math.imul(1812433253, words[i - 1] ^ (words[i - 1] >>> 30)) + i;
    }
  }

  /**
   * Goes on where {@linkcode Generator.state} was taken.
   *
   * @throws {ArgumentError} if the state is not one; the message names the field.
   */
  static fromState(state: GeneratorState): Generator {
    const { words, index, cachedNormal } = state;
    if (words?.length !== N) {
      throw new ArgumentError("state.words", described(`${words?.length} numbers`), `${N}`, { plural: true });
    }
    if (!Number.isInteger(index) || index < 0 || index > N) {
      throw new ArgumentError("state.index", index, `an integer from 0 to ${N}`);
    }
    if (cachedNormal !== null && !Number.isFinite(cachedNormal)) {
      throw new ArgumentError("state.cachedNormal", cachedNormal, "a number or null");
    }
    const generator = new Generator(0);
    for (let i = 0; i < N; i++) {
      if (words[i] !== words[i] >>> 0) {
        throw new ArgumentError(`state.words[${i}]`, words[i], "an unsigned 32-bit integer");
      }
      generator.#words[i] = words[i];
    }
    generator.#index = index;
    generator.#cachedNormal = cachedNormal;
    return generator;
  }

  /** A snapshot of the generator, from which {@linkcode Generator.fromState} continues bit for bit. */
  state(): GeneratorState {
    return {
      words: Array.from(this.#words, (word) => word >>> 0),
      index: this.#index,
      cachedNormal: this.#cachedNormal,
    };
  }

  /**
   * Standard normal numbers in float32: `torch.randn(shape)`.
   *
   * As in PyTorch, the numbers depend on how many are drawn at once: below 16 elements they are computed one by one in
   * double precision, in pairs whose second half waits for the next such call; from 16 on in blocks of 16 in float32,
   * which neither use nor drop the waiting one.
   *
   * @param shape The sizes of the axes, whole numbers; empty for a scalar.
   * @returns A tensor of that shape; within 1e-6 of PyTorch's.
   * @throws {ArgumentError} if a size is not a whole number.
   */
  randn(shape: readonly number[]): Tensor {
    const data = allocate(shape);
    const size = data.length;
    if (size < BLOCK) {
      for (let i = 0; i < size; i++) data[i] = this.#normal();
      return { data, shape };
    }
    this.#fillUniform(data, 0);
    const whole = size - size % BLOCK;
    boxMuller(data, 0, whole);
    if (whole < size) {
      // PyTorch draws the last 16 afresh, over the end of the last whole block.
      this.#fillUniform(data, size - BLOCK);
      boxMuller(data, size - BLOCK, size);
    }
    return { data, shape };
  }

  /**
   * Uniform numbers in [0, 1) in float32, multiples of 2^-24: `torch.rand(shape)`.
   *
   * @param shape The sizes of the axes, whole numbers; empty for a scalar.
   * @throws {ArgumentError} if a size is not a whole number.
   */
  rand(shape: readonly number[]): Tensor {
    const data = allocate(shape);
    this.#fillUniform(data, 0);
    return { data, shape };
  }

  /**
   * One integer from 0 to `maxExclusive - 1`: `torch.randint(maxExclusive, [])`.
   *
   * Draws 64 bits from 2^28 on, as PyTorch does since 2.7; the remainder's preference for small numbers stays below
   * one part in 16.
   *
   * @throws {ArgumentError} if `maxExclusive` is not an integer from 1 to 2^53 - 1.
   */
  randomInt(maxExclusive: number): number {
    if (!Number.isSafeInteger(maxExclusive) || maxExclusive < 1) {
      throw new ArgumentError("maxExclusive", maxExclusive, "an integer of at least 1");
    }
    if (maxExclusive < 2 ** 28) return this.#next() % maxExclusive;
    const high = BigInt(this.#next());
    const low = BigInt(this.#next());
    return Number((high << 32n | low) % BigInt(maxExclusive));
  }

  /**
   * The numbers from 0 to `n - 1` in random order (Fisher and Yates): `torch.randperm(n)`.
   *
   * @throws {ArgumentError} if `n` is not an integer from 0 to 214748363, where PyTorch goes on to another algorithm.
   */
  permutation(n: number): Int32Array {
    if (!Number.isInteger(n) || n < 0 || n >= 214748364) {
      throw new ArgumentError("n", n, "an integer from 0 to 214748363");
    }
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = 0; i < n - 1; i++) {
      const other = i + this.#next() % (n - i);
      const moved = order[i];
      order[i] = order[other];
      order[other] = moved;
    }
    return order;
  }

  /** The next 32 bits, unsigned. */
  #next(): number {
    if (this.#index === N) this.#renew();
    return temper(this.#words[this.#index++]) >>> 0;
  }

  /** A uniform number in [0, 1) in double precision, from 53 bits of two words. */
  #uniform64(): number {
    const high = this.#next() & 0x1fffff;
    return (high * 2 ** 32 + this.#next()) * 2 ** -53;
  }

  /** A normal number in double precision: one half of a pair, or the half that is left of the last one. */
  #normal(): number {
    if (this.#cachedNormal !== null) {
      const value = this.#cachedNormal;
      this.#cachedNormal = null;
      return value;
    }
    const u1 = this.#uniform64();
    const u2 = this.#uniform64();
    const radius = Math.sqrt(-2 * Math.log1p(-u2));
    const theta = 2 * Math.PI * u1;
    this.#cachedNormal = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }

  /** Fills `out` from `start` to its end with uniform numbers, a renewal of the words at a time. */
  #fillUniform(out: Float32Array, start: number): void {
    const words = this.#words;
    let i = start;
    while (i < out.length) {
      if (this.#index === N) this.#renew();
      let index = this.#index;
      const end = Math.min(out.length, i + N - index);
      while (i < end) out[i++] = (temper(words[index++]) & 0xffffff) * 2 ** -24;
      this.#index = index;
    }
  }

  /** The twist: renews all words. */
  #renew(): void {
    const words = this.#words;
    for (let i = 0; i < N - M; i++) words[i] = words[i + M] ^ twist(words[i], words[i + 1]);
    for (let i = N - M; i < N - 1; i++) words[i] = words[i + M - N] ^ twist(words[i], words[i + 1]);
    words[N - 1] = words[M - 1] ^ twist(words[N - 1], words[0]);
    this.#index = 0;
  }
}

/** What is mixed into the word `M` places on: the top bit of one word and the rest of the next, times the matrix. */
function twist(word: number, next: number): number {
  return ((word & 0x80000000 | next & 0x7fffffff) >>> 1) ^ (-(next & 1) & MATRIX);
}

/** Spreads a word's bits evenly (the tempering of MT19937). Signed. */
function temper(word: number): number {
  word ^= word >>> 11;
  word ^= word << 7 & 0x9d2c5680;
  word ^= word << 15 & 0xefc60000;
  return word ^ word >>> 18;
}

/** An array for a shape. */
function allocate(shape: readonly number[]): Float32Array {
  if (shape.some((n) => !Number.isInteger(n) || n < 0) || !Number.isSafeInteger(sizeOf(shape))) {
    throw new ArgumentError("shape", shape, "whole numbers", { plural: true });
  }
  return new Float32Array(sizeOf(shape));
}
