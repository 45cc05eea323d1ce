/** Dropout: what it computes, and that its noise is the same whenever and however a step is made. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { linearLayer } from "../../lib/nn/layers.ts";
import type { Scope } from "../../lib/nn/scope.ts";
import { gradients, Graph, GraphError, mean, openSession, square, sub, sum } from "../../lib/onnx/mod.ts";
import { dropout } from "../../lib/onnx/ops/mod.ts";
import { Generator } from "../../lib/random.ts";
import { Trainer, type TrainerOptions } from "../../lib/training/trainer.ts";

Deno.test("dropout keeps what its noise reaches the probability for, scaled, and gradients go the same way", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [5]);
  const y = dropout(x, 0.25);
  graph.output("y", y);
  graph.output("dx", gradients(sum(square(y)), [x])[0]);
  await using session = await openSession(graph, { threads: 1 });
  const list = (...values: number[]) => ({ data: Float32Array.from(values), shape: [5] });
  const found = await session.run({ x: list(1, 2, 3, 4, 5), "dropout.0": list(0, 0.2, 0.25, 0.6, 0.999) });
  const expected = [0, 0, 4, 16 / 3, 20 / 3];
  expected.forEach((value, i) => {
    assertAlmostEquals(found.y.data[i] as number, value, 1e-5);
    assertAlmostEquals(found.dx.data[i] as number, 2 * value * 4 / 3, 1e-4);
  });
});

Deno.test("dropout: whole channels together, several in a graph, and none at a probability of 0", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 3, 4, 4]);
  assert(dropout(x, 0) === x);
  dropout(dropout(x, 0.5), 0.1, { together: [-1, 2] });
  assertEquals(graph.inputs.slice(1).map(({ name, shape }) => [name, shape]), [
    ["dropout.0", [2, 3, 4, 4]],
    ["dropout.1", [2, 3, 1, 1]],
  ]);
  for (const probability of [1, -0.1, NaN]) {
    assertThrows(
      () => dropout(x, probability),
      GraphError,
      `probability: ${probability} where a number from 0`,
    );
  }
  assertThrows(() => dropout(graph.input("s", "float32", ["n"]), 0.5), GraphError, "all sizes must be known");
  assertThrows(() => dropout(x, 0.5, { axes: [1] } as object), GraphError, 'options: "axes" where together');
});

const BATCH = 8;
const objective = (rows: number) => (scope: Scope) => {
  const x = scope.graph.input("x", "float32", [rows, 6]);
  const target = scope.graph.input("target", "float32", [rows, 2]);
  const hidden = linearLayer(scope.at("inner"), x, 16);
  const kept = scope.training ? dropout(hidden, 0.5) : hidden;
  return mean(square(sub(linearLayer(scope.at("outer"), kept, 2), target)));
};
const feeds = { x: new Generator(5).randn([BATCH, 6]), target: new Generator(6).randn([BATCH, 2]) };
const create = (rows: number, options: Partial<TrainerOptions> = {}) =>
  Trainer.create(objective(rows), { generator: new Generator(1), threads: 1, ...options });

async function losses(steps: number, rows: number, options: Partial<TrainerOptions> = {}) {
  await using trainer = await create(rows, options);
  const list: number[] = [];
  for (let step = 0; step < steps; step++) list.push((await trainer.step(feeds, 1e-3)).loss);
  return { list, state: trainer.state };
}

Deno.test("a trainer with dropout goes on from its state as if it had not stopped", async () => {
  const whole = await losses(6, BATCH);
  const half = await losses(2, BATCH);
  await using rest = await create(BATCH, { generator: new Generator(9) });
  rest.restore(half.state);
  for (let step = 2; step < 6; step++) assertEquals((await rest.step(feeds, 1e-3)).loss, whole.list[step]);
  assertEquals(rest.state, whole.state);
});

Deno.test("dropout differs from step to step and from seed to seed, not from time to time", async () => {
  await using trainer = await create(BATCH);
  // Without a learning rate the weights stay: what differs is what is dropped.
  const first = [await trainer.step(feeds, 0), await trainer.step(feeds, 0)].map(({ loss }) => loss);
  assertNotEquals(first[0], first[1]);
  assertEquals((await losses(1, BATCH)).list[0], first[0]);
  const other = (await losses(1, BATCH, { dropoutSeed: 1 })).list[0];
  assertNotEquals(other, first[0]);
  await assertRejects(
    () => create(BATCH, { dropoutSeed: 0.5 }),
    RangeError,
    "dropoutSeed: 0.5 where an integer",
  );
});

Deno.test("microbatches have noise of their own, the same for any number of replicas", async () => {
  const [whole, parts, replicas] = [
    await losses(3, BATCH),
    await losses(3, 2),
    await losses(3, 2, { threads: 2, replicas: 2 }),
  ];
  assertEquals(replicas, parts);
  // The rows of the batch have the same noise, however it is cut.
  parts.list.forEach((loss, i) => assertAlmostEquals(loss, whole.list[i], 1e-5));
});

Deno.test("half of what passes is dropped, and the mean stays", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [10_000]);
  graph.output("mean", mean(dropout(x, 0.5)));
  await using session = await openSession(graph, { threads: 1 });
  const noise = new Generator(3).rand([10_000]);
  const ones = { data: new Float32Array(10_000).fill(1), shape: [10_000] };
  const found = await session.run({ x: ones, "dropout.0": noise });
  assertAlmostEquals(found.mean.data[0] as number, 1, 0.03);
});
