import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { linearLayer } from "../../lib/nn/layers.ts";
import type { Scope } from "../../lib/nn/scope.ts";
import { mean, square, sub } from "../../lib/onnx/mod.ts";
import { Generator } from "../../lib/random.ts";
import { gammaOf, powerAverageDecay } from "../../lib/training/power_average.ts";
import { Trainer, type TrainerOptions } from "../../lib/training/trainer.ts";

const objective = (scope: Scope) => {
  const x = scope.graph.input("x", "float32", [4, 3]);
  const target = scope.graph.input("target", "float32", [4, 1]);
  return mean(square(sub(linearLayer(scope.at("out"), x, 1), target)));
};

const generator = new Generator(5);
const feeds = { x: generator.randn([4, 3]), target: generator.randn([4, 1]) };

const create = (options: Partial<TrainerOptions> = {}) =>
  Trainer.create(objective, { generator: new Generator(1), ...options });

Deno.test("a trainer tracks averages by powers of the step, and goes on with them", async () => {
  const powerAverages = [0.05, 0.1];
  await using trainer = await create({ powerAverages });
  const expected = powerAverages.map(() => new Float64Array(4));
  for (let step = 1; step <= 6; step++) {
    if (step === 4) {
      const state = structuredClone(trainer.state);
      await trainer.step(feeds, 0.5);
      trainer.restore(state);
    }
    await trainer.step(feeds, 0.1);
    const { parameters } = trainer.state;
    for (const [n, sigmaRel] of powerAverages.entries()) {
      const decay = powerAverageDecay(step, gammaOf(sigmaRel));
      parameters.forEach((value, i) => expected[n][i] = decay * expected[n][i] + (1 - decay) * value);
    }
  }
  for (const n of powerAverages.keys()) {
    const average = Object.values(trainer.powerAverage(n)).flatMap(({ data }) => [...data]);
    average.forEach((value, i) => assertAlmostEquals(value, expected[n][i], 1e-6));
  }
  assertThrows(() => trainer.powerAverage(2), RangeError, "index: 2 where one of the 2 that are tracked");
});

Deno.test("averages change nothing else, and are not there unless asked for", async () => {
  await using plain = await create();
  await using tracking = await create({ powerAverages: [0.1] });
  for (let step = 0; step < 3; step++) {
    for (const trainer of [plain, tracking]) await trainer.step(feeds, 0.1);
  }
  const { powerAverages, ...rest } = tracking.state;
  assertEquals(rest, plain.state);
  assert(powerAverages);
  assertThrows(
    () => plain.restore(tracking.state),
    RangeError,
    "state: powerAverages of [4] values where 0 of 4",
  );
  assertThrows(
    () => tracking.restore(plain.state),
    RangeError,
    "state: powerAverages of [] values where 1 of 4",
  );
  await assertRejects(() => create({ powerAverages: [0.5] }), RangeError, "sigmaRel: 0.5 where");
});
