/** Where parameters come from: files of weights, left where they are. */
import { CheckpointError } from "../checkpoints/error.ts";
import type { Dtype, SafetensorsFile } from "../checkpoints/safetensors.ts";
import { ShardedWeights, type Weights } from "../checkpoints/shards.ts";
import { cast, type DType, type ExternalFiles, type Graph, type Value } from "../onnx/mod.ts";
import type { ParameterSource } from "./scope.ts";

/** The types of weights, and what the runtime calls them. */
const TYPES: ReadonlyMap<Dtype, DType> = new Map<Dtype, DType>([
  ["F64", "float64"],
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
]);

/** The most elements of a matrix that are cast at a time: 34 MB in float32. */
const BLOCK = 2 ** 23;

/** How many superfluous tensors an error names. */
const NAMED = 3;

/**
 * Parameters from `safetensors` files, to which the graph refers in place (ONNX external data): nothing is read or
 * copied here. What is stored as another float type is cast to float32 in the graph. Several graphs may share a
 * source.
 *
 * The session needs the files' folder. Where they are links, as in the cache of the hub's tools, that is the folder which
 * the links lead to: the runtime takes no data from elsewhere. Files that lie on no disk, but in memory or below a URL, are read
 * into memory by the first session, and stay there as long as the source does.
 *
 * @example
 * ```ts
 * import { mnistClassifier, SafetensorsFile, Scope } from "@denoise/denoise";
 * import { Graph, openSession } from "@denoise/denoise/onnx";
 *
 * const weights = await SafetensorsFile.open("models/mnist-classifier/diffusion_pytorch_model.safetensors");
 * const source = new FileSource(weights);
 * const graph = new Graph();
 * const x = graph.input("x", "float32", ["batch", 1, 28, 28]);
 * graph.output("y", mnistClassifier(new Scope(graph, source, false), x, 16, 10));
 * source.assertAllUsed();
 * await using session = await openSession(graph, { folder: source.folder });
 * ```
 */
export class FileSource implements ParameterSource {
  /** The folder that the session finds external data in: its path, or the files themselves where they lie on no disk. */
  readonly folder: string | ExternalFiles;
  readonly #weights: Weights;
  readonly #casts = new WeakMap<Graph, ReadonlyMap<string, readonly Value[]>>();
  readonly #used = new Set<string>();

  /**
   * `weights` are one file, or several with an index, with the names that the network asks for.
   *
   * Reading a parameter throws a {@linkcode CheckpointError} if the files are links that lead to different folders.
   */
  constructor(weights: Weights) {
    this.#weights = weights;
    const files = weights instanceof ShardedWeights ? weights.files : [weights];
    this.folder = files[0].place?.folder ?? new FilesInMemory(files);
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
    return this.#castsOf(graph).get(name)?.[0] ?? this.#external(graph, name, dtype);
  }

  /**
   * A matrix, as {@linkcode FileSource.parameter}, in blocks of rows where it is large and must be cast: so no session needs
   * room for more than a block.
   */
  rows(graph: Graph, name: string, shape: readonly number[]): readonly Value[] {
    const whole = this.parameter(graph, name, shape);
    const [, ...blocks] = this.#castsOf(graph).get(name) ?? [];
    return blocks.length ? blocks : [whole];
  }

  /** A tensor in its file, or one of some equally large blocks of its rows. */
  #external(graph: Graph, name: string, dtype: DType, block = 0, blocks = 1): Value {
    const file = this.#weights instanceof ShardedWeights ? this.#weights.fileOf(name) : this.#weights;
    const { shape: [rows, ...rest], offset, length } = file.tensors.get(name)!;
    if (file.place && file.place.folder !== this.folder) {
      throw new CheckpointError(
        `${file.path}: lies in ${file.place.folder} where ${this.folder} is expected, as of the other files`,
      );
    }
    const place = {
      location: locationOf(file),
      offset: offset + block * length / blocks,
      length: length / blocks,
    };
    if (blocks === 1) return graph.external(name, dtype, file.tensors.get(name)!.shape, place);
    return graph.external(`${name}[${block}]`, dtype, [rows / blocks, ...rest], place);
  }

  #castsOf(graph: Graph): ReadonlyMap<string, readonly Value[]> {
    const casts = this.#casts.get(graph) ?? this.#cast(graph);
    this.#casts.set(graph, casts);
    return casts;
  }

  /**
   * All tensors that are to be cast, whole and, if it is a large matrix, in blocks; before any is used. What is not used in the
   * end is left out of the model.
   *
   * The order matters for the memory of sessions that do not compute casts in advance. Of a node's inputs the runtime
   * computes that one first whose node was appended last. So casts that are appended first are computed right before
   * they are used; others would be computed before everything else, and be in memory together.
   */
  #cast(graph: Graph): ReadonlyMap<string, readonly Value[]> {
    const casts = new Map<string, readonly Value[]>();
    for (const [name, entry] of this.#weights.tensors) {
      const dtype = TYPES.get(entry.dtype);
      if (dtype === undefined || dtype === "float32") continue;
      const whole = cast(this.#external(graph, name, dtype), "float32");
      const count = blocksOf(entry.shape);
      const blocks = Array.from({ length: count > 1 ? count : 0 }, (_, i) => {
        return cast(this.#external(graph, name, dtype, i, count), "float32");
      });
      casts.set(name, [whole, ...blocks]);
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
   * Checks, once the network is built, that it has used all tensors of the files. PyTorch's counters of batches
   * (`num_batches_tracked`) are no part of any network.
   *
   * @param isKnown Whether a tensor of that name may be left over; defaults to none.
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

/** What a graph refers to a file by, in the folder of all of them. */
function locationOf({ path, place }: SafetensorsFile): string {
  return place?.name ?? path.slice(path.lastIndexOf("/") + 1);
}

/** Files of weights that are read whole when a session first asks for them. */
class FilesInMemory implements ExternalFiles {
  readonly #files: ReadonlyMap<string, SafetensorsFile>;
  readonly #bytes = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(files: readonly SafetensorsFile[]) {
    this.#files = new Map(files.map((file) => [locationOf(file), file]));
  }

  readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#bytes.get(path) ?? this.#files.get(path)!.readAll();
    this.#bytes.set(path, bytes);
    // What has failed is tried again by the next session.
    bytes.catch(() => this.#bytes.delete(path));
    return bytes;
  }
}

/** Into how many equal blocks of rows a matrix is cut, so that none has more than {@linkcode BLOCK} elements if that can be. */
function blocksOf(shape: readonly number[]): number {
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows * columns <= BLOCK) return 1;
  let count = Math.ceil(rows * columns / BLOCK);
  while (rows % count !== 0) count++;
  return count;
}
