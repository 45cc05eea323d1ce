import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { sample, type SampleStep } from "../../lib/diffusion/sample.ts";
import { ddpm } from "../../lib/diffusion/samplers/mod.ts";
import { addNoise, linearSchedule } from "../../lib/diffusion/schedule.ts";
import type { Constraint, Noise } from "../../lib/diffusion/types.ts";
import { compositeByMask } from "../../lib/effects/composite.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { keepOriginal } from "../../lib/effects/keep_original.ts";
import { renoiseOriginal } from "../../lib/effects/renoise_original.ts";
import { Generator } from "../../lib/random.ts";
import { full, scale, slice, type Tensor, tensor, zeros } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "../diffusion/fake_model.ts";

const schedule = linearSchedule();
const timesteps = [600, 400, 200, 0];
const original = new Generator(1).randn([2, 3, 4, 4]);
// The values that arithmetic would not give back: 0 * x + 1 * y is not y for these.
original.data.set([-0, 1e-45, 3e38], 0);
/** The left half is made anew. */
const mask = tensor(Float32Array.from({ length: 16 }, (_, i) => i % 4 < 2 ? 1 : 0), [1, 1, 4, 4]);
const kept = (x: Tensor) => compositeByMask(mask, zeros(x.shape), x);
const painted = (x: Tensor) => compositeByMask(mask, x, zeros(x.shape));

/** Runs the loop under a constraint; `draws` holds what its noise source gave. */
async function run(constrain: Constraint): Promise<{ steps: SampleStep[]; draws: Tensor[]; start: Tensor }> {
  const model = new FakeModel(({ input: { x } }) => ({ noise: scale(x, 0.5) }), schedule);
  const generator = new Generator(2);
  const draws: Tensor[] = [];
  const noise: Noise = (shape) => {
    draws.push(generator.randn(shape));
    return draws[draws.length - 1];
  };
  const start = addNoise(original, new Generator(3).randn(original.shape), timesteps[0], schedule);
  const steps: SampleStep[] = [];
  const options = { sampler: ddpm(), timesteps, start, noise, constrain };
  for await (const step of sample(conditioned(model, noCondition), options)) steps.push(step);
  const [seen] = model.batches[0];
  return { steps, draws, start: seen.input.x };
}

Deno.test("a composite is the one or the other, to the last bit", () => {
  const other = full(original.shape, 7);
  const out = compositeByMask(mask, other, original);
  out.data.forEach((value, i) => assertStrictEquals(value, i % 4 < 2 ? 7 : original.data[i]));
  assertEquals(other.data.every((value) => value === 7), true);
});

Deno.test("a mask counts as 1 from 0.5 on, and may be one for each picture", () => {
  const soft = tensor(Float32Array.of(0.49, 0.5, 1, 0), [2, 1, 1, 2]);
  const out = compositeByMask(soft, full([2, 2, 1, 2], 1), zeros([2, 2, 1, 2]));
  assertEquals([...out.data], [0, 1, 0, 1, 1, 0, 1, 0]);
});

Deno.test("keeping the original: it is clean at every step, and exact", async () => {
  const { steps, draws, start } = await run(keepOriginal(original, mask));
  assertEquals(kept(start), kept(original));
  for (const { x } of steps) assertEquals(kept(x), kept(original));
  assertEquals(draws.length, 3);
  // Inside of the mask nothing is held: the loop alone decides.
  const free = await run({});
  assertEquals(painted(steps[0].x), painted(free.steps[0].x));
});

Deno.test("renoising the original: it is at every step's level, and exact in the end", async () => {
  const { steps, draws, start } = await run(renoiseOriginal(original, mask, schedule));
  assertEquals(start, addNoise(original, new Generator(3).randn(original.shape), 600, schedule));
  // The sampler draws first, the rule after it; on the last step neither does.
  assertEquals(draws.length, 6);
  steps.slice(0, -1).forEach(({ x, tNext }, i) => {
    assertEquals(kept(x), kept(addNoise(original, draws[2 * i + 1], tNext, schedule)));
  });
  assertEquals(kept(steps[3].x), kept(original));
  assertEquals(painted(steps[0].x), painted((await run({})).steps[0].x));
});

Deno.test("both rules show the original where a list of timesteps ends in noise", async () => {
  const model = new FakeModel(({ input: { x } }) => ({ noise: scale(x, 0.5) }), schedule);
  for (const constrain of [keepOriginal(original, mask), renoiseOriginal(original, mask, schedule)]) {
    const generator = new Generator(2);
    const noise: Noise = (shape) => generator.randn(shape);
    const options = {
      sampler: ddpm(),
      timesteps: [600, 300],
      start: noise(original.shape),
      noise,
      constrain,
    };
    let last = original;
    for await (const { x } of sample(conditioned(model, noCondition), options)) last = x;
    assertEquals(kept(last), kept(original));
  }
});

Deno.test("both rules end with the original, whatever the loop has come to", () => {
  const x = full(original.shape, 7);
  for (const { end } of [keepOriginal(original, mask), renoiseOriginal(original, mask, schedule)]) {
    assertEquals(end?.(x), compositeByMask(mask, x, original));
  }
});

Deno.test("masks that do not fit are refused", () => {
  const cases: [Tensor, string][] = [
    [zeros([3, 1, 4, 4]), "mask: shape [3,1,4,4] where [1,1,4,4] or [2,1,4,4] is expected"],
    [zeros([1, 3, 4, 4]), "mask: shape [1,3,4,4] where"],
    [zeros([1, 1, 4, 8]), "mask: shape [1,1,4,8] where"],
    [zeros([4, 4]), "mask: shape [4,4] where"],
    [full([1, 1, 4, 4], -1), "mask: -1 at index 0 where a number in [0, 1] is expected"],
    [full([1, 1, 4, 4], 255), "mask: 255 at index 0"],
    [full([1, 1, 4, 4], NaN), "mask: NaN at index 0"],
  ];
  for (const [wrong, message] of cases) {
    assertThrows(() => keepOriginal(original, wrong), RangeError, message);
    assertThrows(() => renoiseOriginal(original, wrong, schedule), RangeError, message);
    assertThrows(() => compositeByMask(wrong, original, original), RangeError, message);
  }
  assertThrows(() => keepOriginal(zeros([3, 4, 4]), mask), RangeError, "original: shape [3,4,4] where");
  assertThrows(
    () => compositeByMask(mask, original, slice(original, 0, 1)),
    RangeError,
    "original: shape [1,3,4,4] where [2,3,4,4] is expected",
  );
});
