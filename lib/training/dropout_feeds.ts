/** The noise of a step's dropouts: by the seed and the number of the step alone, so that a run that resumes has the same. */
import { dropoutNoise } from "../onnx/ops/dropout.ts";
import type { Graph } from "../onnx/mod.ts";
import { Generator } from "../random.ts";
import type { Tensor, TensorData } from "../tensor.ts";

/** Draws the noise that a training graph's dropouts ask for. */
export class DropoutFeeds {
  #noise: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** The first of the other inputs that has rows: what a batch is counted by. */
  #counted: { readonly name: string; readonly rows: number } | undefined;
  #seed: number;

  /**
   * Learns what the graph asks for.
   *
   * @param graph The graph of the loss and its gradient.
   * @param seed A whole number.
   */
  constructor(graph: Graph, seed: number) {
    const noise = dropoutNoise(graph);
    this.#noise = noise.map(({ name, staticShape }) => ({ name, shape: staticShape }));
    const others = graph.inputs.filter((input) => {
      return !noise.includes(input) && input.name !== "parameters" && input.name !== "buffers";
    });
    const counted = others.find(({ rank }) => rank > 0);
    this.#counted = counted && { name: counted.name, rows: counted.staticShape[0] };
    this.#seed = seed;
  }

  /**
   * A batch with the noise of a step: as many rows more as the batch has microbatches.
   *
   * @param step The number of the step.
   */
  added(
    batch: Readonly<Record<string, Tensor<TensorData>>>,
    step: number,
  ): Readonly<Record<string, Tensor<TensorData>>> {
    if (this.#noise.length === 0) return batch;
    const given = this.#counted && batch[this.#counted.name]?.shape[0];
    // A batch of another number of rows is refused where it is split.
    const parts = given === undefined ? 1 : Math.max(1, Math.floor(given / this.#counted!.rows));
    const generator = new Generator(mixed(this.#seed, step));
    const drawn = this.#noise.map(({ name, shape }) => {
      return [name, generator.rand(shape.length ? [shape[0] * parts, ...shape.slice(1)] : shape)];
    });
    return { ...batch, ...Object.fromEntries(drawn) };
  }
}

/**
 * A seed of 32 bits for each pair of a seed and a step, by the finalizer of MurmurHash3: neighbouring pairs have seeds far from one
 * another.
 */
function mixed(seed: number, step: number): number {
  let hash = (Number(BigInt.asIntN(32, BigInt(seed))) ^ Math.imul(step, 0x9e3779b1)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
