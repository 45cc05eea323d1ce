/** Normalisation of data whose mean is far larger than its deviation, against double precision. */
import { assertLess } from "@std/assert";
import {
  batchNorm,
  batchNormTraining,
  gradients,
  Graph,
  layerNorm,
  mul,
  openSession,
  sum,
} from "../../lib/onnx/mod.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";

const shape = [8, 4, 10, 12];
const [, channels, height, width] = shape;
const plane = height * width;
const incoming = new Generator(2).randn(shape);

/** The values that are normalised together: those of a channel, or of a row. */
const groups = {
  channel: (i: number) => Math.floor(i / plane) % channels,
  row: (i: number) => Math.floor(i / width),
};

/** What a network is told of a normalisation, in double precision, by a weight of 1.5 and a bias of 0.25. */
function reference({ data }: Tensor, group: (i: number) => number, parameter: (i: number) => number) {
  const members: number[][] = [];
  data.forEach((_, i) => (members[group(i)] ??= []).push(i));
  const found = { y: new Float64Array(data.length), dx: new Float64Array(data.length), dw: [] as number[] };
  const statistics = members.map((indices) => {
    const mean = indices.reduce((total, i) => total + data[i], 0) / indices.length;
    const variance = indices.reduce((total, i) => total + (data[i] - mean) ** 2, 0) / indices.length;
    const scale = 1 / Math.sqrt(variance + 1e-5);
    const normal = (i: number) => (data[i] - mean) * scale;
    const mean1 = indices.reduce((total, i) => total + 1.5 * incoming.data[i], 0) / indices.length;
    const mean2 = indices.reduce((total, i) => total + 1.5 * incoming.data[i] * normal(i), 0) /
      indices.length;
    for (const i of indices) {
      found.y[i] = 1.5 * normal(i) + 0.25;
      found.dx[i] = scale * (1.5 * incoming.data[i] - mean1 - normal(i) * mean2);
      found.dw[parameter(i)] = (found.dw[parameter(i)] ?? 0) + incoming.data[i] * normal(i);
    }
    return { mean, variance };
  });
  return { ...found, mean: statistics.map(({ mean }) => mean), variance: statistics.map((s) => s.variance) };
}

/** The largest error, as a part of the largest value. */
function relative(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs(found[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return error / largest;
}

for (const [mean, deviation] of [[100, 0.1], [-3000, 1], [0, 1], [0.5, 1e-3], [20, 5]]) {
  const x: Tensor = {
    data: new Generator(1).randn(shape).data.map((value) => deviation * value + mean),
    shape,
  };

  Deno.test(`batch norm of mean ${mean} and deviation ${deviation} is that of double precision`, async () => {
    const graph = new Graph();
    const [input, dy] = ["x", "dy"].map((name) => graph.input(name, "float32", shape));
    const [weight, bias] = [1.5, 0.25].map((value) => graph.constant(Array(channels).fill(value)));
    const { y, mean: batchMean, variance } = batchNormTraining(input, weight, bias);
    const found = { y, mean: batchMean, variance };
    const [dx, dw] = gradients(sum(mul(y, dy)), [input, weight]);
    for (const [name, value] of Object.entries({ ...found, dx, dw })) graph.output(`${name}.out`, value);
    await using session = await openSession(graph, { threads: 1 });
    const out = await session.run({ x, dy: incoming });
    const expected = reference(x, groups.channel, groups.channel);
    for (const name of ["y", "dx", "dw", "mean"] as const) {
      assertLess(relative(out[`${name}.out`].data, expected[name]), 3e-6, name);
    }
    assertLess(relative(out["variance.out"].data, expected.variance), 1e-5, "variance");
  });

  Deno.test(`layer norm of mean ${mean} and deviation ${deviation} is that of double precision`, async () => {
    const graph = new Graph();
    const [input, dy] = ["x", "dy"].map((name) => graph.input(name, "float32", shape));
    const [weight, bias] = [1.5, 0.25].map((value) => graph.constant(Array(width).fill(value)));
    const y = layerNorm(input, weight, bias);
    const [dx, dw] = gradients(sum(mul(y, dy)), [input, weight]);
    for (const [name, value] of Object.entries({ y, dx, dw })) graph.output(`${name}.out`, value);
    await using session = await openSession(graph, { threads: 1 });
    const out = await session.run({ x, dy: incoming });
    const expected = reference(x, groups.row, (i) => i % width);
    for (const name of ["y", "dx", "dw"] as const) {
      assertLess(relative(out[`${name}.out`].data, expected[name]), 3e-6, name);
    }
  });

  Deno.test(`by given statistics, mean ${mean} and deviation ${deviation}, the weight's gradient is exact`, async () => {
    const graph = new Graph();
    const [input, dy] = ["x", "dy"].map((name) => graph.input(name, "float32", shape));
    const constants = [1.5, 0.25, mean, deviation ** 2].map((n) => graph.constant(Array(channels).fill(n)));
    const [weight, bias, runningMean, runningVariance] = constants;
    const y = batchNorm(input, weight, bias, runningMean, runningVariance);
    graph.output("dw", gradients(sum(mul(y, dy)), [weight])[0]);
    await using session = await openSession(graph, { threads: 1 });
    const { dw } = await session.run({ x, dy: incoming });
    const scale = 1 / Math.sqrt(Math.fround(deviation ** 2) + 1e-5);
    const expected = new Float64Array(channels);
    x.data.forEach((value, i) => {
      expected[groups.channel(i)] += incoming.data[i] * (value - Math.fround(mean)) * scale;
    });
    assertLess(relative(dw.data, expected), 3e-6);
  });
}
