/** What a live training learns from. */
import { assert, assertEquals } from "@std/assert";
import { loadMnist } from "../../../recipes/data/mnist.ts";
import { trainingDigits } from "../../../report/training/digits.ts";
import { shifted } from "../../../report/training/shifted.ts";
import { stepsToRecognise, trainingStart } from "../../../report/training/start.ts";
import { digitsByHand } from "./digits_by_hand.ts";

Deno.test("pictures are moved by up to two pixels, each with its label", () => {
  const drawn = digitsByHand();
  const { images, labels, count } = shifted(drawn);
  assertEquals([count, images.length], [50, 50 * 784]);
  assertEquals([...labels], [...Array(25).fill(1), ...Array(25).fill(0)]);
  const picture = (n: number) => images.subarray(n * 784, (n + 1) * 784);
  // The first is moved up and to the left, the one in the middle not at all, the last down and to the right.
  const original = drawn.images.subarray(0, 784);
  assertEquals(picture(12), original);
  const inkOf = (bytes: Uint8Array) =>
    [...bytes].flatMap((value, i) => value ? [[Math.floor(i / 28), i % 28]] : []);
  assertEquals(inkOf(picture(0)), inkOf(original).map(([y, x]) => [y - 2, x - 2]));
  assertEquals(inkOf(picture(24)), inkOf(original).map(([y, x]) => [y + 2, x + 2]));
  // What leaves one edge does not come in at the other.
  const edge = { ...drawn, count: 1, labels: Uint8Array.of(1), images: new Uint8Array(784).fill(9, 0, 1) };
  assertEquals(shifted(edge).images.filter(Boolean).length, 9);
});

Deno.test("own digits fill a batch, and are half of what is learned from beside MNIST", async () => {
  const drawn = digitsByHand();
  assert((await trainingDigits("drawn", drawn)).count >= 512);
  const mnist = await loadMnist("train");
  const { count, labels, images } = await trainingDigits("both", drawn);
  assert(Math.abs(count / 2 - mnist.count) <= 50, `${count}`);
  assertEquals([labels.length, images.length], [count, count * 784]);
  assertEquals(labels.subarray(0, mnist.count), mnist.labels);
  assert(labels.subarray(mnist.count).every((label) => label < 2));
});

Deno.test("each beginning has its own values, and tells after how many steps digits can be recognised", () => {
  // With classes, without, and for one step.
  for (const values of [{ guidance: 5 }, {}, { sigmas: [0.5] }]) {
    const scratch = trainingStart("scratch", values);
    assert(stepsToRecognise({ ...values, from: "scratch", ...scratch }) <= scratch.trainSteps);
    // Digits that it has not seen take the network that ships more steps.
    const own = trainingStart("checkpoint", { ...values, data: "drawn" });
    assert(own.trainSteps > trainingStart("checkpoint", values).trainSteps);
    const learned = { ...values, from: "checkpoint", ...trainingStart("checkpoint", values) };
    assertEquals(stepsToRecognise(learned), 0);
  }
});
