import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import { concat, map, type Tensor } from "../../../lib/tensor.ts";
import { copies } from "../../../recipes/measures/copies.ts";
import { diversity, meanPairwiseDistance } from "../../../recipes/measures/diversity.ts";
import { frechetDistance } from "../../../recipes/measures/frechet_distance.ts";
import { kernelDistance } from "../../../recipes/measures/kernel_distance.ts";
import { precisionRecall } from "../../../recipes/measures/precision_recall.ts";
import { squaredDistances } from "../../../recipes/measures/squared_distances.ts";

function rows(...list: number[][]): Tensor {
  return { data: Float32Array.from(list.flat()), shape: [list.length, list[0].length] };
}

/** Four points with the covariance diag(2 a² / 3, 2 b² / 3) around a centre. */
function cross(a: number, b: number, x = 0, y = 0): Tensor {
  return rows([x + a, y], [x - a, y], [x, y + b], [x, y - b]);
}

Deno.test("squared distances: each row of one with each row of the other", () => {
  assertEquals([...squaredDistances(rows([0, 0], [1, 1]), rows([3, 4], [1, 0], [0, 0]))], [
    25,
    1,
    0,
    13,
    1,
    2,
  ]);
  assertThrows(
    () => squaredDistances(rows([1]), rows([1, 2])),
    RangeError,
    "b: shape [1,2] where [1 or more, 1]",
  );
});

Deno.test("Fréchet distance: of axis-parallel normal distributions Σ (σ₁ - σ₂)² and the squared gap of the means", () => {
  const s = Math.sqrt(2 / 3);
  const expected = (s * (1 - 3)) ** 2 + (s * (2 - 1)) ** 2 + 5 ** 2 + 7 ** 2;
  assertAlmostEquals(frechetDistance(cross(1, 2), cross(3, 1, 5, 7)), expected, 1e-5);
  assertAlmostEquals(frechetDistance(cross(1, 2), cross(1, 2)), 0, 1e-6);
});

Deno.test("Fréchet distance: covariances that do not commute, by the closed form of two dimensions", () => {
  const [a, b] = [0, 1].map((seed) => {
    const { data } = new Generator(seed).randn([50, 2]);
    return {
      data: data.map((v, i) => i % 2 ? v + (seed ? 0.8 : -0.5) * data[i - 1] : 2 * v),
      shape: [50, 2],
    };
  });
  const moments = ({ data }: Tensor) => {
    const at = (i: number, k: number) => data[2 * i + k];
    const all = Array.from({ length: 50 }, (_, i) => i);
    const mean = [0, 1].map((k) => all.reduce((sum, i) => sum + at(i, k), 0) / 50);
    const covariance = (k: number, l: number) => {
      return all.reduce((sum, i) => sum + (at(i, k) - mean[k]) * (at(i, l) - mean[l]), 0) / 49;
    };
    return { mean, xx: covariance(0, 0), xy: covariance(0, 1), yy: covariance(1, 1) };
  };
  const [p, q] = [moments(a), moments(b)];
  // tr √M = √(tr M + 2 √det M) of a 2 x 2 matrix.
  const trace = p.xx * q.xx + 2 * p.xy * q.xy + p.yy * q.yy;
  const det = (p.xx * p.yy - p.xy ** 2) * (q.xx * q.yy - q.xy ** 2);
  const gap = (p.mean[0] - q.mean[0]) ** 2 + (p.mean[1] - q.mean[1]) ** 2;
  const expected = gap + p.xx + p.yy + q.xx + q.yy - 2 * Math.sqrt(trace + 2 * Math.sqrt(det));
  assertAlmostEquals(frechetDistance(a, b), expected, 1e-5);
  assertAlmostEquals(frechetDistance(b, a), expected, 1e-5);
});

Deno.test("Fréchet distance: fewer samples than features, mixed with more, is what it is without the empty features", () => {
  const widen = ({ data, shape: [n] }: Tensor): Tensor => {
    const wide = new Float32Array(n * 9);
    for (let i = 0; i < n; i++) wide.set(data.subarray(2 * i, 2 * i + 2), 9 * i + 3);
    return { data: wide, shape: [n, 9] };
  };
  const many = concat([cross(1, 2), cross(2, 1, 1, 0), cross(0.5, 3, 0, 2)]);
  const few = cross(3, 1, 5, 7);
  assertAlmostEquals(frechetDistance(widen(many), widen(few)), frechetDistance(many, few), 1e-5);
  assertThrows(
    () => frechetDistance(rows([1, 2]), few),
    RangeError,
    "a: shape [1,2] where [2 or more, features]",
  );
});

Deno.test("kernel distance: by hand, and near nothing for two draws of one distribution", () => {
  // D = 1, k(x, y) = (x y + 1)³: pairs of a 1·2 → 27, of b 0·3 → 1, across 1, 64, 1, 343.
  assertAlmostEquals(
    kernelDistance(rows([1], [2]), rows([0], [3])),
    27 + 1 - 2 * (1 + 64 + 1 + 343) / 4,
    1e-6,
  );
  const draw = (seed: number, shift = 0) => map(new Generator(seed).randn([200, 8]), (v) => v + shift);
  const [same, shifted] = [kernelDistance(draw(0), draw(1)), kernelDistance(draw(0), draw(1, 1))];
  assert(Math.abs(same) < 0.05 && shifted > 1, `${same} ${shifted}`);
});

Deno.test("precision falls with samples off the real manifold, recall with what is not drawn", () => {
  const line = (from: number, count: number) => rows(...Array.from({ length: count }, (_, i) => [from + i]));
  assertEquals(precisionRecall(line(0, 10), line(0, 10)), { precision: 1, recall: 1 });
  assertEquals(precisionRecall(line(0, 10), line(100, 10)), { precision: 0, recall: 0 });
  // Half the samples are far off; the rest covers the real line.
  const half = concat([line(0, 10), line(1000, 10)]);
  assertEquals(precisionRecall(line(0, 10), half), { precision: 0.5, recall: 1 });
  // The third neighbour of the last of four neighbours is three away: 5 and 6 are reached, 7 is not.
  assertEquals(precisionRecall(line(0, 8), line(0, 4)), { precision: 1, recall: 7 / 8 });
  assertThrows(
    () => precisionRecall(line(0, 3), line(0, 9)),
    RangeError,
    "real: shape [3,1] where [4 or more",
  );
});

Deno.test("diversity: mean distance of pairs over that of real pictures, averaged over names", () => {
  assertAlmostEquals(meanPairwiseDistance(rows([0, 0], [3, 4], [0, 0])), 10 / 3, 1e-6);
  const real = rows([0], [2]);
  const found = diversity([{ samples: rows([0], [1]), real }, { samples: rows([5], [5]), real }]);
  assertAlmostEquals(found, 0.25, 1e-6);
  assertThrows(() => diversity([]), RangeError, "names: empty list");
});

Deno.test("copies: the median distance to the nearest training picture over that of held-out pictures", () => {
  const training = rows([0, 0], [10, 0]);
  const heldOut = rows([0, 4], [10, 2], [5, 0]);
  assertAlmostEquals(copies(rows([0, 1], [10, 0], [3, 0], [10, 2]), training, heldOut), 1.5 / 4, 1e-6);
  assertEquals(copies(training, training, heldOut), 0);
  assertThrows(() => copies(training, rows([1]), heldOut), RangeError, "training: shape [1,1]");
});
