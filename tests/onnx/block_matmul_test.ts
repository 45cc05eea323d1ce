/** Products with integers of 4 bits, against the formula in loops. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { multiplyAdds } from "../../lib/onnx/cost.ts";
import { Graph, GraphError, openSession } from "../../lib/onnx/mod.ts";
import { blockMatmul } from "../../lib/onnx/ops/block_matmul.ts";
import { Generator } from "../../lib/random.ts";

const [outputs, blocks, size] = [5, 3, 16];

function build(weightShape = [outputs, blocks, size / 2]) {
  const generator = new Generator(4);
  const weight = Uint8Array.from(
    generator.rand([outputs * blocks * size / 2]).data,
    (u) => Math.floor(256 * u),
  );
  const scales = generator.randn([outputs, blocks]);
  const graph = new Graph();
  const x = graph.input("x", "float32", ["batch", 2, blocks * size]);
  const y = blockMatmul(x, {
    weight: graph.initializer("weight", "uint8", { data: weight, shape: weightShape }),
    scales: graph.initializer("scales", "float32", scales),
  });
  graph.output("y", y);
  return { graph, weight, scales, shape: y.shape };
}

Deno.test("a product with integers of 4 bits is that of the numbers which they stand for", async () => {
  const { graph, weight, scales, shape } = build();
  assertEquals(shape, ["batch", 2, outputs]);
  assertEquals(multiplyAdds(graph, { batch: 3 }), 3 * 2 * outputs * blocks * size);
  const columns = blocks * size;
  const x = new Generator(5).randn([3, 2, columns]);
  await using session = await openSession(graph, { device: "cpu" });
  const { y } = await session.run({ x });
  assertEquals(y.shape, [3, 2, outputs]);
  const at = (o: number, c: number) => {
    const i = o * columns + c;
    const number = c % 2 === 0 ? weight[i >> 1] & 15 : weight[i >> 1] >> 4;
    return scales.data[Math.floor(i / size)] * (number - 8);
  };
  for (let row = 0; row < 6; row++) {
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += x.data[row * columns + c] * at(o, c);
      assertAlmostEquals(y.data[row * outputs + o], sum, 1e-3 + 1e-5 * Math.abs(sum));
    }
  }
});

Deno.test("matrices whose blocks do not fit are refused", () => {
  assertThrows(() => build([outputs, 2 * blocks, size / 4]), GraphError, "blocks of 8 numbers");
  assertThrows(() => build([outputs, blocks * size / 2]), GraphError, "three axes");
});
