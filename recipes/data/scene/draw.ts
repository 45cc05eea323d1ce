/** Chances and choices, drawn from a generator. */
import type { Generator } from "../../../lib/random.ts";

/** Draws numbers and choices from a generator. */
export class Draw {
  /** Draws from the given generator. */
  constructor(readonly generator: Generator) {}

  /** A number from `from` to `to`. */
  between(from: number, to: number): number {
    return from + (to - from) * this.generator.rand([1]).data[0];
  }

  /** Whether an event of a given probability happens. */
  chance(probability: number): boolean {
    return this.generator.randomInt(1000) < 1000 * probability;
  }

  /** One of a list. */
  one<T>(list: readonly T[]): T {
    return list[this.generator.randomInt(list.length)];
  }

  /** One of a list whose first item is drawn with a given probability. */
  usual<T>(list: readonly T[], probability = 0.6): T {
    return list.length === 1 || this.chance(probability) ? list[0] : this.one(list.slice(1));
  }

  /** One key of a table of probabilities that add up to 1. */
  choice<Key extends string>(probabilities: Readonly<Record<Key, number>>): Key {
    const keys = Object.keys(probabilities) as Key[];
    let left = this.between(0, 1);
    return keys.find((key) => (left -= probabilities[key]) < 0) ?? keys[keys.length - 1];
  }
}
