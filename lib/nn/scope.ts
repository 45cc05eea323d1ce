import type { ConvOptions, Graph, Shape, Value } from "../onnx/mod.ts";
import type { Initializer } from "./init.ts";

/** A layer that is a convolution, or a linear one over channels, which is a convolution with kernels of one pixel. */
export interface ConvolutionLayer {
  /** Its path in the network. */
  readonly path: string;
  /** Its images, `[N, C, H, W]`; `[N, C, L]` of a linear layer. */
  readonly x: Value;
  /** The shape of `PATH.weight`: `[O, C, kH, kW]`; `[O, C]` of a linear layer. */
  readonly weightShape: readonly number[];
  /** Whether there is `PATH.bias`, `[O]`. */
  readonly bias: boolean;
  /** How it moves over the images. */
  readonly options: ConvOptions;
}

/** Where a network's parameters and buffers come from: a training graph's vectors, or a checkpoint's files. */
export interface ParameterSource {
  /** A trained tensor. */
  parameter(graph: Graph, name: string, shape: readonly number[], init: Initializer): Value;
  /**
   * A trained matrix as blocks of its rows, where the source has it in such blocks; sources without this method have all
   * matrices whole.
   */
  rows?(graph: Graph, name: string, shape: readonly number[], init: Initializer): readonly Value[];
  /**
   * A layer's images, where the source does the layer in a way of its own or looks at what it does; undefined where it is to be
   * done as it stands.
   *
   * @param plain Does the layer as it stands: gives its images.
   */
  convolve?(graph: Graph, layer: ConvolutionLayer, plain: () => Value): Value | undefined;
  /** A tensor that training keeps but does not train (running statistics), with the value it starts from. */
  buffer(graph: Graph, name: string, shape: readonly number[], start: number): Value;
  /** Takes the value that a buffer has after a training step. */
  update(name: string, value: Value): void;
}

/**
 * The place of a layer in its network: names its parameters, as `state_dict` does in PyTorch, and its nodes.
 *
 * A network is a function of a scope and its inputs; the same function writes the inference graph and the training graph.
 */
export class Scope {
  readonly #source: ParameterSource;

  /** A scope is usually made by {@linkcode Scope.at}, from the network's root. */
  constructor(
    /** The graph under construction. */
    readonly graph: Graph,
    source: ParameterSource,
    /** Whether layers behave as in training: batch norm by the statistics of the batch. */
    readonly training: boolean,
    /** The prefix of names, without the last dot. */
    readonly path = "",
  ) {
    this.#source = source;
  }

  /** The scope of a part of the network: its parameters are named `path.name...`. */
  at(name: string): Scope {
    return new Scope(this.graph, this.#source, this.training, this.#join(name));
  }

  /** Runs a part of the construction with nodes named after this scope. */
  build<T>(body: () => T): T {
    return this.path ? this.graph.scope(this.path, body) : body();
  }

  /**
   * A trained tensor of this layer.
   *
   * @throws {Error} if the source has none of this name and shape.
   */
  parameter(name: string, shape: Shape, init: Initializer): Value {
    return this.#source.parameter(this.graph, this.#join(name), this.#static(name, shape), init);
  }

  /**
   * A trained matrix of this layer as blocks of its rows, in order: one, or several where they should not all be in memory at a
   * time.
   *
   * @throws {Error} if the source has none of this name and shape.
   */
  rows(name: string, shape: Shape, init: Initializer): readonly Value[] {
    const blocks = this.#source.rows?.(this.graph, this.#join(name), this.#static(name, shape), init);
    return blocks ?? [this.parameter(name, shape, init)];
  }

  /**
   * The images of this layer, which is a convolution: by `plain`, unless the source has a way of its own, such as to do it in
   * integers.
   *
   * @param layer What it is.
   * @param plain Appends its nodes and gives its images.
   */
  convolve(layer: Omit<ConvolutionLayer, "path">, plain: () => Value): Value {
    return this.#source.convolve?.(this.graph, { ...layer, path: this.path }, plain) ?? plain();
  }

  /** A tensor of this layer that is kept but not trained; `start` is what it is filled with at first. */
  buffer(name: string, shape: Shape, start: number): Value {
    return this.#source.buffer(this.graph, this.#join(name), this.#static(name, shape), start);
  }

  /** Sets the value of a buffer after this training step. */
  update(name: string, value: Value): void {
    this.#source.update(this.#join(name), value);
  }

  #join(name: string): string {
    return this.path ? `${this.path}.${name}` : name;
  }

  #static(name: string, shape: Shape): readonly number[] {
    if (shape.some((dim) => typeof dim === "string")) {
      this.graph.fail(this.#join(name), `shape [${shape}] where all sizes must be known`);
    }
    return shape as readonly number[];
  }
}
