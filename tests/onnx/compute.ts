/** Runs functions that are written as graphs, and compares what they compute. */
import { assertEquals, assertLess } from "@std/assert";
import { Graph, openSession, type Value } from "../../lib/onnx/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";

/** Runs a function written as a graph. */
export async function compute(
  inputs: readonly Tensor[],
  build: (...values: Value[]) => Value,
): Promise<Tensor> {
  const graph = new Graph();
  const values = inputs.map((x, i) => graph.input(`x${i}`, "float32", x.shape));
  const y = build(...values);
  graph.output("y", y);
  await using session = await openSession(graph, { threads: 1 });
  const feeds = Object.fromEntries(inputs.map((x, i) => [`x${i}`, x]));
  const result = (await session.run(feeds)).y;
  assertEquals(result.shape, y.shape, "the shape that the graph promised");
  return result;
}

/** Largest absolute difference, relative where values are above 1. */
export function assertNear(actual: Tensor, expected: Tensor, tolerance = 3e-6): void {
  assertEquals(actual.shape, expected.shape);
  const error = expected.data.reduce(
    (most, v, i) => Math.max(most, Math.abs(actual.data[i] - v) / Math.max(1, Math.abs(v))),
    0,
  );
  assertLess(error, tolerance);
}

/** A tensor of whole numbers in order, from 0. */
export function counting(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return { data: Float32Array.from({ length: size }, (_, i) => i), shape };
}

/** Numbers from -1 to 1 in no order that an eye would see. */
export function scattered(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return { data: Float32Array.from({ length: size }, (_, i) => i * 37 % 101 / 50 - 1), shape };
}

/** Asserts that values are those of a list, as PyTorch printed it. */
export function assertValues(actual: Tensor, expected: readonly number[], tolerance = 3e-6): void {
  assertNear(actual, { data: Float32Array.from(expected), shape: actual.shape }, tolerance);
}
