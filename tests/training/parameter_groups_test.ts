/** Trainers with other optimisers than Adam, and with groups of parameters. */
import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { linearLayer } from "../../lib/nn/layers.ts";
import type { Scope } from "../../lib/nn/scope.ts";
import { gelu, mean, square, sub } from "../../lib/onnx/mod.ts";
import { Generator } from "../../lib/random.ts";
import { parameterGroups } from "../../lib/training/parameter_groups.ts";
import { Trainer, type TrainerOptions } from "../../lib/training/trainer.ts";

const BATCH = 6;
const objective = (scope: Scope) => {
  const x = scope.graph.input("x", "float32", [BATCH, 3]);
  const target = scope.graph.input("target", "float32", [BATCH, 2]);
  const hidden = gelu(linearLayer(scope.at("inner"), x, 5));
  return mean(square(sub(linearLayer(scope.at("outer"), hidden, 2), target)));
};
const feeds = { x: new Generator(5).randn([BATCH, 3]), target: new Generator(6).randn([BATCH, 2]) };
const RATE = 1e-2;

async function trained(steps: number, options: Partial<TrainerOptions> = {}) {
  await using trainer = await Trainer.create(objective, { generator: new Generator(1), ...options });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await trainer.step(feeds, RATE)).loss);
  return { weights: trainer.weights(), state: trainer.state, losses };
}

for (
  const [name, options] of Object.entries<Partial<TrainerOptions>>({
    sgd: { sgd: { nesterov: true }, weightDecay: 0.1, clipNorm: 1 },
    lion: { lion: {}, weightDecay: 0.1 },
    "lion beside Muon": { lion: {}, muon: { parameters: (name) => name === "inner.weight" } },
  })
) {
  Deno.test(`${name}: a trainer learns, and goes on from its state as if it had not stopped`, async () => {
    const whole = await trained(20, options);
    const [first, last] = [whole.losses[0], whole.losses.at(-1)!];
    assertEquals(last < 0.95 * first, true, `${first} to ${last}`);
    const half = await trained(7, options);
    await using rest = await Trainer.create(objective, { generator: new Generator(9), ...options });
    rest.restore(half.state);
    for (let step = 7; step < 20; step++) await rest.step(feeds, RATE);
    assertEquals(rest.state, whole.state);
  });
}

Deno.test("lion moves every number by the learning rate", async () => {
  const [before, after] = [await trained(0), await trained(1, { lion: {} })];
  for (const [name, { data }] of Object.entries(before.weights)) {
    data.forEach((value, i) => assertAlmostEquals(Math.abs(after.weights[name].data[i] - value), RATE, 1e-6));
  }
});

Deno.test("a group has its own rate and its own decay, the first that names a parameter", async () => {
  const isBias = (name: string) => name.endsWith(".bias");
  const before = (await trained(0)).weights;
  const plain = (await trained(1, { sgd: {}, weightDecay: 0.5 })).weights;
  const { weights } = await trained(1, {
    sgd: {},
    weightDecay: 0.5,
    groups: [
      { parameters: (name) => name === "outer.weight", rateFactor: 0 },
      { parameters: isBias, weightDecay: 0 },
      { parameters: (name) => name.startsWith("outer."), rateFactor: 10 },
      { parameters: (_, shape) => shape.length === 2, rateFactor: 0.5 },
    ],
  });
  const moved = (name: string, of: typeof plain) =>
    Array.from(of[name].data, (value, i) => value - before[name].data[i]);
  assertEquals(moved("outer.weight", weights), moved("outer.weight", before));
  moved("inner.weight", plain).forEach((way, i) => {
    assertAlmostEquals(moved("inner.weight", weights)[i], way / 2, 1e-7);
  });
  for (const name of ["inner.bias", "outer.bias"]) {
    moved(name, plain).forEach((way, i) => {
      assertAlmostEquals(moved(name, weights)[i], way + RATE * 0.5 * before[name].data[i], 1e-7);
    });
    assertNotEquals(moved(name, weights), moved(name, plain));
  }
});

Deno.test("AdamW's groups: without decay as Adam, and neighbours of one kind are one part", async () => {
  const none = [{ parameters: () => true, weightDecay: 0 }];
  const [adam, groups] = [await trained(3), await trained(3, { weightDecay: 0.3, groups: none })];
  assertEquals(groups.weights, adam.weights);
  const specs = ["a", "b", "c"].map((name) => ({ name, shape: [2, 2], init: () => new Float32Array(4) }));
  const ofB = [{ parameters: (name: string) => name === "b", rateFactor: 2 }];
  assertEquals(parameterGroups(specs, () => false), [{ start: 0, end: 12 }]);
  assertEquals(parameterGroups(specs, () => false, ofB), [
    { start: 0, end: 4 },
    { start: 4, end: 8, rateFactor: 2 },
    { start: 8, end: 12 },
  ]);
});

Deno.test("optimisers that exclude one another, and groups out of range, are refused", async () => {
  const create = (options: Partial<TrainerOptions>) =>
    Trainer.create(objective, { generator: new Generator(1), ...options });
  await assertRejects(() => create({ sgd: {}, lion: {} }), RangeError, "lion: given beside sgd where one of");
  const all = () => true;
  const cases: [object, string][] = [
    [{ rateFactor: -1 }, "groups[0].rateFactor: -1 where a number from 0"],
    [{ weightDecay: NaN }, "groups[0].weightDecay: NaN where"],
    [{ learningRate: 1 }, 'options: "learningRate" where one of parameters, rateFactor, weightDecay'],
  ];
  for (const [group, message] of cases) {
    await assertRejects(() => create({ groups: [{ parameters: all, ...group }] }), RangeError, message);
  }
  const odd = { epsilon: 1 } as object;
  await assertRejects(() => create({ sgd: odd }), RangeError, 'options: "epsilon"');
  await assertRejects(() => create({ lion: odd }), RangeError, 'options: "epsilon"');
});
