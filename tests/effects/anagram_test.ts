/** Anagrams against the mean of estimates that is computed otherwise. */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { sample, sampleToEnd } from "../../lib/diffusion/sample.ts";
import { ddim } from "../../lib/diffusion/samplers/mod.ts";
import { alphaBar, linearSchedule } from "../../lib/diffusion/schedule.ts";
import { leadingTimesteps } from "../../lib/diffusion/timesteps.ts";
import type { Denoiser } from "../../lib/diffusion/types.ts";
import { anagram } from "../../lib/effects/anagram.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { guided } from "../../lib/effects/guided.ts";
import {
  createView,
  flip,
  identity,
  negate,
  rotate,
  type ViewName,
  views,
} from "../../lib/effects/views/mod.ts";
import { Generator } from "../../lib/random.ts";
import { map, type Tensor } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "../diffusion/fake_model.ts";

const shape = [2, 3, 8, 8];
const x = new Generator(1).randn(shape);
const lowRes = new Generator(2).randn(shape);

/** A network that is not linear, sees where a pixel is, and has a variance. */
const crooked = new FakeModel(({ input, t }) => ({
  noise: map(input.x, (value, i) => Math.tanh(value + 0.1 * (i % 64) + (input.lowRes?.data[i] ?? 0)) + t),
  variance: map(input.x, (value, i) => Math.sin(value + i)),
}));
const denoiser = conditioned(crooked, noCondition);

function answer(denoiser: Denoiser, input: { x: Tensor; lowRes?: Tensor }, t: number) {
  const plan = denoiser(input, t);
  const predictions = plan.queries.map(({ input, t }) => ({
    noise: map(input.x, (value, i) => Math.tanh(value + 0.1 * (i % 64) + (input.lowRes?.data[i] ?? 0)) + t),
    variance: map(input.x, (value, i) => Math.sin(value + i)),
  }));
  return plan.answer(predictions);
}

Deno.test("an anagram is the mean of the estimates, each view undone, under every view", () => {
  for (const name of Object.keys(views) as ViewName[]) {
    const view = createView(name, { seed: 4, pixels: 8 });
    const plan = anagram([{ view: identity(), denoiser }, { view, denoiser }]);
    for (const input of [{ x }, { x, lowRes }]) {
      const { noise, variance } = answer(plan, input, 3);
      const seen = { x: view.apply(x), ...(input.lowRes && { lowRes: view.apply(lowRes) }) };
      const [upright, turned] = [answer(denoiser, input, 3), answer(denoiser, seen, 3)];
      const [undone, undoneVariance] = [view.undo(turned.noise), view.undoVariance(turned.variance!)];
      const error = Math.max(
        ...noise.data.map((value, i) => Math.abs(value - (upright.noise.data[i] + undone.data[i]) / 2)),
        ...variance!.data.map((value, i) =>
          Math.abs(value - (upright.variance!.data[i] + undoneVariance.data[i]) / 2)
        ),
      );
      assert(error < 1e-6, `${name}: ${error}`);
    }
  }
});

Deno.test("all questions of a step are one batch, guidance included", () => {
  const plan = anagram([
    { view: identity(), denoiser: guided(denoiser, denoiser, 7) },
    { view: flip(), denoiser: guided(denoiser, denoiser, 7) },
  ]);
  const { queries } = plan({ x }, 5);
  assertEquals(queries.length, 4);
  assertStrictEquals(queries[0].input.x, x);
  assertEquals(queries[3].input.x, flip().apply(x));
  assertEquals(queries[0].input.lowRes, undefined);
});

Deno.test("of Gaussian data an anagram draws what both networks see, in closed form", async () => {
  // Data N(m, s^2) upright and N(-m', s^2) in opposite colours agree on the mean (m + m') / 2.
  const schedule = linearSchedule();
  const spread = 0.3;
  const ideal = (mean: number) =>
    conditioned(
      new FakeModel(({ input, t }) => {
        const a = alphaBar(schedule, t);
        const factor = Math.sqrt(1 - a) / (a * spread ** 2 + 1 - a);
        return { noise: map(input.x, (value) => factor * (value - Math.sqrt(a) * mean)) };
      }, schedule),
      noCondition,
    );
  const plan = anagram([
    { view: rotate(180), denoiser: ideal(0.6) },
    { view: negate(), denoiser: ideal(-0.2) },
  ]);
  const noise = new Generator(7);
  const timesteps = leadingTimesteps(10);
  const start = noise.randn([1, 3, 8, 8]);
  const draw = (noise: Generator) => (shape: readonly number[]) => noise.randn(shape);
  const options = { sampler: ddim(), timesteps, start, noise: draw(noise) };
  const drawn = await sampleToEnd(sample(plan, options));
  const [mean, expected] = [0.4, Float64Array.from(start.data)];
  timesteps.forEach((t, i) => {
    const [a, next] = [alphaBar(schedule, t), alphaBar(schedule, timesteps[i + 1] ?? -1)];
    expected.forEach((value, k) => {
      // The clean picture that is likeliest, then DDIM's step, both on one number.
      const epsilon = Math.sqrt(1 - a) * (value - Math.sqrt(a) * mean) / (a * spread ** 2 + 1 - a);
      const clean = (value - Math.sqrt(1 - a) * epsilon) / Math.sqrt(a);
      expected[k] = Math.sqrt(next) * clean + Math.sqrt(1 - next) * epsilon;
    });
  });
  const error = drawn.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
  assert(error < 1e-5, String(error));
});

Deno.test("an anagram has a part", () => {
  assertThrows(() => anagram([]), RangeError, "parts: empty list");
});
