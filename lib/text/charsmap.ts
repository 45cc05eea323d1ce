import { TokenizerError } from "./error.ts";

// The parts of a unit of Darts-clone's double array.
const hasLeaf = (unit: number): boolean => ((unit >>> 8) & 1) === 1;
const value = (unit: number): number => unit & 0x7fffffff;
const label = (unit: number): number => unit & 0x800000ff;
const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);

/** A rule that applies: how many bytes it takes, and the bytes that stand for them. */
export interface Replacement {
  /** How many bytes of the text are replaced. */
  readonly length: number;
  /** What replaces them. */
  readonly bytes: Uint8Array;
}

/**
 * A normalizer's compiled rules: which bytes are replaced by which. They are the length of a double array (Aoe 1989, as
 * Darts-clone lays it out), the array, which maps what is replaced to a position, and after it the replacements, each
 * ended by a zero.
 */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;

  /**
   * Checks the rules.
   *
   * @param blob `precompiled_charsmap` of a model.
   * @param name What to call it in errors.
   * @throws {TokenizerError} if the parts do not fit each other.
   */
  constructor(blob: Uint8Array, name: string) {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    const size = blob.length < 4 ? 0 : view.getUint32(0, true);
    if (size < 4 || size % 4 !== 0 || 4 + size >= blob.length) {
      throw new TokenizerError(
        `${name}: an array of ${size} bytes where a multiple of 4 that fits in ${blob.length} bytes is expected`,
      );
    }
    this.#units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.#replacements = blob.subarray(4 + size);
    if (this.#replacements.at(-1) !== 0) {
      throw new TokenizerError(`${name}: the replacements do not end with a zero byte`);
    }
    // A unit with the highest bit is a position among the replacements.
    const end = this.#replacements.length;
    const wrong = this.#units.find((unit) => unit >>> 31 === 1 && value(unit) >= end);
    if (wrong !== undefined) {
      throw new TokenizerError(`${name}: replacement at ${value(wrong)} where there are ${end} bytes`);
    }
  }

  /** The longest rule that applies at a position; undefined if none does. */
  match(bytes: Uint8Array, start: number): Replacement | undefined {
    const units = this.#units;
    let node = offset(units[0]);
    let found = -1;
    let length = 0;
    for (let i = start; i < bytes.length; i++) {
      node ^= bytes[i];
      // Beyond the array nothing goes on: a sound array has no such node.
      if (node >= units.length || label(units[node]) !== bytes[i]) break;
      const unit = units[node];
      node ^= offset(unit);
      if (hasLeaf(unit) && node < units.length) {
        found = value(units[node]);
        length = i + 1 - start;
      }
    }
    if (length === 0) return undefined;
    const end = this.#replacements.indexOf(0, found);
    return { length, bytes: this.#replacements.subarray(found, end < 0 ? found : end) };
  }
}
