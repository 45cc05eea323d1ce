/** Where parameters come from: files of weights, left where they are. */
import { basename, dirname } from "node:path";
import { CheckpointError } from "../checkpoints/error.ts";
import type { Dtype } from "../checkpoints/safetensors.ts";
import { ShardedWeights, type Weights } from "../checkpoints/shards.ts";
import { cast, type DType, type Graph, type Value } from "../onnx/mod.ts";
import type { ParameterSource } from "./scope.ts";

/** The types of weights, and what the runtime calls them. */
const TYPES: ReadonlyMap<Dtype, DType> = new Map<Dtype, DType>([
  ["F64", "float64"],
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
]);

/** How many superfluous tensors an error names. */
const NAMED = 3;

/**
 * Parameters from `safetensors` files, to which the graph refers in place (ONNX external data): nothing is read or
 * copied here. What is stored as another float type is cast to float32 in the graph. Several graphs may share a
 * source.
 *
 * The session must be told the files' folder.
 *
 * @example
 * ```ts ignore
 * const source = new FileSource(await SafetensorsFile.open("model/weights.safetensors"));
 * const graph = new Graph();
 * graph.output("y", network(new Scope(graph, source, false), graph.input("x", "float32", ["batch", 1, 28, 28])));
 * source.assertAllUsed();
 * await using session = await openSession(graph, { folder: source.folder });
 * ```
 */
export class FileSource implements ParameterSource {
  /** The folder that the session resolves external data in. */
  readonly folder: string;
  readonly #weights: Weights;
  readonly #casts = new WeakMap<Graph, ReadonlyMap<string, Value>>();
  readonly #used = new Set<string>();

  /** `weights` are one file, or several with an index, with the names that the network asks for. */
  constructor(weights: Weights) {
    this.#weights = weights;
    this.folder = dirname(weights.path);
  }

  /**
   * A reference to a tensor in the file, as float32.
   *
   * @throws {CheckpointError} if there is no such tensor, its shape is another, or it does not hold fractions.
   */
  parameter(graph: Graph, name: string, shape: readonly number[]): Value {
    const where = `${this.#weights.path}: tensor "${name}"`;
    const entry = this.#weights.tensors.get(name);
    if (!entry) throw new CheckpointError(`${where}: missing, shape [${shape}] is expected`);
    if (entry.shape.length !== shape.length || entry.shape.some((n, i) => n !== shape[i])) {
      throw new CheckpointError(`${where}: shape [${entry.shape}] where [${shape}] is expected`);
    }
    const dtype = TYPES.get(entry.dtype);
    if (!dtype) {
      const types = [...TYPES.keys()].join(", ");
      throw new CheckpointError(`${where}: type ${entry.dtype} where one of ${types} is expected`);
    }
    this.#used.add(name);
    const casts = this.#casts.get(graph) ?? this.#cast(graph);
    this.#casts.set(graph, casts);
    return casts.get(name) ?? this.#external(graph, name, dtype);
  }

  #external(graph: Graph, name: string, dtype: DType): Value {
    const file = this.#weights instanceof ShardedWeights ? this.#weights.fileOf(name) : this.#weights;
    const { shape, offset, length } = file.tensors.get(name)!;
    return graph.external(name, dtype, shape, { location: basename(file.path), offset, length });
  }

  /**
   * All tensors that are to be cast, before any is used; what is not used in the end is left out of the model.
   *
   * The order matters for the memory of sessions that do not compute casts in advance. Of a node's inputs the runtime
   * computes that one first whose node was appended last. So casts that are appended first are computed right before
   * they are used; others would be computed before everything else, and be in memory together.
   */
  #cast(graph: Graph): ReadonlyMap<string, Value> {
    const casts = new Map<string, Value>();
    for (const [name, entry] of this.#weights.tensors) {
      const dtype = TYPES.get(entry.dtype);
      if (dtype === undefined || dtype === "float32") continue;
      casts.set(name, cast(this.#external(graph, name, dtype), "float32"));
    }
    return casts;
  }

  /** As {@linkcode FileSource.parameter}. */
  buffer(graph: Graph, name: string, shape: readonly number[]): Value {
    return this.parameter(graph, name, shape);
  }

  /** Inference changes nothing. */
  update(): void {}

  /**
   * Checks, once the network is built, that it has asked for all that the files hold. PyTorch's counters of batches
   * (`num_batches_tracked`) are no part of any network.
   *
   * @param isKnown Says of a tensor's name whether it may be left over; none may unless given.
   * @throws {CheckpointError} if a tensor is left over: the files belong to another network.
   */
  assertAllUsed(isKnown: (name: string) => boolean = () => false): void {
    const unused = [...this.#weights.tensors.keys()]
      .filter((name) => !this.#used.has(name) && !name.endsWith(".num_batches_tracked") && !isKnown(name));
    if (unused.length === 0) return;
    const names = unused.slice(0, NAMED).map((name) => `"${name}"`).join(", ");
    const more = unused.length > NAMED ? ` and ${unused.length - NAMED} more` : "";
    throw new CheckpointError(
      `${this.#weights.path}: tensors that the network does not have: ${names}${more}; the weights of this network alone are expected`,
    );
  }
}
