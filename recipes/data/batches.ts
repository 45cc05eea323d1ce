/** Data for training: every epoch all pictures in a new random order, in batches of one size. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { Generator, type GeneratorState } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { PictureSet } from "./dataset.ts";

/** The options of {@linkcode Batches}. */
export interface BatchesOptions {
  /** Pictures in a batch. */
  batch: number;
  /** The source of random orders. Its state is copied: drawing from it elsewhere has no effect here. */
  generator: Generator;
  /** What the bytes 0 and 255 become; by default `[0, 1]`. */
  range?: readonly [black: number, white: number];
}

/** One batch and its position. */
export interface Batch {
  /** The pictures, `[batch, channels, size, size]` in the requested range. */
  readonly images: Tensor;
  /** Their classes, where the set has labels. */
  readonly labels?: Uint8Array;
  /** Which pictures of the set they are. */
  readonly pictures: readonly number[];
  /** Counts the times through the set, from 0. */
  readonly epoch: number;
  /** Counts the batches of the epoch, from 0. */
  readonly index: number;
}

/** A position in the data, serialisable as JSON. */
export interface BatchesState {
  /** The epoch of the next batch. */
  readonly epoch: number;
  /** Which batch of the epoch is next; the number of batches per epoch if the next one starts a new epoch. */
  readonly index: number;
  /** Pictures in the set and in a batch, which must match to resume. */
  readonly count: number;
  /** See `count`. */
  readonly batch: number;
  /** The generator as it was before it drew the order of this epoch. */
  readonly generator: GeneratorState;
}

/**
 * An endless source of batches. Pictures that do not fill the last batch are left out of the epoch.
 *
 * @example
 * ```ts
 * const batches = new Batches(await loadMnist("train"), { batch: 128, generator: new Generator(0) });
 * const { images, labels } = batches.next(); // [128, 1, 28, 28] in [0, 1]
 * const place = batches.state();
 * batches.restore(place); // the next batch is the one that would have been
 * ```
 */
export class Batches {
  /** Batches in an epoch. */
  readonly perEpoch: number;
  readonly #set: PictureSet;
  readonly #batch: number;
  readonly #values: Float32Array;
  #generator: Generator;
  #start: GeneratorState;
  #order: ArrayLike<number>;
  #epoch = 0;
  #index = 0;

  /**
   * Starts at the first batch of epoch 0.
   *
   * @throws {ArgumentError} if the set's sizes disagree, or batch is no whole number from 1 to the number of pictures.
   */
  constructor(set: PictureSet, options: BatchesOptions) {
    const { batch, generator, range: [black, white] = [0, 1] } = options;
    const { images, labels, count, channels, size } = set;
    const expected = count * channels * size * size;
    if (images.length !== expected) {
      throw new ArgumentError("set", described(`${images.length} bytes`), `${expected}`, {
        note: `for [${[count, channels, size, size]}]`,
        plural: true,
      });
    }
    if (labels && labels.length !== count) {
      throw new ArgumentError("set", described(`${labels.length} labels`), `${count}`, { plural: true });
    }
    if (!(Number.isInteger(batch) && batch > 0 && batch <= count)) {
      throw new ArgumentError("batch", batch, `a whole number from 1 to ${count} pictures`);
    }
    if (!(Number.isFinite(black) && Number.isFinite(white))) {
      throw new ArgumentError("range", [black, white], "two finite numbers", { plural: true });
    }
    this.perEpoch = Math.floor(count / batch);
    this.#set = set;
    this.#batch = batch;
    this.#values = Float32Array.from({ length: 256 }, (_, byte) => black + (white - black) * byte / 255);
    this.#start = generator.state();
    this.#generator = Generator.fromState(this.#start);
    this.#order = this.#generator.permutation(count);
  }

  /** The next batch. */
  next(): Batch {
    if (this.#index === this.perEpoch) {
      this.#start = this.#generator.state();
      this.#order = this.#generator.permutation(this.#set.count);
      this.#epoch++;
      this.#index = 0;
    }
    const { images, labels, channels, size } = this.#set;
    const batch = this.#batch;
    const length = channels * size * size;
    const data = new Float32Array(batch * length);
    const chosen = labels && new Uint8Array(batch);
    const pictures = Array.from({ length: batch }, (_, n) => this.#order[this.#index * batch + n]);
    for (const [n, picture] of pictures.entries()) {
      for (let i = 0; i < length; i++) data[n * length + i] = this.#values[images[picture * length + i]];
      if (chosen) chosen[n] = labels[picture];
    }
    const place = { epoch: this.#epoch, index: this.#index };
    this.#index++;
    const shape = [batch, channels, size, size];
    return { images: { data, shape }, ...(chosen && { labels: chosen }), pictures, ...place };
  }

  /** The position of the next batch: restored on the same set, the same batches follow, bit for bit. */
  state(): BatchesState {
    return {
      epoch: this.#epoch,
      index: this.#index,
      count: this.#set.count,
      batch: this.#batch,
      generator: this.#start,
    };
  }

  /**
   * Restores a position from {@linkcode Batches.state}.
   *
   * @throws {ArgumentError} if it belongs to another set or batch size, or is not a position.
   */
  restore(state: BatchesState): void {
    const { epoch, index, count, batch, generator } = state;
    if (count !== this.#set.count) {
      throw new ArgumentError("state", described(`a set of ${count} pictures`), `${this.#set.count}`, {
        plural: true,
      });
    }
    if (batch !== this.#batch) {
      throw new ArgumentError("state", described(`batches of ${batch}`), `${this.#batch}`, { plural: true });
    }
    if (!(Number.isInteger(epoch) && epoch >= 0)) {
      throw new ArgumentError("state", described(`epoch ${epoch}`), "a whole number");
    }
    if (!(Number.isInteger(index) && index >= 0 && index <= this.perEpoch)) {
      throw new ArgumentError("state", described(`index ${index}`), `0 to ${this.perEpoch}`);
    }
    this.#generator = Generator.fromState(generator);
    this.#start = generator;
    this.#order = this.#generator.permutation(count);
    this.#epoch = epoch;
    this.#index = index;
  }
}
