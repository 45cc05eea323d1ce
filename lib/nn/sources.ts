/** Where parameters come from: a list to be declared, the vectors of a training graph, a table of tensors. */
import { Graph, reshape, split, type Value } from "../onnx/mod.ts";
import { sizeOf, type Tensor } from "../tensor.ts";
import type { Initializer } from "./init.ts";
import { type ParameterSource, Scope } from "./scope.ts";

/** One parameter or buffer of a network. */
export interface ParameterSpec {
  /** The name, as in PyTorch's `state_dict`. */
  readonly name: string;
  /** The shape. */
  readonly shape: readonly number[];
  /** How its first values are drawn. */
  readonly init: Initializer;
}

/** All that a network keeps, in the order in which it asks for it. */
export interface NetworkSpecs {
  /** What is trained. */
  readonly parameters: readonly ParameterSpec[];
  /** What is kept beside it: running statistics. */
  readonly buffers: readonly ParameterSpec[];
}

/** Learns which parameters a network has, by building it once. */
export function declare(build: (scope: Scope) => unknown): NetworkSpecs {
  const specs = { parameters: [] as ParameterSpec[], buffers: [] as ParameterSpec[] };
  const source: ParameterSource = {
    parameter(graph, name, shape, init) {
      specs.parameters.push({ name, shape, init });
      return graph.input(name, "float32", shape);
    },
    buffer(graph, name, shape, start) {
      specs.buffers.push({ name, shape, init: () => new Float32Array(sizeOf(shape)).fill(start) });
      return graph.input(name, "float32", shape);
    },
    update() {},
  };
  build(new Scope(new Graph(), source, true));
  return specs;
}

/** The number of elements of a list of parameters together. */
export function countOf(specs: readonly ParameterSpec[]): number {
  return specs.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** Parameters and buffers as parts of two long vectors, so that an optimiser is a dozen nodes for the whole network. */
export class VectorSource implements ParameterSource {
  #values = new Map<string, Value>();
  #updates = new Map<string, Value>();
  #specs: NetworkSpecs;

  /**
   * Cuts the vectors into the network's tensors.
   *
   * @param specs What the network keeps, in the order of the vectors.
   * @param parameters A vector as long as all parameters together.
   * @param buffers A vector as long as all buffers together; may be left out where there are none.
   */
  constructor(specs: NetworkSpecs, parameters: Value, buffers?: Value) {
    this.#specs = specs;
    this.#cut(specs.parameters, parameters);
    if (buffers) this.#cut(specs.buffers, buffers);
  }

  #cut(specs: readonly ParameterSpec[], vector: Value): void {
    const parts = split(vector, specs.map(({ shape }) => sizeOf(shape)), 0);
    specs.forEach(({ name, shape }, i) => this.#values.set(name, reshape(parts[i], shape)));
  }

  /** The part that has this name. */
  parameter(_graph: Graph, name: string): Value {
    return this.#values.get(name)!;
  }

  /** The part that has this name. */
  buffer(_graph: Graph, name: string): Value {
    return this.#values.get(name)!;
  }

  /** Remembers the new value. */
  update(name: string, value: Value): void {
    this.#updates.set(name, value);
  }

  /** The values of the buffers after the step, in order; those without an update keep theirs. */
  updated(): Value[] {
    return this.#specs.buffers.map(({ name, shape }) => {
      return reshape(this.#updates.get(name) ?? this.#values.get(name)!, [sizeOf(shape)]);
    });
  }
}

/** Parameters from tensors in memory: they become constants of the graph. */
export class TensorSource implements ParameterSource {
  #tensors: Readonly<Record<string, Tensor>>;

  /** `tensors` by name, as in a checkpoint. */
  constructor(tensors: Readonly<Record<string, Tensor>>) {
    this.#tensors = tensors;
  }

  /**
   * The tensor of this name, as a constant.
   *
   * @throws {Error} if there is no such tensor, or its shape is another.
   */
  parameter(graph: Graph, name: string, shape: readonly number[]): Value {
    const found = this.#tensors[name];
    if (!found) throw new Error(`tensor "${name}": missing, [${shape}] is expected`);
    if (found.shape.length !== shape.length || found.shape.some((n, i) => n !== shape[i])) {
      throw new Error(`tensor "${name}": shape [${found.shape}] where [${shape}] is expected`);
    }
    return graph.initializer(name, "float32", found);
  }

  /** As {@linkcode TensorSource.parameter}. */
  buffer(graph: Graph, name: string, shape: readonly number[]): Value {
    return this.parameter(graph, name, shape);
  }

  /** Inference changes nothing. */
  update(): void {}
}
