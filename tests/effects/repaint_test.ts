import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { sample, sampleToEnd } from "../../lib/diffusion/sample.ts";
import { ddpm } from "../../lib/diffusion/samplers/mod.ts";
import { addNoise, alphaBar, linearSchedule } from "../../lib/diffusion/schedule.ts";
import type { Noise } from "../../lib/diffusion/types.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { renoiseOriginal } from "../../lib/effects/renoise_original.ts";
import { repaint } from "../../lib/effects/repaint.ts";
import { Generator } from "../../lib/random.ts";
import { full, scale, type Tensor, tensor } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "../diffusion/fake_model.ts";

const schedule = linearSchedule();

/** The network that is right about pairs of standard normal values with this correlation: E[x0 | x_t] in closed form. */
function pairs(correlation: number): FakeModel {
  return new FakeModel(({ input: { x }, t }) => {
    const a = alphaBar(schedule, t);
    // The inverse of a C + (1 - a) I for C = [[1, r], [r, 1]] has the eigenvectors (1, 1) and (1, -1).
    const [sum, difference] = [1 + correlation, 1 - correlation].map((v) => v / (a * v + 1 - a));
    const noise = new Float32Array(x.data.length);
    for (let i = 0; i < noise.length; i += 2) {
      const [p, q] = [x.data[i], x.data[i + 1]];
      const [s, d] = [sum * (p + q) / 2, difference * (p - q) / 2];
      [s + d, s - d].forEach((clean, k) => {
        noise[i + k] = (x.data[i + k] - a * clean) / Math.sqrt(1 - a);
      });
    }
    return { noise: { data: noise, shape: x.shape } };
  }, schedule);
}

Deno.test("resampling brings the hole to what its surroundings imply: the conditional mean of a Gaussian", async () => {
  const [count, known, correlation] = [4000, 1.5, 0.9];
  const shape = [count, 1, 1, 2];
  const original = full(shape, known);
  const mask = tensor(Float32Array.of(0, 1), [1, 1, 1, 2]);
  const timesteps = Array.from({ length: 20 }, (_, i) => 999 - 52 * i);
  const meanOf = async (jumps: number) => {
    const generator = new Generator(5);
    const noise: Noise = (shape) => generator.randn(shape);
    const constrain = renoiseOriginal(original, mask, schedule);
    const { data } = await sampleToEnd(sample(conditioned(pairs(correlation), noCondition), {
      sampler: repaint(ddpm(), constrain, jumps),
      timesteps,
      start: noise(shape),
      noise,
      constrain,
    }));
    let sum = 0;
    for (let i = 0; i < count; i++) {
      assertEquals(data[2 * i], known);
      sum += data[2 * i + 1];
    }
    return sum / count;
  };
  const wanted = correlation * known;
  const [once, often] = [await meanOf(1), await meanOf(10)];
  assert(wanted - once > 0.1, `without resampling: ${once} of ${wanted}`);
  assertLess(Math.abs(often - wanted), (wanted - once) / 3, `${often}, once ${once}, wanted ${wanted}`);
});

Deno.test("it is algorithm 1 of the paper, draw by draw", async () => {
  const shape = [1, 1, 1, 2];
  const original = tensor(Float32Array.of(0.3, -0.7), shape);
  const mask = tensor(Float32Array.of(0, 1), shape);
  const timesteps = [900, 500, 100];
  const jumps = 3;
  const draw = (generator: Generator): Noise => (shape) => generator.randn(shape);
  const start = new Generator(1).randn(shape);
  const constrain = renoiseOriginal(original, mask, schedule);
  const model = new FakeModel(({ input: { x } }) => ({ noise: scale(x, 0.5) }), schedule);
  const found = await sampleToEnd(sample(conditioned(model, noCondition), {
    sampler: repaint(ddpm(), constrain, jumps),
    timesteps,
    start,
    noise: draw(new Generator(2)),
    constrain,
  }));
  // Two steps three times, the last one once.
  assertEquals(model.batches.length, 2 * jumps + 1);
  assertEquals(model.batches.map(([{ t }]) => t), [900, 900, 900, 500, 500, 500, 100]);

  const noise = draw(new Generator(2));
  let x = [...start.data];
  for (const [i, t] of timesteps.entries()) {
    const tNext = timesteps[i + 1] ?? -1;
    for (let u = 1; u <= jumps; u++) {
      const [a, b] = [alphaBar(schedule, t), alphaBar(schedule, tNext)];
      const beta = 1 - a / b;
      const z: Tensor | undefined = tNext === -1 ? undefined : noise(shape);
      const deviation = Math.sqrt((1 - b) / (1 - a) * beta);
      const stepped = x.map((value, k) => {
        const clean = (value - Math.sqrt(1 - a) * 0.5 * value) / Math.sqrt(a);
        return Math.sqrt(b) * beta / (1 - a) * clean + Math.sqrt(a / b) * (1 - b) / (1 - a) * value +
          (z ? deviation * z.data[k] : 0);
      });
      if (tNext === -1) {
        x = [original.data[0], stepped[1]];
        break;
      }
      x = [addNoise(original, noise(shape), tNext, schedule).data[0], stepped[1]];
      if (u === jumps) break;
      const back = noise(shape);
      x = x.map((value, k) => Math.sqrt(a / b) * value + Math.sqrt(beta) * back.data[k]);
    }
  }
  x.forEach((value, k) => assertAlmostEquals(found.data[k], value, 1e-5));
});

Deno.test("a number of jumps that cannot be is named", () => {
  for (const jumps of [0, 1.5, NaN]) {
    assertThrows(() => repaint(ddpm(), {}, jumps), RangeError, "where a whole number from 1 is expected");
  }
});
