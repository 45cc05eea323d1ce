import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Scope } from "../../lib/nn/scope.ts";
import { mean, square, sub } from "../../lib/onnx/mod.ts";
import { linearLayer } from "../../lib/nn/layers.ts";
import { Generator } from "../../lib/random.ts";
import { tensor } from "../../lib/tensor.ts";
import { assertSound, DivergenceError } from "../../lib/training/divergence.ts";
import { Trainer } from "../../lib/training/trainer.ts";

const objective = (scope: Scope) => {
  const x = scope.graph.input("x", "float32", [2, 3]);
  const target = scope.graph.input("target", "float32", [2, 1]);
  return mean(square(sub(linearLayer(scope.at("out"), x, 1), target)));
};

const feeds = (value: number) => ({
  x: tensor(new Float32Array(6).fill(value), [2, 3]),
  target: tensor(Float32Array.of(1, 2), [2, 1]),
});

const create = () => Trainer.create(objective, { generator: new Generator(1) });

Deno.test("a step whose loss or gradient is not finite is refused, and the state stays as it was", async () => {
  await using trainer = await create();
  await trainer.step(feeds(1), 0.1);
  const before = trainer.state;
  await assertRejects(() => trainer.step(feeds(NaN), 0.1), DivergenceError, "loss: NaN at step 2");
  await assertRejects(() => trainer.step(feeds(1e30), 0.1), DivergenceError, "loss: Infinity at step 2");
  assertEquals(trainer.state, before);
  assertEquals((await trainer.step(feeds(1), 0.1)).step, 2);
});

Deno.test("a learning rate that no graph takes is refused", async () => {
  await using trainer = await create();
  for (const rate of [NaN, -1, Infinity, 1e308]) {
    await assertRejects(() => trainer.step(feeds(1), rate), RangeError, `learningRate: ${rate} where`);
  }
  assertEquals(trainer.steps, 0);
  await assertRejects(
    () => Trainer.create(objective, { generator: new Generator(1), averageDecay: 1.5 }),
    RangeError,
    "averageDecay: 1.5 where a number from 0 to 1",
  );
});

Deno.test("every vector of a state is looked at, and weights are held to what a file holds", async () => {
  await using trainer = await create();
  await trainer.step(feeds(1), 0.1);
  assertSound(trainer.state, 65504);
  for (const name of ["parameters", "m", "v", "average"] as const) {
    for (const value of [NaN, Infinity, -Infinity]) {
      const { state } = trainer;
      state[name][state[name].length - 1] = value;
      assertThrows(() => assertSound(state), DivergenceError, `${name}: ${value} at step 1 where finite`);
    }
  }
  const { state } = trainer;
  state.average[0] = -70000;
  assertSound(state);
  assertThrows(
    () => assertSound(state, 65504),
    DivergenceError,
    "average: -70000 at step 1 where numbers within",
  );
});

Deno.test("a state of a step that is none is refused", async () => {
  await using trainer = await create();
  for (const step of [NaN, -1, 0.5]) {
    assertThrows(() => trainer.restore({ ...trainer.state, step }), RangeError, `state: step ${step} where`);
  }
});
