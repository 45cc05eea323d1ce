/**
 * Activation checkpointing: a backward pass that computes activations again instead of keeping them all (Chen et al. 2016,
 * "Training Deep Nets with Sublinear Memory Cost", section 3). Of a network of n equal blocks it keeps n activations, and those of
 * one block at a time, for one more forward pass.
 */
import { type DType, dtypeCodes } from "./dtype.ts";
import type { NodeProto } from "./proto.ts";

/** What must be known of a value. */
interface ComputedValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
  readonly staticShape: readonly number[];
  readonly node?: ComputingNode;
}

/** What must be known of a node. */
interface ComputingNode {
  readonly name: string;
  readonly op: string;
  readonly domain?: string;
  readonly index: number;
  readonly inputs: readonly (ComputedValue | undefined)[];
  readonly values: readonly ComputedValue[];
  readonly attributes?: NodeProto["attributes"];
  readonly writesAllOutputs?: boolean;
}

const checkpoints = new WeakSet<object>();

/** Marks a value as one that is kept. */
export function markCheckpoint(value: object): void {
  checkpoints.add(value);
}

/**
 * Rewrites the nodes of a loss and its gradient. What the backward pass reads of the activations between two checkpoints is computed
 * again from the first of the two, once the gradient has come back to the second.
 *
 * Activations behind the last checkpoint are kept, since their gradients come first; so are those that are read behind a later
 * checkpoint than their own.
 *
 * @param nodes All nodes, in an order in which they can be computed.
 * @param loss What was differentiated: the nodes behind it are the backward pass.
 * @param constant Makes a constant of the graph.
 */
export function recomputeActivations(
  nodes: readonly ComputingNode[],
  loss: ComputedValue,
  constant: (values: readonly number[], dtype: "float32" | "int64") => ComputedValue,
): ComputingNode[] {
  const last = loss.node?.index ?? -1;
  const { segments, recomputed } = activationsOf(nodes.filter(({ index }) => index <= last));
  const final = Math.max(...segments.values());
  const out: ComputingNode[] = [];
  const copies = new Map<ComputedValue, ComputedValue>();
  const zeros = new Map<number, ComputedValue>();
  const delayed = new Map<string, ComputedValue>();
  const gradients = new Set<ComputedValue>();
  let gradient: ComputedValue | undefined;

  const append = (
    name: string,
    op: string,
    inputs: ComputingNode["inputs"],
    { dtype, shape }: Pick<ComputedValue, "dtype" | "shape">,
    attributes?: NodeProto["attributes"],
  ): ComputedValue => {
    const value = { name, dtype, shape, staticShape: shape as number[] };
    out.push({ name, op, index: out.length, inputs, values: [value], attributes });
    return value;
  };
  /** Zero, as soon as a gradient is there: whether one of its numbers is below all numbers. */
  const zeroAfter = (gradient: ComputedValue, segment: number): ComputedValue => {
    let zero = zeros.get(segment);
    if (!zero) {
      const at = (name: string) => `recompute/${segment}/${name}`;
      const { dtype } = gradient;
      const float = { to: { int: dtypeCodes.float32 } };
      const flat = append(at("flat"), "Reshape", [gradient, constant([-1], "int64")], {
        dtype,
        shape: ["n"],
      });
      const first = append(at("first"), "Gather", [flat, constant([0], "int64")], { dtype, shape: [1] });
      const number = append(at("number"), "Cast", [first], { dtype: "float32", shape: [1] }, float);
      const below = append(at("below"), "Less", [number, constant([-Infinity], "float32")], {
        dtype: "bool",
        shape: [1],
      });
      zero = append(at("zero"), "Cast", [below], { dtype: "float32", shape: [1] }, float);
      zeros.set(segment, zero);
    }
    return zero;
  };
  /** An activation that is kept, for a copy: not before the gradient is there. Without this copies would be computed at once. */
  const afterGradient = (value: ComputedValue | undefined, segment: number) => {
    if (!value || !gradient || value.dtype !== "float32") return value;
    if (!segments.has(value) && !checkpoints.has(value)) return value;
    const name = `${value.name}/recompute/${segment}`;
    let copy = delayed.get(name);
    if (!copy) {
      copy = append(name, "Add", [value, zeroAfter(gradient, segment)], value);
      delayed.set(name, copy);
    }
    return copy;
  };
  const again = (value: ComputedValue): ComputedValue => {
    const { node } = value;
    if (!node || !recomputed.has(value)) return value;
    const before = copies.get(value);
    if (before) return before;
    const inputs = node.inputs.map((input) => input && again(input));
    const begins = inputs.every((input, i) => input === node.inputs[i]);
    const segment = segments.get(value)!;
    const name = (own: string) => `${own}/recomputed`;
    const values = node.values.map((own) => ({ ...fieldsOf(own), name: name(own.name) }));
    out.push({
      ...node,
      name: name(node.name),
      values,
      inputs: begins ? inputs.map((input) => afterGradient(input, segment)) : inputs,
    });
    node.values.forEach((own, i) => copies.set(own, values[i]));
    return copies.get(value)!;
  };
  for (const node of nodes) {
    if (node.index <= last) {
      out.push(node);
      continue;
    }
    out.push({ ...node, inputs: node.inputs.map((input) => input && again(input)) });
    const comesBack = node.inputs.some((input) =>
      input && (gradients.has(input) || segments.get(input) === final)
    );
    if (!comesBack) continue;
    node.values.forEach((value) => gradients.add(value));
    gradient = node.values.find(({ dtype }) => dtype.startsWith("float")) ?? gradient;
  }
  return out;
}

const fieldsOf = ({ name, dtype, shape }: ComputedValue): ComputedValue => {
  return { name, dtype, shape, staticShape: shape as readonly number[] };
};

/**
 * The activations behind checkpoints: each with its segment, the number of the last checkpoint that leads to it, and those that are
 * computed again.
 *
 * @param nodes The forward pass.
 */
function activationsOf(nodes: readonly ComputingNode[]): {
  readonly segments: ReadonlyMap<ComputedValue, number>;
  readonly recomputed: ReadonlySet<ComputedValue>;
} {
  const segments = new Map<ComputedValue, number>();
  const kept = new Set<ComputedValue>();
  const segmentBehind = (value: ComputedValue | undefined) => {
    if (!value) return -1;
    return checkpoints.has(value) ? value.node?.index ?? 0 : segments.get(value) ?? -1;
  };
  for (const { inputs, values } of nodes) {
    const segment = Math.max(...inputs.map(segmentBehind));
    if (segment < 0) continue;
    for (const value of values) segments.set(value, segment);
    for (const input of inputs) {
      if (input && (segments.get(input) ?? segment) !== segment) kept.add(input);
    }
  }
  const final = Math.max(...segments.values());
  const recomputed = [...segments.keys()].filter((value) => {
    return segments.get(value)! < final && !kept.has(value) && !checkpoints.has(value);
  });
  return { segments, recomputed: new Set(recomputed) };
}
