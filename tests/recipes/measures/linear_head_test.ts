import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import type { Tensor } from "../../../lib/tensor.ts";
import { readLinearHead, trainLinearHead } from "../../../recipes/measures/linear_head.ts";
import { topShare } from "../../../recipes/measures/top.ts";

/** Three clouds around corners, with a feature of noise far larger than the others and one that is always the same. */
function clouds(seed: number): { features: Tensor; classes: number[]; targets: Tensor } {
  const noise = new Generator(seed).randn([90, 4]).data;
  const classes = Array.from({ length: 90 }, (_, i) => i % 3);
  const data = noise.map((value, i) => {
    const [row, column] = [Math.floor(i / 4), i % 4];
    if (column === 2) return 1000 * value;
    if (column === 3) return 7;
    return 0.3 * value + [[2, 0], [-1, 2], [-1, -2]][classes[row]][column];
  });
  const targets = new Float32Array(270);
  classes.forEach((c, row) => targets[3 * row + c] = 1);
  return { features: { data, shape: [90, 4] }, classes, targets: { data: targets, shape: [90, 3] } };
}

Deno.test("a linear head learns classes, and reads others of them", async () => {
  const { features, targets } = clouds(0);
  const head = await trainLinearHead(features, targets, { batch: 30, learningRate: 0.05, threads: 1 });
  const other = clouds(1);
  const read = readLinearHead(head, other.features);
  assert(topShare(read, other.classes) > 0.95);
  for (let row = 0; row < 90; row++) {
    assertAlmostEquals(read.data.slice(3 * row, 3 * row + 3).reduce((a, b) => a + b), 1, 1e-5);
  }
  const again = await trainLinearHead(features, targets, { batch: 30, learningRate: 0.05, threads: 1 });
  assertEquals(again.weight.data, head.weight.data);
});

Deno.test("a linear head learns shares of several classes", async () => {
  const features = { data: Float32Array.of(-1, 1, -1, 1), shape: [4, 1] };
  const targets = { data: Float32Array.of(0.5, 0.5, 0, 1, 0.5, 0.5, 0, 1), shape: [4, 2] };
  const head = await trainLinearHead(features, targets, {
    epochs: 400,
    learningRate: 0.1,
    weightDecay: 0,
    threads: 1,
  });
  const { data } = readLinearHead(head, features);
  assertAlmostEquals(data[0], 0.5, 0.05);
  assert(data[3] > 0.95);
});

Deno.test("a linear head refuses what does not fit", async () => {
  const { features, targets } = clouds(0);
  const few = { data: new Float32Array(3), shape: [1, 3] };
  await assertRejects(
    () => trainLinearHead(features, few),
    RangeError,
    "targets: shape [1,3] where [90, classes]",
  );
  const head = await trainLinearHead(features, targets, { epochs: 1, threads: 1 });
  assertThrows(() => readLinearHead(head, few), RangeError, "features: shape [1,3] where [1 or more, 4]");
});
