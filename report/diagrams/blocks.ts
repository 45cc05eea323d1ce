/**
 * Finds a network's blocks in its graph of operators.
 *
 * @module
 */
import type { Graph, Node } from "../../lib/onnx/mod.ts";

/** A block: operators that belong together. */
export interface NetworkBlock {
  /** The part of the network, such as `d1`, or the operator and its number. */
  readonly id: string;
  /** Its name: `DownBlock`, `concat`. */
  readonly title: string;
  /** Its contents, in order: layers, or the operators of a single layer. */
  readonly parts: readonly string[];
  /** The output shape, without the batch. */
  readonly shape: readonly number[];
  /** The sources of its inputs, in order: blocks' ids, or the graph's inputs. */
  readonly inputs: readonly string[];
}

/** A layer: an operator with weights (or a pooling) and the operators that follow it exclusively. */
interface Layer {
  readonly title: string;
  readonly operators: readonly string[];
}

/** The names of convolutional layers, by operator, kernel and stride. */
const LAYERS: Readonly<Record<string, string>> = {
  "Conv 3 1": "Conv",
  "Conv 3 2": "DownConv",
  "ConvTranspose 4 2": "UpConv",
  "ConvTranspose 7 7": "Unflatten",
  "AveragePool 7 7": "Flatten",
};

/** The names of blocks, by their layers. */
const BLOCKS: Readonly<Record<string, string>> = {
  "Conv,Conv": "ConvBlock",
  "DownConv,Conv,Conv": "DownBlock",
  "UpConv,Conv,Conv": "UpBlock",
  "linear,linear": "FCBlock",
};

/** Operators that only rename or rearrange, and those that work on what came before. */
const SILENT = new Set(["Identity", "Reshape"]);

/** The blocks of a network's graph, each after those it depends on. */
export function networkBlocks(graph: Graph): NetworkBlock[] {
  const { groups, groupOf } = grouped(graph);
  const inputs = new Set(graph.inputs.map(({ name }) => name).filter((name) => !name.includes(".")));
  return [...groups].map(([id, nodes]) => {
    const from = nodes.flatMap((node) => node.inputs).flatMap((value) => {
      if (!value) return [];
      if (!value.node) return inputs.has(value.name) ? [value.name] : [];
      const other = groupOf.get(value.node)!;
      return other === id ? [] : [other];
    });
    const layers = layersOf(nodes);
    const shape = nodes.at(-1)!.values[0].shape.slice(1).map(Number);
    return {
      id,
      title: BLOCKS[layers.map(({ title }) => title).join()] ?? layers[0].title,
      parts: layers.length > 1 ? partsOf(layers, nodes) : layers[0].operators,
      shape,
      inputs: [...new Set(from)],
    };
  });
}

/** The layers and blocks that occur in networks, each once: names and contents. */
export function vocabulary(graphs: readonly Graph[]): { title: string; parts: readonly string[] }[] {
  const found = new Map<string, readonly string[]>();
  for (const graph of graphs) {
    const groups = networkBlocks(graph).filter(({ parts }) => parts.length > 1);
    const layers = [...grouped(graph).groups.values()].flatMap(layersOf);
    for (const { title, operators } of layers) {
      if (Object.values(LAYERS).includes(title) && !found.has(title)) found.set(title, operators);
    }
    for (const { title, parts } of groups) {
      if (Object.values(BLOCKS).includes(title) && !found.has(title)) found.set(title, parts);
    }
  }
  const order = [...Object.values(LAYERS), ...Object.values(BLOCKS)];
  return order.filter((title) => found.has(title)).map((title) => ({ title, parts: found.get(title)! }));
}

/** The nodes of a graph by the block that they belong to. */
function grouped(graph: Graph): { groups: Map<string, Node[]>; groupOf: Map<Node, string> } {
  const groups = new Map<string, Node[]>();
  const groupOf = new Map<Node, string>();
  for (const node of graph.nodes) {
    const key = keyOf(node, groupOf);
    groupOf.set(node, key);
    groups.set(key, [...groups.get(key) ?? [], node]);
  }
  return { groups, groupOf };
}

/** The group of a node: that of its weights, else that of its input, else its own. */
function keyOf(node: Node, groupOf: ReadonlyMap<Node, string>): string {
  const weight = node.inputs.find((value) => value && !value.node && value.name.includes("."));
  if (weight) {
    const [part] = weight.name.split(".");
    // Batch norm out of the bottleneck has a name of its own.
    return part.replace(/bn$/, "");
  }
  if (node.op === "AveragePool" || node.op === "Concat" || isBinary(node)) return `${node.op} ${node.index}`;
  const before = node.inputs.find((value) => value?.node)?.node;
  return (before && groupOf.get(before)) ?? `${node.op} ${node.index}`;
}

/** Whether a node joins two values. */
function isBinary({ op, inputs }: Node): boolean {
  return (op === "Add" || op === "Mul") && inputs.every((value) => value?.node);
}

/** Operators as layers: each begins with weights or a pooling. */
function layersOf(nodes: readonly Node[]): Layer[] {
  const layers: { title: string; operators: string[] }[] = [];
  for (const node of nodes) {
    if (SILENT.has(node.op)) continue;
    const words = describe(node);
    if (words.begins || layers.length === 0) layers.push({ title: words.title, operators: [words.operator] });
    else layers.at(-1)!.operators.push(words.operator);
  }
  // A convolution alone is not a Conv.
  return layers.map((layer) =>
    layer.title === "Conv" && layer.operators.length === 1 ? { ...layer, title: layer.operators[0] } : layer
  );
}

/** A block of linear layers is described by its operators, others by their layers. */
function partsOf(layers: readonly Layer[], nodes: readonly Node[]): string[] {
  const linear = nodes.some(({ op }) => op === "Gemm");
  return linear ? layers.flatMap(({ operators }) => operators) : layers.map(({ title }) => title);
}

function describe(node: Node): { title: string; operator: string; begins: boolean } {
  const { op } = node;
  const ints = (name: string) =>
    (node.attributes?.[name] as { ints?: readonly (number | bigint)[] } | undefined)?.ints;
  const [kernel, stride] = [Number(ints("kernel_shape")?.[0]), Number(ints("strides")?.[0])];
  const title = LAYERS[`${op} ${kernel} ${stride}`] ?? op;
  switch (op) {
    case "Conv":
      return {
        title,
        operator: `${kernel}×${kernel} convolution${stride > 1 ? `, stride ${stride}` : ""}`,
        begins: true,
      };
    case "ConvTranspose":
      return {
        title,
        operator: `${kernel}×${kernel} transposed convolution, stride ${stride}`,
        begins: true,
      };
    case "AveragePool":
      return { title, operator: `${kernel}×${kernel} average pool`, begins: true };
    case "Gemm":
      return { title: "linear", operator: "linear", begins: true };
    case "BatchNormalization":
      return { title: "batch norm", operator: "batch norm", begins: false };
    case "Gelu":
      return { title: "GELU", operator: "GELU", begins: false };
    default:
      return { title: { Concat: "concat", Mul: "×", Add: "+" }[op] ?? op, operator: op, begins: true };
  }
}

/** The channels, height and width of a value, as `64×28×28`. */
export function shapeText(shape: readonly number[]): string {
  return shape.join("×");
}
