/** Where parameters come from: files of weights, left where they are. */
import { ArgumentError } from "../argument_error.ts";
import { CheckpointError } from "../checkpoints/error.ts";
import type { Dtype, SafetensorsFile } from "../checkpoints/safetensors.ts";
import { ShardedWeights, type Weights } from "../checkpoints/shards.ts";
import {
  add,
  cast,
  div,
  type DType,
  type ExternalFiles,
  type Graph,
  mul,
  reshape,
  type Value,
} from "../onnx/mod.ts";
import { assertOptions } from "../options.ts";
import {
  blockLayer,
  blockNames,
  kernelShape,
  layerOfWeight,
  quantizedLayer,
  quantizedNames,
} from "./quantized_layer.ts";
import type { ConvolutionLayer, ParameterSource } from "./scope.ts";

/** The types of weights, and what the runtime calls them. */
const TYPES: ReadonlyMap<Dtype, DType> = new Map<Dtype, DType>([
  ["F64", "float64"],
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
]);

/** The types beside them that quantised layers are stored in. */
const INTEGERS: ReadonlyMap<Dtype, DType> = new Map<Dtype, DType>([["I8", "int8"], ["U8", "uint8"]]);

/** How {@linkcode FileSource} takes weights. */
export interface FileSourceOptions {
  /**
   * Whether layers whose inputs are quantised too are done in integers, which the kernels for the CPU alone can (the default); else
   * their weights are widened to float32, as those of layers whose inputs are not.
   */
  readonly integers?: boolean;
  /**
   * The folder that the session finds external data in, where it is not the files' own but one above it: so one graph may refer to
   * the files of several folders. Only of files on a disk.
   */
  readonly folder?: string;
}

/** The most elements of a matrix that are cast at a time: 34 MB in float32. */
const BLOCK = 2 ** 23;

/** How many superfluous tensors an error names. */
const NAMED = 3;

/**
 * Parameters from `safetensors` files, to which the graph refers in place (ONNX external data): nothing is read or
 * copied here. What is stored as another float type is cast to float32 in the graph, and so are weights stored as integers, which are
 * multiplied by their scales. Several graphs may share a source.
 *
 * The session needs the files' folder. Where they are links, as in the cache of the hub's tools, that is the folder which
 * the links lead to: the runtime takes no data from elsewhere. Files that are not on disk, but in memory or below a URL, are read
 * into memory by the first session, and stay there as long as the source does.
 *
 * @example
 * ```ts
 * import { SafetensorsFile } from "@denoise/denoise/checkpoints";
 * import { mnistClassifier, Scope } from "@denoise/denoise/nn";
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
  /** The folder that the session finds external data in: its path, or the files themselves if they are not on disk. */
  readonly folder: string | ExternalFiles;
  readonly #weights: Weights;
  readonly #externals = new WeakMap<Graph, Map<string, Value>>();
  readonly #casts = new WeakMap<Graph, ReadonlyMap<string, readonly Value[]>>();
  readonly #used = new Set<string>();
  readonly #integers: boolean;
  /** The folder of the files themselves, and how it is reached from that of the session. */
  readonly #own: { readonly folder: string | undefined; readonly prefix: string };

  /**
   * `weights` are one file, or several with an index, with the names that the network asks for.
   *
   * Reading a parameter throws a {@linkcode CheckpointError} if the files are links that lead to different folders.
   *
   * @throws {ArgumentError} if the files are not in or below `folder`.
   */
  constructor(weights: Weights, options: FileSourceOptions = {}) {
    assertOptions(options, { integers: true, folder: true });
    this.#weights = weights;
    this.#integers = options.integers ?? true;
    const files = filesOf(weights);
    const folder = files[0].place?.folder;
    this.folder = options.folder ?? folder ?? new FilesInMemory(files);
    this.#own = { folder, prefix: options.folder === undefined ? "" : prefixOf(options.folder, folder) };
  }

  /**
   * A reference to a tensor in the file, as float32.
   *
   * @throws {CheckpointError} if there is no such tensor, its shape is another, or it does not hold fractions.
   */
  parameter(graph: Graph, name: string, shape: readonly number[]): Value {
    this.#assertShape(name, shape);
    const { dtype } = this.#weights.tensors.get(name)!;
    if (!TYPES.has(dtype) && !this.#isQuantized(name)) this.#refuseType(name, [...TYPES.keys()]);
    this.#use(name);
    return this.#castsOf(graph).get(name)?.[0] ?? this.#external(graph, name, TYPES.get(dtype)!);
  }

  /**
   * A convolution in integers, where the file has its inputs' scales; a linear layer in integers of 4 bits, where it has steps of
   * blocks. As {@linkcode FileSource.parameter} for the rest.
   */
  convolve(graph: Graph, layer: ConvolutionLayer, _plain: () => Value): Value | undefined {
    const blocks = this.#blocks(graph, layer);
    if (blocks) return blocks;
    const names = quantizedNames(layer.path);
    if (!this.#integers || !this.#weights.tensors.has(names.inputScale)) return undefined;
    const { weightShape } = layer;
    const [out, channels] = weightShape;
    // Notes that it is used; what widens it is left out of the model.
    this.parameter(graph, names.weight, weightShape);
    return quantizedLayer(layer, {
      weight: this.#typed(graph, names.weight, "I8", weightShape, kernelShape(weightShape)),
      weightScale: this.#typed(graph, names.weightScale, "F32", [out]),
      inputScale: this.#typed(graph, names.inputScale, "F32", [channels]),
      inputZeroPoint: this.#typed(graph, names.inputZeroPoint, "U8", []),
      outputScale: this.#typed(graph, names.outputScale, "F32", [out]),
      outputCentre: this.#typed(graph, names.outputCentre, "F32", [out]),
      bias: layer.bias ? this.parameter(graph, `${layer.path}.bias`, [out]) : undefined,
    });
  }

  /** A linear layer whose weights are integers of 4 bits; undefined where it is none. */
  #blocks(
    graph: Graph,
    { path, x, weightShape: [out, channels], bias }: ConvolutionLayer,
  ): Value | undefined {
    const names = blockNames(path);
    const scales = this.#weights.tensors.get(names.scales);
    if (!scales || x.rank !== 3) return undefined;
    const blocks = scales.shape[1] ?? 1;
    for (const name of Object.values(names)) this.#used.add(name);
    const y = blockLayer(x, {
      weight: this.#typed(graph, names.weight, "U8", [out, blocks, channels / blocks / 2]),
      scales: this.#typed(graph, names.scales, "F32", [out, blocks]),
    });
    return bias ? add(y, reshape(this.parameter(graph, `${path}.bias`, [out]), [out, 1])) : y;
  }

  /** A tensor that must be stored in a type; as another shape of as many elements, where one is given. */
  #typed(graph: Graph, name: string, type: Dtype, stored: readonly number[], shape = stored): Value {
    this.#assertShape(name, stored);
    if (this.#weights.tensors.get(name)!.dtype !== type) this.#refuseType(name, [type]);
    const as = shape === stored ? {} : { shape };
    return this.#external(graph, name, TYPES.get(type) ?? INTEGERS.get(type)!, as);
  }

  #assertShape(name: string, shape: readonly number[]): void {
    const where = `${this.#weights.path}: tensor "${name}"`;
    const entry = this.#weights.tensors.get(name);
    if (!entry) throw new CheckpointError(`${where}: missing, shape [${shape}] is expected`);
    if (entry.shape.length !== shape.length || entry.shape.some((n, i) => n !== shape[i])) {
      throw new CheckpointError(`${where}: shape [${entry.shape}] where [${shape}] is expected`);
    }
  }

  #refuseType(name: string, expected: readonly Dtype[]): never {
    const { dtype } = this.#weights.tensors.get(name)!;
    const types = expected.length === 1 ? expected[0] : `one of ${expected.join(", ")}`;
    throw new CheckpointError(
      `${this.#weights.path}: tensor "${name}": type ${dtype} where ${types} is expected`,
    );
  }

  /** Whether a tensor is a layer's weight in integers, with its scales. */
  #isQuantized(name: string): boolean {
    const layer = layerOfWeight(name);
    return layer !== undefined && this.#weights.tensors.get(name)?.dtype === "I8" &&
      this.#weights.tensors.has(quantizedNames(layer).weightScale);
  }

  /** Notes that a tensor is used, and of a layer in integers all that belongs to it. */
  #use(name: string): void {
    this.#used.add(name);
    if (this.#isQuantized(name)) {
      for (const part of Object.values(quantizedNames(layerOfWeight(name)!))) this.#used.add(part);
    }
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
  #external(
    graph: Graph,
    name: string,
    dtype: DType,
    { block = 0, blocks = 1, shape = this.#weights.tensors.get(name)!.shape }: Partial<Part> = {},
  ): Value {
    const file = this.#weights instanceof ShardedWeights ? this.#weights.fileOf(name) : this.#weights;
    const { offset, length } = file.tensors.get(name)!;
    const [rows, ...rest] = shape;
    if (file.place?.folder !== this.#own.folder) {
      throw new CheckpointError(
        `${file.path}: lies in ${file.place?.folder} where ${this.#own.folder} is expected, as of the other files`,
      );
    }
    const place = {
      location: this.#own.prefix + locationOf(file),
      offset: offset + block * length / blocks,
      length: length / blocks,
    };
    const size = blocks === 1 ? shape : [rows / blocks, ...rest];
    const isStored = shape === file.tensors.get(name)!.shape;
    const id = blocks > 1 ? `${name}[${block}]` : isStored ? name : `${name}: ${shape}`;
    const externals = this.#externals.get(graph) ?? new Map<string, Value>();
    this.#externals.set(graph, externals);
    const value = externals.get(id) ?? graph.external(id, dtype, size, place);
    externals.set(id, value);
    return value;
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
      const widen = this.#widening(graph, name);
      if (!widen) continue;
      const whole = widen({});
      const count = blocksOf(entry.shape);
      const blocks = Array.from({ length: count > 1 ? count : 0 }, (_, block) => {
        return widen({ block, blocks: count });
      });
      casts.set(name, [whole, ...blocks]);
    }
    return casts;
  }

  /** How a tensor, or a block of it, becomes one of float32; undefined where it is one. */
  #widening(graph: Graph, name: string): ((part: Partial<Part>) => Value) | undefined {
    const { dtype, shape } = this.#weights.tensors.get(name)!;
    if (dtype === "F32") return undefined;
    const type = TYPES.get(dtype);
    if (type) return (part) => cast(this.#external(graph, name, type, part), "float32");
    if (!this.#isQuantized(name)) return undefined;
    const { weightScale, inputScale } = quantizedNames(layerOfWeight(name)!);
    const along = (axis: number) => shape.map((_, i) => i === axis ? -1 : 1);
    this.#assertShape(weightScale, [shape[0]]);
    const hasInputScale = this.#weights.tensors.has(inputScale);
    if (hasInputScale) this.#assertShape(inputScale, [shape[1]]);
    const [steps, inputs] = [weightScale, hasInputScale ? inputScale : undefined];
    return (part) => {
      const integers = cast(this.#external(graph, name, "int8", part), "float32");
      const scaled = mul(integers, reshape(this.#external(graph, steps, "float32", part), along(0)));
      return inputs ? div(scaled, reshape(this.#external(graph, inputs, "float32"), along(1))) : scaled;
    };
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

/** A part of a tensor, or all of it in another shape. */
interface Part {
  /** Which of the blocks of its rows, from 0. */
  readonly block: number;
  /** Into how many equal blocks it is cut. */
  readonly blocks: number;
  /** The shape of the whole, of as many elements as the tensor has. */
  readonly shape: readonly number[];
}

function filesOf(weights: Weights): readonly SafetensorsFile[] {
  return weights instanceof ShardedWeights ? weights.files : [weights];
}

/** The path from a folder to one below it, with a slash at its end; empty for the folder itself. */
function prefixOf(folder: string, below: string | undefined): string {
  const [base, path] = [folder, below ?? ""].map((path) => path.replaceAll("\\", "/").replace(/\/*$/, "/"));
  if (below !== undefined && path.startsWith(base)) return path.slice(base.length);
  throw new ArgumentError("folder", folder, "one that the files lie in or below", { note: below });
}

/**
 * The deepest common folder of weights in folders of their own: for the sources of a graph that refers to all of them.
 *
 * @returns The path; undefined if they have none in common, or are not on disk.
 */
export function folderOfAll(all: readonly Weights[]): string | undefined {
  const folders = all.flatMap(filesOf).map(({ place }) => place?.folder.split(/[\\/]/));
  const [first] = folders;
  if (!first || folders.some((parts) => parts === undefined)) return undefined;
  const differs = first.findIndex((part, i) => folders.some((parts) => parts![i] !== part));
  const common = differs === -1 ? first : first.slice(0, differs);
  return common.length === 0 ? undefined : common.join("/") || "/";
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
