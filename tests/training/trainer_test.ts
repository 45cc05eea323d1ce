import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { convLayer, groupNormLayer, linearLayer } from "../../lib/nn/layers.ts";
import type { Scope } from "../../lib/nn/scope.ts";
import { gelu, mean, mul, reshape, square, sub } from "../../lib/onnx/mod.ts";
import { SessionError } from "../../lib/onnx/session.ts";
import { Generator } from "../../lib/random.ts";
import { tensor } from "../../lib/tensor.ts";
import { Trainer, type TrainerOptions } from "../../lib/training/trainer.ts";

/** A small network without batch norm, for batches of a size, with an input that has no axis for pictures. */
const objective = (batch: number) => (scope: Scope) => {
  const { graph } = scope;
  const x = graph.input("x", "float32", [batch, 2, 6, 6]);
  const target = graph.input("target", "float32", [batch, 3]);
  const scale = graph.input("scale", "float32", []);
  const h = convLayer(scope.at("conv"), x, 4, 3, { padding: 1 });
  const normed = gelu(groupNormLayer(scope.at("norm"), h, 2));
  const estimate = linearLayer(scope.at("out"), reshape(normed, [batch, 4 * 36]), 3);
  return mul(scale, mean(square(sub(estimate, target))));
};

const feeds = (() => {
  const generator = new Generator(5);
  const scale = tensor(Float32Array.of(0.5), []);
  return { x: generator.randn([8, 2, 6, 6]), target: generator.randn([8, 3]), scale };
})();

/** Three steps on a batch of eight in microbatches of a size; the losses and what was trained. */
async function train(size: number, options: Partial<TrainerOptions> = {}) {
  await using trainer = await Trainer.create(objective(size), { generator: new Generator(1), ...options });
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) losses.push((await trainer.step(feeds, 1e-2)).loss);
  return { losses, parameters: trainer.state.parameters };
}

Deno.test("a batch in microbatches trains as a whole one does", async () => {
  const whole = await train(8);
  for (const size of [4, 2, 1]) {
    const cut = await train(size);
    cut.losses.forEach((loss, i) => assertLess(Math.abs(loss - whole.losses[i]), 1e-5));
    cut.parameters.forEach((value, i) => assertLess(Math.abs(value - whole.parameters[i]), 1e-4));
  }
});

Deno.test("replicas side by side come to the same bits as one after the other", async () => {
  const one = await train(2, { threads: 1 });
  assertEquals(await train(2, { threads: 2, replicas: 2 }), one);
  assertEquals(await train(2, { threads: 3, replicas: 3 }), one);
});

Deno.test("a batch that cannot be split into microbatches is refused, and the trainer goes on", async () => {
  await using trainer = await Trainer.create(objective(2), {
    generator: new Generator(1),
    threads: 2,
    replicas: 2,
  });
  const generator = new Generator(2);
  const wrong = (x: number, target: number) => {
    return { ...feeds, x: generator.randn([x, 2, 6, 6]), target: generator.randn([target, 3]) };
  };
  await assertRejects(() => trainer.step(wrong(7, 8), 0.1), SessionError, '"x" has 7 rows');
  await assertRejects(() => trainer.step(wrong(8, 4), 0.1), SessionError, '"target" has 4 rows where 8');
  await assertRejects(
    () => trainer.step({ ...wrong(4, 4), x: generator.randn([4, 3, 6, 6]) }, 0.1),
    SessionError,
    '"x" has shape',
  );
  assertEquals(trainer.steps, 0);
  assertEquals((await trainer.step(feeds, 0.1)).step, 1);
});

Deno.test("a stopped step leaves the state as it was", async () => {
  await using trainer = await Trainer.create(objective(4), { generator: new Generator(1) });
  const before = trainer.state;
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => trainer.step(feeds, 0.1, { signal }), Error, "enough");
  assertEquals(trainer.state, before);
});

Deno.test("replicas that cannot be are refused", async () => {
  const generator = new Generator(0);
  await assertRejects(
    () => Trainer.create(objective(2), { generator, replicas: 0 }),
    RangeError,
    "replicas: 0 where a whole number from 1 is expected",
  );
});

Deno.test("Muon updates the matrices that the rule names, and Adam the others, whatever lies between", async () => {
  const before = await parametersAfter(0, {});
  const adam = await parametersAfter(1, {});
  const byMuon = (name: string) => name !== "out.weight";
  const both = await parametersAfter(1, { muon: { parameters: byMuon } });
  for (const name of ["conv.bias", "norm.weight", "norm.bias", "out.weight", "out.bias"]) {
    assertEquals(both[name], adam[name], name);
  }
  // The update of the convolution, 4 rows by 18, is nearly orthogonal: its rows have norms near 0.2 sqrt(18) of the rate.
  const rate = 1e-2 * 0.2 * Math.sqrt(18);
  for (let row = 0; row < 4; row++) {
    let squares = 0;
    for (let i = row * 18; i < (row + 1) * 18; i++) {
      squares += (both["conv.weight"].data[i] - before["conv.weight"].data[i]) ** 2;
    }
    assertLess(0.6, Math.sqrt(squares) / rate);
    assertLess(Math.sqrt(squares) / rate, 1.3);
  }
});

Deno.test("a trainer with Muon goes on from its state as if it had not stopped, and unknown options are refused", async () => {
  const options = { muon: { parameters: () => true, weightDecay: 0.1 }, generator: new Generator(1) };
  await using whole = await Trainer.create(objective(8), options);
  for (let step = 0; step < 3; step++) await whole.step(feeds, 1e-2);
  await using first = await Trainer.create(objective(8), { ...options, generator: new Generator(1) });
  await first.step(feeds, 1e-2);
  await using second = await Trainer.create(objective(8), { ...options, generator: new Generator(9) });
  second.restore(first.state);
  for (let step = 0; step < 2; step++) await second.step(feeds, 1e-2);
  assertEquals(second.state, whole.state);
  const odd = { parameters: () => true, beta1: 0.9 };
  await assertRejects(
    () => Trainer.create(objective(8), { generator: new Generator(1), muon: odd }),
    RangeError,
    'options: "beta1"',
  );
});

/** What the small network's parameters are after some steps. */
async function parametersAfter(steps: number, options: Partial<TrainerOptions>) {
  await using trainer = await Trainer.create(objective(8), { generator: new Generator(1), ...options });
  for (let step = 0; step < steps; step++) await trainer.step(feeds, 1e-2);
  return trainer.weights();
}
