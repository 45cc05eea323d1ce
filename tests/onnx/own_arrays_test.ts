/** A graph's arrays are its own: what it gives out and what it is made from can be changed without changing it. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  concat,
  conv2d,
  flip,
  gradients,
  Graph,
  mul,
  openSession,
  pad,
  reshape,
  split,
  square,
  sum,
  transpose,
  type Value,
} from "../../lib/onnx/mod.ts";

/** Runs a graph of one input `x`, and gives y and the gradient of the sum of its squares times 1, 2, 3, ... */
async function run(shape: number[], build: (x: Value, graph: Graph) => Value): Promise<number[][]> {
  const graph = new Graph();
  const x = graph.input("x", "float32", shape);
  const y = build(x, graph);
  const size = shape.reduce((n, m) => n * m, 1);
  const count = y.staticShape.reduce((n, m) => n * m, 1);
  const weights = graph.constant(Array.from({ length: count }, (_, i) => i + 1), "float32", y.staticShape);
  const [dx] = gradients(sum(mul(square(y), weights)), [x]);
  graph.output("y", y);
  graph.output("dx", dx);
  await using session = await openSession(graph, { threads: 1 });
  const found = await session.run({
    x: { data: Float32Array.from({ length: size }, (_, i) => i + 1), shape },
  });
  return [[...found.y.data], [...found.dx.data]];
}

/** Changes an array as a program in JavaScript may. */
function scramble(list: readonly unknown[]): void {
  (list as unknown[]).reverse();
}

Deno.test("the parts of a split can be put into another order", async () => {
  const found = await run([3], (x) => concat(split(mul(x, 1), [1, 2], 0).reverse(), 0));
  assertEquals(found, [[2, 3, 1], [2 * 1 * 3, 2 * 2 * 1, 2 * 3 * 2]]);
});

Deno.test("so can those of a split that undoes a concatenation", async () => {
  const found = await run([3], (x) => {
    const parts = split(mul(x, 1), [1, 2], 0);
    const joined = concat(parts, 0);
    const undone = split(joined, [1, 2], 0);
    scramble(parts);
    return concat([joined, ...undone.reverse()], 0);
  });
  assertEquals(found[0], [1, 2, 3, 2, 3, 1]);
  assertEquals(found[1], [2 * 1 * (1 + 6), 2 * 2 * (2 + 4), 2 * 3 * (3 + 5)]);
});

Deno.test("the values of a node of one's own can be put into another order", async () => {
  const found = await run([3], (x, graph) => {
    const values = graph.node({
      op: "Split",
      inputs: [x, graph.constant([1, 2], "int64")],
      attributes: { axis: { int: 0 } },
      outputs: [{ dtype: "float32", shape: [1] }, { dtype: "float32", shape: [2] }],
      gradient: (dys) => [concat(dys as Value[], 0)],
    });
    return concat(values.reverse(), 0);
  });
  assertEquals(found, [[2, 3, 1], [6, 4, 12]]);
});

Deno.test("what operators are told can be changed afterwards", async () => {
  const plain = await run([2, 3], (x) => {
    const turned = pad(transpose(x, [1, 0]), [[1, 0], [0, 2]]);
    return flip(reshape(concat([turned, turned], 0), [4, 8]), [0]);
  });
  const changed = await run([2, 3], (x) => {
    const [order, amounts, shape, axes] = [[1, 0], [[1, 0], [0, 2]], [4, 8], [0]];
    const turned = pad(transpose(x, order), amounts);
    const values = [turned, turned];
    const joined = concat(values, 0);
    values.length = 0;
    const y = flip(reshape(joined, shape), axes);
    axes[0] = 1;
    amounts.forEach(scramble);
    [order, amounts, shape].forEach(scramble);
    return y;
  });
  assertEquals(changed, plain);
  const convolve = (change: boolean) =>
    run([1, 1, 4, 5], (x, graph) => {
      const [stride, padding] = [[2, 1] as [number, number], [1, 0] as [number, number]];
      const y = conv2d(x, graph.constant([1, 2, 3, 4, 5, 6], "float32", [1, 1, 3, 2]), undefined, {
        stride,
        padding,
      });
      if (change) [stride, padding].forEach(scramble);
      return y;
    });
  assertEquals(await convolve(true), await convolve(false));
});

Deno.test("attributes, shapes and lists of a graph are copies, or frozen", () => {
  const graph = new Graph();
  const shape = [2, 3];
  const x = graph.input("x", "float32", shape);
  shape[0] = 9;
  assertEquals(x.shape, [2, 3]);
  assertThrows(() => scramble(x.shape), TypeError);
  const perm = [1, 0];
  const outputShape = [3, 2];
  const [y] = graph.node({
    op: "Transpose",
    inputs: [x],
    attributes: { perm: { ints: perm } },
    outputs: [{ dtype: "float32", shape: outputShape }],
  });
  graph.output("y", y);
  const bytes = graph.toBytes();
  [perm, outputShape].forEach(scramble);
  for (const list of [graph.inputs, graph.outputs, graph.nodes]) (list as unknown[]).length = 0;
  assertEquals(y.shape, [3, 2]);
  assertEquals(graph.toBytes(), bytes);
  const node = graph.nodes[0];
  for (const list of [node.inputs, node.values, node.outputs]) {
    assertThrows(() => (list as unknown[]).pop(), TypeError);
  }
  assertThrows(() => Object.assign(node.attributes!, { perm: { ints: [0, 1] } }), TypeError);
  const data = { location: "w", offset: 0, length: 24 };
  graph.output("w", graph.external("weights", "float32", [2, 3], data));
  const written = graph.toBytes();
  data.offset = 4;
  assertEquals(graph.toBytes(), written);
});
