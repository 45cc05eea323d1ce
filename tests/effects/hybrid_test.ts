/** Hybrids, and the splits that they are made by, against computations of another kind. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Denoiser, Prediction } from "../../lib/diffusion/types.ts";
import { hybrid } from "../../lib/effects/hybrid.ts";
import {
  colours,
  frequencies,
  frequencyBands,
  gaussianBlur,
  motion,
  type SplitName,
  splits,
} from "../../lib/effects/parts/mod.ts";
import { slerp } from "../../lib/effects/slerp.ts";
import { Generator } from "../../lib/random.ts";
import { full, type Tensor, tensor, zeros } from "../../lib/tensor.ts";

const x = new Generator(3).randn([2, 3, 32, 32]);
const worst = (a: Tensor, b: Tensor) =>
  a.data.reduce((most, v, i) => Math.max(most, Math.abs(v - b.data[i])), 0);
const sum = (tensors: readonly Tensor[]) => {
  const out = zeros(tensors[0].shape);
  for (const { data } of tensors) data.forEach((value, i) => out.data[i] += value);
  return out;
};

Deno.test("the parts of every split add up to the whole", () => {
  for (const name of Object.keys(splits) as SplitName[]) {
    const parts = splits[name]().map((part) => part(x));
    assert(worst(sum(parts), x) < 1e-6, name);
    for (const part of parts) {
      assert(worst(part, x) > 0.1 && part.data.some((value) => Math.abs(value) > 0.1), name);
    }
  }
});

Deno.test("parts are linear", () => {
  const y = new Generator(4).randn(x.shape);
  const both = tensor(x.data.map((value, i) => 2 * value - 3 * y.data[i]), x.shape);
  for (const name of Object.keys(splits) as SplitName[]) {
    for (const part of splits[name]()) {
      const [of2, ofX, ofY] = [part(both), part(x), part(y)];
      const error = of2.data.reduce(
        (m, v, i) => Math.max(m, Math.abs(v - (2 * ofX.data[i] - 3 * ofY.data[i]))),
        0,
      );
      assert(error < 1e-5, `${name}: ${error}`);
    }
  }
});

/** Blurring by the whole kernel at once, pixel by pixel. */
function blurred(x: Tensor, sigma: number, kernel: number): Tensor {
  const [, , height, width] = x.shape;
  const reach = (kernel - 1) / 2;
  const mirror = (i: number, n: number) => {
    const period = 2 * (n - 1);
    const inside = ((i % period) + period) % period;
    return inside < n ? inside : period - inside;
  };
  const weight = (dx: number, dy: number) => Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
  const out = zeros(x.shape);
  out.data.forEach((_, i) => {
    const [plane, row, column] = [
      Math.floor(i / (height * width)),
      Math.floor(i / width) % height,
      i % width,
    ];
    let [total, weights] = [0, 0];
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const from = (plane * height + mirror(row + dy, height)) * width + mirror(column + dx, width);
        total += weight(dx, dy) * x.data[from];
        weights += weight(dx, dy);
      }
    }
    out.data[i] = total / weights;
  });
  return out;
}

Deno.test("Gaussian blur is the normalised sum over a mirrored picture", () => {
  const odd = new Generator(5).randn([1, 2, 9, 12]);
  assert(worst(gaussianBlur(odd, { sigma: 1.7, kernel: 13 }), blurred(odd, 1.7, 13)) < 1e-6);
  assert(worst(gaussianBlur(odd, { sigma: 0.4, kernel: 1 }), odd) === 0);
});

Deno.test("frequencies are split at 64 pixels by kernel 33 and sigma 2, and at other sizes in proportion", () => {
  const sizes = [[32, 1, 17], [64, 2, 33]] as const;
  for (const [size, sigma, kernel] of sizes) {
    const noise = new Generator(6).randn([1, 1, size, size]);
    const [low, high] = frequencies().map((part) => part(noise));
    assert(worst(low, blurred(noise, sigma, kernel)) < 1e-6);
    assert(worst(sum([low, high]), noise) < 1e-6);
  }
  const small = new Generator(7).randn([1, 1, 32, 32]);
  const [low, medium] = frequencyBands().map((part) => part(small));
  const once = blurred(small, 0.5, 13);
  const twice = blurred(once, 1, 13);
  assert(worst(low, twice) < 1e-6);
  assert(medium.data.every((value, i) => Math.abs(value - (once.data[i] - twice.data[i])) < 1e-6));
  // What a large stage sees is the same blur, in more pixels.
  assertThrows(
    () => gaussianBlur(small, { sigma: 8, kernel: 133 }),
    RangeError,
    "larger than 66 is expected (half the kernel)",
  );
});

Deno.test("gray is the mean of the channels", () => {
  const one = tensor(Float32Array.of(0.3, 0.6, 0.9), [1, 3, 1, 1]);
  const [gray, colour] = colours().map((part) => [...part(one).data]);
  gray.forEach((value) => assertAlmostEquals(value, 0.6, 1e-7));
  [-0.3, 0, 0.3].forEach((value, c) => assertAlmostEquals(colour[c], value, 1e-7));
});

Deno.test("motion is the mean along a diagonal line, dark beyond the edges", () => {
  const point = zeros([1, 1, 64, 64]);
  point.data[10 * 64 + 20] = 7;
  const [line] = motion()[0](point).data.reduce<[number[]]>(
    ([found], value, i) => [value ? [...found, i] : found],
    [[]],
  );
  assertEquals(line, [-3, -2, -1, 0, 1, 2, 3].map((k) => (10 + k) * 64 + 20 + k));
  const ones = motion()[0](full([1, 1, 64, 64], 1));
  assertAlmostEquals(ones.data[32 * 64 + 32], 1, 1e-6);
  assertAlmostEquals(ones.data[0], 4 / 7, 1e-6);
});

Deno.test("a hybrid adds up a part of each estimate, and takes the mean of the variances", () => {
  const answers: Prediction[] = [1, 2, 3].map((seed) => ({
    noise: new Generator(seed).randn([1, 3, 32, 32]),
    variance: new Generator(seed + 10).randn([1, 3, 32, 32]),
  }));
  const plan: Denoiser = () => ({ queries: [undefined as never], answer: ([prediction]) => prediction });
  const parts = frequencyBands();
  const { noise, variance } = hybrid(parts.map((part) => ({ part, denoiser: plan })))({ x }, 0).answer(
    answers,
  );
  const expected = sum(parts.map((part, i) => part(answers[i].noise)));
  assert(worst(noise, expected) < 1e-6);
  variance!.data.forEach((value, i) => {
    assertAlmostEquals(
      value,
      answers.reduce((total, { variance }) => total + variance!.data[i] / 3, 0),
      1e-6,
    );
  });
  const bare = answers.map(({ noise }) => ({ noise }));
  assertEquals(
    hybrid(parts.map((part) => ({ part, denoiser: plan })))({ x }, 0).answer(bare).variance,
    undefined,
  );
  assertThrows(() => hybrid([]), RangeError, "parts: empty list");
});

Deno.test("spherical interpolation keeps to the circle through both ends", () => {
  const [a, b] = [tensor(Float32Array.of(2, 0), [2]), tensor(Float32Array.of(0, 2), [2])];
  for (const part of [0, 0.25, 0.5, 1]) {
    const [x, y] = slerp(a, b, part).data;
    assertAlmostEquals(x, 2 * Math.cos(part * Math.PI / 2), 1e-6);
    assertAlmostEquals(y, 2 * Math.sin(part * Math.PI / 2), 1e-6);
  }
  assertEquals([...slerp(a, a, 0.3).data], [2, 0]);
  assertEquals([...slerp(a, tensor(Float32Array.of(-1, 0), [2]), 0.5).data], [0.5, 0]);
  const norm = (x: Tensor) =>
    Math.sqrt(x.data.reduce((total, value) => total + value * value, 0) / x.data.length);
  const [p, q] = [1, 2].map((seed) => new Generator(seed).randn([1, 3, 64, 64]));
  assertAlmostEquals(norm(slerp(p, q, 0.5)), 1, 0.02);
  assertThrows(() => slerp(a, p, 0.5), RangeError, "b: shape");
  assertThrows(() => slerp(a, b, NaN), RangeError, "part: NaN");
});
