/** Convolutions in integers, against the formula in loops. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { multiplyAdds } from "../../lib/onnx/cost.ts";
import { Graph, GraphError, openSession, type Value } from "../../lib/onnx/mod.ts";
import { quantizedConv2d } from "../../lib/onnx/ops/quantized_conv.ts";
import { Generator } from "../../lib/random.ts";
import { roundHalfEven } from "../../lib/round_half_even.ts";
import type { Tensor } from "../../lib/tensor.ts";

const clamp = (x: number, min: number, max: number) => Math.max(min, Math.min(max, x));

/** What a layer is made of. */
interface Layer {
  readonly weight: Int8Array;
  readonly shape: readonly [O: number, C: number, K: number];
  readonly weightScale: Float32Array;
  readonly inputScale: Float32Array;
  readonly zero: number;
  readonly outputScale: Float32Array;
  readonly outputCentre: Float32Array;
  readonly bias?: Float32Array;
}

function randomLayer(seed: number, bias: boolean): Layer {
  const generator = new Generator(seed);
  const positive = (n: number, around: number) => generator.rand([n]).data.map((u) => around * (0.5 + u));
  return {
    weight: Int8Array.from(generator.rand([3 * 4 * 9]).data, (u) => Math.round(254 * u - 127)),
    shape: [3, 4, 3],
    weightScale: positive(3, 0.002),
    inputScale: positive(4, 0.02),
    zero: 37,
    outputScale: positive(3, 0.5),
    outputCentre: generator.randn([3]).data,
    ...(bias && { bias: generator.randn([3]).data }),
  };
}

/** The nodes of a layer. */
function build(graph: Graph, x: Value, layer: Layer): Value {
  const vector = (name: string, data: Float32Array) => {
    return graph.initializer(name, "float32", { data, shape: [data.length] });
  };
  const [o, c, k] = layer.shape;
  return quantizedConv2d(x, {
    weight: graph.initializer("weight", "int8", { data: layer.weight, shape: [o, c, k, k] }),
    weightScale: vector("weightScale", layer.weightScale),
    inputScale: vector("inputScale", layer.inputScale),
    inputZeroPoint: graph.initializer("zero", "uint8", { data: Uint8Array.of(layer.zero), shape: [] }),
    outputScale: vector("outputScale", layer.outputScale),
    outputCentre: vector("outputCentre", layer.outputCentre),
    bias: layer.bias && vector("bias", layer.bias),
  }, { padding: 1 });
}

/** The formula of the documentation. */
function expected(x: Tensor, layer: Layer): number[] {
  const [n, c, h, w] = x.shape;
  const [outputs, , k] = layer.shape;
  const quantized = x.data.map((value, i) => {
    const channel = Math.floor(i / (h * w)) % c;
    return clamp(roundHalfEven(value / layer.inputScale[channel]) + layer.zero, 0, 255);
  });
  const result: number[] = [];
  for (let image = 0; image < n; image++) {
    for (let o = 0; o < outputs; o++) {
      const { weightScale, outputScale, outputCentre, bias } = layer;
      const offset = roundHalfEven(((bias?.[o] ?? 0) - outputCentre[o]) / weightScale[o]);
      for (let row = 0; row < h; row++) {
        for (let column = 0; column < w; column++) {
          let sum = offset;
          for (let i = 0; i < c; i++) {
            for (let dy = 0; dy < k; dy++) {
              for (let dx = 0; dx < k; dx++) {
                const [y, z] = [row + dy - 1, column + dx - 1];
                if (y < 0 || y >= h || z < 0 || z >= w) continue; // an input of 0
                const q = quantized[((image * c + i) * h + y) * w + z] - layer.zero;
                sum += layer.weight[((o * c + i) * k + dy) * k + dx] * q;
              }
            }
          }
          const steps = clamp(roundHalfEven(sum * weightScale[o] / outputScale[o]), -128, 127);
          result.push(outputCentre[o] + outputScale[o] * steps);
        }
      }
    }
  }
  return result;
}

for (const bias of [true, false]) {
  Deno.test(`a convolution in integers ${bias ? "with" : "without"} a bias follows its formula`, async () => {
    const layer = randomLayer(1, bias);
    const graph = new Graph();
    const x = graph.input("x", "float32", ["batch", 4, 6, 5]);
    const y = build(graph, x, layer);
    assertEquals(y.shape, ["batch", 3, 6, 5]);
    assertEquals(multiplyAdds(Object.assign(graph, graph.output("y", y)), { batch: 2 }), 2 * 30 * 3 * 4 * 9);
    await using session = await openSession(graph);
    // Twice as far as the steps reach on one side, so that some are cut off.
    const images = { data: new Generator(2).randn([2, 4, 6, 5]).data, shape: [2, 4, 6, 5] };
    const found = (await session.run({ x: images })).y.data;
    const sums = expected(images, layer);
    // The runtime's own factor may round a step the other way.
    const apart = sums.filter((value, i) => Math.abs(value - found[i]) > 1e-4);
    assert(apart.length <= 2, `${apart.length} of ${sums.length} differ`);
    sums.forEach((value, i) => assertAlmostEquals(found[i], value, 1.01 * layer.outputScale[1] * 2));
    assert(images.data.some((value, i) => value / layer.inputScale[Math.floor(i / 30) % 4] < -layer.zero));
  });
}

Deno.test("a convolution in integers refuses what does not fit", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [1, 5, 4, 4]);
  assertThrows(
    () => build(graph, x, randomLayer(1, true)),
    GraphError,
    "[out, 5, height, width] is expected",
  );
  const other = new Graph();
  const images = other.input("x", "float32", [1, 4, 4, 4]);
  const layer = { ...randomLayer(1, true), outputScale: new Float32Array(2) };
  assertThrows(() => build(other, images, layer), GraphError, "outputScale: shape [2] where [3] is expected");
});
