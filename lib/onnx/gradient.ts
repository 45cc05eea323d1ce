import { GraphError, type Node, type Value } from "./graph.ts";
import { isFloat } from "./dtype.ts";
import { sameShape } from "./shapes.ts";
import { add } from "./ops/elementwise.ts";
import { zerosLike } from "./ops/shape.ts";

/**
 * Reverse-mode differentiation: appends to the graph the nodes that compute d loss / d value for each of the given
 * values, and returns them, shaped as the values. A value that the loss does not depend on gets zeros.
 *
 * Only what the wanted gradients need is built. Results are ordinary values: they can be differentiated again
 * wherever the nodes involved have a gradient rule.
 *
 * @param loss A scalar of a float type: its shape is `[]`, or has one element.
 * @param values What to differentiate by: inputs, constants or intermediate values, of the same graph.
 * @throws {GraphError} if the loss is no scalar, a value belongs to another graph, or a node on the way has no gradient
 *   rule or one that needs to know a symbolic size (it is named).
 */
export function gradients(loss: Value, values: readonly Value[]): Value[] {
  const graph = loss.graph;
  if (loss.shape.some((dim) => dim !== 1)) {
    throw new GraphError(`loss: "${loss.name}" has shape [${loss.shape}] where a scalar is expected`);
  }
  if (!isFloat(loss.dtype)) {
    throw new GraphError(`loss: "${loss.name}" is ${loss.dtype} where a float type is expected`);
  }
  const foreign = values.find((value) => value.graph !== graph);
  if (foreign) throw new GraphError(`values: "${foreign.name}" belongs to another graph`);
  const last = loss.node?.index ?? -1;
  const wanted = new Set<Value>(values);
  const active = (value: Value | undefined) =>
    value !== undefined && wanted.has(value) && isFloat(value.dtype);
  const nodes = graph.nodes.slice(0, last + 1);
  for (const node of nodes) {
    if (node.inputs.some(active)) node.values.forEach((value) => wanted.add(value));
  }

  const found = new Map<Value, Value>();
  if (wanted.has(loss)) found.set(loss, ones(loss));
  for (let index = last; index >= 0; index--) {
    const node = nodes[index];
    const incoming = node.values.map((value) => found.get(value));
    const which = node.inputs.map(active);
    if (!incoming.some(Boolean) || !which.some(Boolean)) continue;
    const outgoing = backward(node, incoming, which);
    node.inputs.forEach((input, i) => {
      const dy = outgoing[i];
      if (!input || !dy || !which[i]) return;
      if (!sameShape(dy.shape, input.shape) || dy.dtype !== input.dtype) {
        throw new GraphError(
          `node "${node.name}": its gradient rule gives ${dy.dtype} [${dy.shape}] where ` +
            `${input.dtype} [${input.shape}] is expected, for input ${i}`,
        );
      }
      const before = found.get(input);
      found.set(input, before ? add(before, dy) : dy);
    });
  }
  return values.map((value) => found.get(value) ?? zerosLike(value));
}

function backward(node: Node, incoming: (Value | undefined)[], which: boolean[]): (Value | undefined)[] {
  if (!node.gradient) throw new GraphError(`node "${node.name}": ${node.op} has no gradient rule`);
  return node.values[0].graph.scope(
    `${node.name}.gradient`,
    () => node.gradient!(incoming, node.values, which),
  );
}

function ones(loss: Value): Value {
  return loss.graph.constant([1], loss.dtype, loss.staticShape);
}
