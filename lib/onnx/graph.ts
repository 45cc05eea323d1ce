import { blockConvolutions, BLOCKED_DOMAIN } from "./blocked_convolution.ts";
import { type DType, dtypeArrays, dtypeBytes, isFloat, toTypedArray } from "./dtype.ts";
import { type Attribute, encodeModel, type ExternalData, type TensorProto } from "./proto.ts";
import { recomputeActivations } from "./recompute.ts";
import { sizeOf, type Tensor, type TensorData } from "../tensor.ts";
import { assertOptions } from "../options.ts";

/** The size of an axis: a number, or a name for a size that is known when the graph runs (`"batch"`). */
export type Dim = number | string;

/** The sizes of a value's axes. */
export type Shape = readonly Dim[];

/** A graph that cannot be built: names the node and what does not fit. */
export class GraphError extends Error {
  /** The class of the error. */
  override name = "GraphError";
}

/** A tensor that will exist when the graph runs: an input, a constant, or a node's output. */
export class Value {
  /** The sizes of its axes; frozen. */
  readonly shape: Shape;

  /** Made by {@linkcode Graph}; use its methods and the operators. */
  constructor(
    /** The graph it belongs to. */
    readonly graph: Graph,
    /** Its name in the ONNX graph. */
    readonly name: string,
    /** The type of its elements. */
    readonly dtype: DType,
    shape: Shape,
    /** The node whose output it is, if it is one. */
    readonly node?: Node,
  ) {
    this.shape = Object.freeze([...shape]);
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /**
   * The shape, all of whose sizes must be known.
   *
   * @throws {GraphError} if a size is symbolic.
   */
  get staticShape(): readonly number[] {
    if (this.shape.some((dim) => typeof dim === "string")) {
      throw new GraphError(`"${this.name}": shape [${this.shape}] where all sizes must be known here`);
    }
    return this.shape as readonly number[];
  }
}

/**
 * The gradient rule of a node: from the gradients of its outputs (undefined where none flows) to those of its inputs.
 * `wanted` says for which inputs; others may be left undefined.
 */
export type GradientRule = (
  gradients: readonly (Value | undefined)[],
  outputs: readonly Value[],
  wanted: readonly boolean[],
) => (Value | undefined)[];

/** What a node is made from. */
export interface NodeSpec {
  /** The operator's name in its domain. */
  readonly op: string;
  /** The domain; empty for ONNX's own operators. */
  readonly domain?: string;
  /** The inputs; undefined where an optional one is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** The attributes. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Type and shape of each output. */
  readonly outputs: readonly { readonly dtype: DType; readonly shape: Shape }[];
  /** How gradients flow back through it; without one, asking for them is an error. */
  readonly gradient?: GradientRule;
  /** Whether the runtime's kernel writes all its outputs even where nobody uses them, and must find a place for each. */
  readonly writesAllOutputs?: boolean;
}

/** An operator's application in a graph. */
export interface Node extends NodeSpec {
  /** Its name: the scope, the operator and a number. */
  readonly name: string;
  /** Its position; inputs always come from nodes of smaller index. */
  readonly index: number;
  /** The values it makes. */
  readonly values: readonly Value[];
}

/** What must be known of a node that is written into a model. */
interface WrittenNode extends Pick<NodeSpec, "op" | "domain" | "attributes" | "writesAllOutputs"> {
  readonly name: string;
  readonly inputs: readonly (WrittenValue | undefined)[];
  readonly values: readonly WrittenValue[];
}

/** What must be known of its inputs and outputs. */
type WrittenValue = Pick<Value, "name" | "dtype" | "shape" | "staticShape">;

/** The operator sets that graphs are written for. */
const OPSETS = { "": 20, "com.microsoft": 1 };

/**
 * An ONNX graph under construction.
 *
 * Operators (`add`, `conv2d`, ...) are functions that append nodes and return {@linkcode Value}s; a wrong shape is
 * caught where it is built, and the error names the node by its scope.
 *
 * @example
 * ```ts
 * import { add, Graph, openSession } from "@denoise/denoise/onnx";
 *
 * const graph = new Graph();
 * const x = graph.input("x", "float32", [2, 3]);
 * graph.output("y", add(x, 1));
 * await using session = await openSession(graph);
 * const { y } = await session.run({ x: { data: new Float32Array(6), shape: [2, 3] } });
 * console.log(y.data); // six ones
 * ```
 */
export class Graph {
  #inputs: Value[] = [];
  #outputs: { name: string; value: Value }[] = [];
  #nodes: Node[] = [];
  #initializers = new Map<string, { value: Value; data: TensorProto["data"] }>();
  #constants = new Map<string, Value>();
  #names = new Set<string>();
  #scope: string[] = [];

  /** `name` is written into the model. */
  constructor(readonly name = "graph") {}

  /** The inputs, in the order of their declaration: a list of one's own. */
  get inputs(): readonly Value[] {
    return [...this.#inputs];
  }

  /** The outputs, in the order of their declaration: a list of one's own. */
  get outputs(): readonly { readonly name: string; readonly value: Value }[] {
    return [...this.#outputs];
  }

  /** The nodes, each after those it depends on: a list of one's own. */
  get nodes(): readonly Node[] {
    return [...this.#nodes];
  }

  /** The files that constants' data lie in, by their paths. */
  get externalFiles(): ReadonlySet<string> {
    const places = [...this.#initializers.values()].flatMap(({ data }) =>
      "location" in data ? [data.location] : []
    );
    return new Set(places);
  }

  /** Builds a part under a name: the nodes appended by `build` carry it in theirs. */
  scope<T>(name: string, build: () => T): T {
    this.#scope.push(name);
    try {
      return build();
    } finally {
      this.#scope.pop();
    }
  }

  /** Throws a {@linkcode GraphError} that names the node about to be built. */
  fail(op: string, message: string): never {
    throw new GraphError(`node "${[...this.#scope, op].join("/")}": ${message}`);
  }

  /**
   * Declares an input.
   *
   * @throws {GraphError} if the name is taken, or a size is neither a whole number nor a name.
   */
  input(name: string, dtype: DType, shape: Shape): Value {
    if (!shape.every((dim) => typeof dim === "string" ? dim : Number.isInteger(dim) && dim >= 0)) {
      throw new GraphError(`input "${name}": shape [${shape}] where whole numbers and names are expected`);
    }
    const value = new Value(this, this.#claim(name), dtype, shape);
    this.#inputs.push(value);
    return value;
  }

  /**
   * Declares a value as an output under a name of its own.
   *
   * @throws {GraphError} if the name is taken or the value belongs to another graph.
   */
  output(name: string, value: Value): void {
    if (value.graph !== this) {
      throw new GraphError(`output "${name}": "${value.name}" belongs to another graph`);
    }
    this.#outputs.push(Object.freeze({ name: this.#claim(name), value }));
  }

  /**
   * A constant from numbers; equal ones are stored once. `shape` defaults to that of a list; a number is a scalar.
   *
   * @throws {GraphError} if the numbers do not fit the shape, or are no whole numbers where the type has only those.
   */
  constant(values: number | readonly number[], dtype: DType = "float32", shape?: readonly number[]): Value {
    const list = typeof values === "number" ? [values] : values;
    const dims = shape ?? (typeof values === "number" ? [] : [list.length]);
    const fraction = isFloat(dtype) ? undefined : list.find((v) => !Number.isInteger(v));
    if (fraction !== undefined) throw new GraphError(`constant: ${fraction} is no ${dtype}`);
    // A list of numbers is written without the sign of -0.
    const key = `${dtype}[${dims}]${list.map((v) => Object.is(v, -0) ? "-0" : v)}`;
    let value = this.#constants.get(key);
    if (!value) {
      value = this.initializer(this.#unused("constant"), dtype, {
        data: toTypedArray(list, dtype),
        shape: dims,
      });
      this.#constants.set(key, value);
    }
    return value;
  }

  /**
   * A constant from a tensor, whose bytes go into the model: those that its array has when the bytes are made. It is
   * the array of the type; for half precision the bits, as `Uint16Array`.
   *
   * @throws {GraphError} if the name is taken, or the array does not fit the type or the shape.
   */
  initializer(name: string, dtype: DType, tensor: Tensor<TensorData>): Value {
    if (!(tensor.data instanceof dtypeArrays[dtype])) {
      throw new GraphError(
        `initializer "${name}": ${tensor.data.constructor.name} where ${
          dtypeArrays[dtype].name
        } is expected, for ${dtype}`,
      );
    }
    const bytes = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
    if (bytes.length !== sizeOf(tensor.shape) * dtypeBytes[dtype]) {
      throw new GraphError(
        `initializer "${name}": ${bytes.length} bytes do not fit [${tensor.shape}] of ${dtype}`,
      );
    }
    return this.#store(name, dtype, tensor.shape, bytes);
  }

  /**
   * A constant whose bytes stay in a file beside the model: weights in place.
   *
   * @throws {GraphError} if the name is taken or the length does not fit the shape.
   */
  external(name: string, dtype: DType, shape: readonly number[], data: ExternalData): Value {
    if (data.length !== sizeOf(shape) * dtypeBytes[dtype]) {
      throw new GraphError(`external "${name}": ${data.length} bytes do not fit [${shape}] of ${dtype}`);
    }
    return this.#store(name, dtype, shape, { ...data });
  }

  /**
   * Appends a node; operators call this after checking shapes. What it is made from is copied, and its values are given out in
   * a list of their own: neither can be changed from outside.
   */
  node(spec: NodeSpec): Value[] {
    for (const input of spec.inputs) {
      if (input && input.graph !== this) this.fail(spec.op, `input "${input.name}" belongs to another graph`);
    }
    const name = this.#claim(this.#unused([...this.#scope, spec.op].join("/")));
    const values: Value[] = [];
    const node: Node = Object.freeze({
      ...spec,
      inputs: Object.freeze([...spec.inputs]),
      ...(spec.attributes && { attributes: frozenAttributes(spec.attributes) }),
      outputs: Object.freeze(spec.outputs.map(({ dtype, shape }) => {
        return Object.freeze({ dtype, shape: Object.freeze([...shape]) });
      })),
      name,
      index: this.#nodes.length,
      values,
    });
    node.outputs.forEach(({ dtype, shape }, i) => {
      values.push(new Value(this, i === 0 ? name : this.#claim(this.#unused(name)), dtype, shape, node));
    });
    Object.freeze(values);
    this.#nodes.push(node);
    return [...values];
  }

  /**
   * The bytes of the ONNX model, with only what the outputs need.
   *
   * @param options `convolutionBlock`: the channels in a block of the layout that this machine's CPU convolves fastest in;
   * convolutions whose weights are computed are then written for it, and the model runs on such CPUs alone.
   * `recompute`: a loss whose gradient is in the graph; for its gradient only what `checkpoint` marks is kept of the activations, and
   * the others are computed again.
   * @throws {GraphError} if there are no outputs.
   */
  toBytes(
    options: { readonly convolutionBlock?: number; readonly recompute?: Value } = {},
  ): Uint8Array<ArrayBuffer> {
    assertOptions(options, { convolutionBlock: true, recompute: true });
    const { convolutionBlock, recompute } = options;
    if (this.#outputs.length === 0) throw new GraphError(`graph "${this.name}": no outputs`);
    const all = this.#neededFor(this.#nodes);
    const { nodes, needed } = recompute
      ? this.#neededFor(
        recomputeActivations(all.nodes, recompute, (values, dtype) => this.constant(values, dtype)),
      )
      : all;
    // What nobody uses the runtime drops, unless it is an output of the graph.
    const unused = nodes.filter((node) => node.writesAllOutputs)
      .flatMap((node) => node.values.filter((value) => !needed.has(value.name)));
    // An output has a name of its own: a value may be asked for twice, or be an input.
    const renames = this.#outputs.map(({ name, value }) => ({
      name,
      op: "Identity",
      domain: "",
      inputs: [value.name],
      outputs: [name],
      attributes: {},
    }));
    const toProto = (node: WrittenNode) => ({
      name: node.name,
      op: node.op,
      domain: node.domain ?? "",
      inputs: node.inputs.map((input) => input?.name ?? ""),
      outputs: node.values.map((value) => value.name),
      attributes: node.attributes ?? {},
    });
    const blocked = convolutionBlock &&
      blockConvolutions(nodes, convolutionBlock, (name) => this.#initializers.has(name), toProto);
    return encodeModel({
      name: this.name,
      nodes: [...(blocked ? blocked.nodes : nodes.map(toProto)), ...renames],
      initializers: [
        ...[...this.#initializers.values()]
          .filter(({ value }) => needed.has(value.name))
          .map(({ value, data }) => ({
            name: value.name,
            dtype: value.dtype,
            shape: value.staticShape,
            data,
          })),
        ...(blocked ? blocked.initializers : []),
      ],
      inputs: this.#inputs,
      outputs: [
        ...this.#outputs.map(({ name, value }) => ({ name, dtype: value.dtype, shape: value.shape })),
        ...unused,
      ],
    }, blocked ? { ...OPSETS, [BLOCKED_DOMAIN]: 1 } : OPSETS);
  }

  /** Of nodes in an order in which they can be computed, those that the outputs need, and the names of all that is needed. */
  #neededFor<Written extends WrittenNode>(
    from: readonly Written[],
  ): { readonly nodes: readonly Written[]; readonly needed: ReadonlySet<string> } {
    const needed = new Set(this.#outputs.map(({ value }) => value.name));
    const nodes = from.toReversed().filter((node) => {
      if (!node.values.some(({ name }) => needed.has(name))) return false;
      for (const input of node.inputs) if (input) needed.add(input.name);
      return true;
    });
    return { nodes: nodes.reverse(), needed };
  }

  #store(name: string, dtype: DType, shape: readonly number[], data: TensorProto["data"]): Value {
    const value = new Value(this, this.#claim(name), dtype, shape);
    this.#initializers.set(name, { value, data });
    return value;
  }

  #claim(name: string): string {
    if (!name || this.#names.has(name)) {
      throw new GraphError(`name: "${name}" is empty or taken in this graph`);
    }
    this.#names.add(name);
    return name;
  }

  /** A name that nothing has yet. */
  #unused(stem: string): string {
    let name = `${stem}_${this.#names.size}`;
    while (this.#names.has(name)) name += "_";
    return name;
  }
}

/** A copy of a node's attributes that cannot be changed. */
function frozenAttributes(attributes: NonNullable<NodeSpec["attributes"]>): NodeSpec["attributes"] {
  const copy = (attribute: Attribute): Attribute => {
    if ("ints" in attribute) return Object.freeze({ ints: Object.freeze([...attribute.ints]) });
    if ("floats" in attribute) return Object.freeze({ floats: Object.freeze([...attribute.floats]) });
    return Object.freeze({ ...attribute });
  };
  return Object.freeze(
    Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, copy(attribute)])),
  );
}
