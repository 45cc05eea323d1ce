/** Convolutions in blocks against the same ones as they are. */
import { assert, assertEquals } from "@std/assert";
import { Generator } from "../../lib/random.ts";
import { convolutionBlock } from "../../lib/onnx/convolution_block.ts";
import { conv2d, gradients, Graph, openSession, square, sum } from "../../lib/onnx/mod.ts";

/** A loss of two convolutions of the same picture, by the weights, and the gradients. */
function graphOf({ channels, outputs, kernel, stride, dilation = 1, groups = 1 }: {
  channels: number;
  outputs: number;
  kernel: number;
  stride: number;
  dilation?: number;
  groups?: number;
}): Graph {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, channels, 6, 5]);
  const weight = graph.input("weight", "float32", [outputs, channels / groups, kernel, kernel]);
  const bias = graph.input("bias", "float32", [outputs]);
  const y = conv2d(x, weight, bias, { stride, padding: dilation, dilation, groups });
  const loss = sum(square(y));
  const [dx, dWeight, dBias] = gradients(loss, [x, weight, bias]);
  graph.output("y", y);
  graph.output("twice", conv2d(x, weight, undefined, { stride, padding: dilation, dilation, groups }));
  graph.output("dx", dx);
  graph.output("dWeight", dWeight);
  graph.output("dBias", dBias);
  return graph;
}

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

for (
  const [what, shape, lowered] of [
    ["whole blocks", { channels: 32, outputs: 16, kernel: 3, stride: 1 }, true],
    ["a stride", { channels: 16, outputs: 32, kernel: 4, stride: 2 }, true],
    ["a dilation", { channels: 16, outputs: 16, kernel: 3, stride: 1, dilation: 2 }, true],
    ["groups", { channels: 32, outputs: 32, kernel: 3, stride: 1, groups: 2 }, false],
    ["parts of a block", { channels: 3, outputs: 16, kernel: 3, stride: 1 }, false],
    ["single pixels", { channels: 16, outputs: 16, kernel: 1, stride: 1 }, false],
  ] as const
) {
  Deno.test(`a convolution of ${what} is the same in blocks`, async () => {
    const block = await convolutionBlock();
    if (block === undefined) return;
    const graph = graphOf(shape);
    const bytes = graph.toBytes({ convolutionBlock: block });
    assertEquals(text(bytes).includes("ReorderInput"), lowered);
    assert(!text(graph.toBytes()).includes("ReorderInput"));
    const generator = new Generator(1);
    const inputs = Object.fromEntries(graph.inputs.map(({ name, shape }) => {
      return [name, generator.randn(shape as number[])];
    }));
    await using plain = await openSession(graph.toBytes());
    await using blocked = await openSession(bytes);
    const expected = await plain.run(inputs);
    const found = await blocked.run(inputs);
    for (const { name } of graph.outputs) {
      assertEquals(found[name].shape, expected[name].shape);
      const scale = Math.max(...expected[name].data.map(Math.abs));
      expected[name].data.forEach((value, i) => {
        assert(
          Math.abs(found[name].data[i] - value) < 1e-5 * scale,
          `${name}[${i}]: ${found[name].data[i]}, ${value}`,
        );
      });
    }
  });
}

Deno.test("a convolution with constant weights is left to the runtime", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [1, 16, 4, 4]);
  graph.output("y", conv2d(x, graph.constant(Array<number>(16 * 16 * 9).fill(1), "float32", [16, 16, 3, 3])));
  assert(!text(graph.toBytes({ convolutionBlock: 16 })).includes("ReorderInput"));
});

Deno.test("this machine's CPU has blocks of 8 or 16, or none", async () => {
  assert([8, 16, undefined].includes(await convolutionBlock()));
});
