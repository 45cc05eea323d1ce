/** Where parameters come from: a file of weights, left where they are. */
import { basename, dirname } from "node:path";
import { CheckpointError } from "../checkpoints/error.ts";
import type { Dtype, SafetensorsFile } from "../checkpoints/safetensors.ts";
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
 * Parameters from a `safetensors` file, to which the graph refers in place (ONNX external data): nothing is read or copied
 * here. What is stored as another float type is cast to float32 in the graph.
 *
 * The session must be told the file's folder.
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
  readonly #file: SafetensorsFile;
  readonly #used = new Set<string>();

  /** `file` has the weights by the names that the network asks for. */
  constructor(file: SafetensorsFile) {
    this.#file = file;
    this.folder = dirname(file.path);
  }

  /**
   * A reference to a tensor in the file, as float32.
   *
   * @throws {CheckpointError} if there is no such tensor, its shape is another, or it does not hold fractions.
   */
  parameter(graph: Graph, name: string, shape: readonly number[]): Value {
    const where = `${this.#file.path}: tensor "${name}"`;
    const entry = this.#file.tensors.get(name);
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
    const location = basename(this.#file.path);
    const { offset, length } = entry;
    return cast(graph.external(name, dtype, shape, { location, offset, length }), "float32");
  }

  /** As {@linkcode FileSource.parameter}. */
  buffer(graph: Graph, name: string, shape: readonly number[]): Value {
    return this.parameter(graph, name, shape);
  }

  /** Inference changes nothing. */
  update(): void {}

  /**
   * Checks, once the network is built, that it has asked for all that the file holds. PyTorch's counters of batches
   * (`num_batches_tracked`) are no part of any network.
   *
   * @throws {CheckpointError} if a tensor is left over: the file belongs to another network.
   */
  assertAllUsed(): void {
    const unused = [...this.#file.tensors.keys()]
      .filter((name) => !this.#used.has(name) && !name.endsWith(".num_batches_tracked"));
    if (unused.length === 0) return;
    const names = unused.slice(0, NAMED).map((name) => `"${name}"`).join(", ");
    const more = unused.length > NAMED ? ` and ${unused.length - NAMED} more` : "";
    throw new CheckpointError(
      `${this.#file.path}: tensors that the network does not have: ${names}${more}; the weights of this network alone are expected`,
    );
  }
}
