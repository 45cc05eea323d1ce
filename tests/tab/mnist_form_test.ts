/** A drawing in the form of MNIST's digits. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { loadMnist } from "../../recipes/data/mnist.ts";
import { mnistForm } from "../../tab/mnist_form.ts";

/** Where the ink of a picture lies: its box and its centre of mass. */
function ofInk(pixels: Uint8Array) {
  const points = [...pixels].flatMap((value, i) =>
    value > 12 ? [{ x: i % 28, y: Math.floor(i / 28), value }] : []
  );
  const mass = points.reduce((sum, { value }) => sum + value, 0);
  const mean = (axis: "x" | "y") => points.reduce((sum, p) => sum + p.value * (p[axis] + 0.5), 0) / mass;
  const span = (axis: "x" | "y") => {
    const all = points.map((p) => p[axis]);
    return Math.max(...all) - Math.min(...all) + 1;
  };
  return { centre: [mean("x"), mean("y")], spans: [span("x"), span("y")] };
}

/** A sheet with an upright bar. */
function bar(
  size: number,
  { left, top, width, height }: Record<"left" | "top" | "width" | "height", number>,
) {
  const ink = new Float32Array(size * size);
  for (let y = top; y < top + height; y++) ink.fill(1, y * size + left, y * size + left + width);
  return ink;
}

Deno.test("a drawing fills a box of 20 pixels and has its centre of mass in the middle, wherever it was drawn", () => {
  for (const place of [{ left: 20, top: 30 }, { left: 200, top: 110 }]) {
    const { centre, spans } = ofInk(mnistForm(bar(280, { ...place, width: 30, height: 150 }), 280)!);
    // Edges may fall within pixels.
    for (const [i, expected] of [4, 20].entries()) assert(spans[i] - expected <= 1, `${spans}`);
    for (const x of centre) assertAlmostEquals(x, 14.5, 0.1);
  }
  // However large the sheet is.
  const small = mnistForm(bar(140, { left: 10, top: 15, width: 15, height: 75 }), 140)!;
  const large = mnistForm(bar(280, { left: 20, top: 30, width: 30, height: 150 }), 280)!;
  assert(small.every((value, i) => Math.abs(value - large[i]) <= 1));
});

Deno.test("a digit of MNIST stays what it is, a dot stays small, and an empty sheet is none", async () => {
  const { images } = await loadMnist("test");
  for (let n = 0; n < 20; n++) {
    const digit = images.subarray(n * 784, (n + 1) * 784);
    const [was, is] = [ofInk(digit), ofInk(mnistForm(Float32Array.from(digit, (value) => value / 255), 28)!)];
    // MNIST moves its digits by whole pixels.
    is.centre.forEach((x, i) =>
      assert(Math.abs(x - was.centre[i]) <= 0.6, `digit ${n}: ${x}, ${was.centre[i]}`)
    );
    is.spans.forEach((span, i) =>
      assert(Math.abs(span - was.spans[i]) <= 1, `digit ${n}: ${span}, ${was.spans[i]}`)
    );
  }
  const dot = ofInk(mnistForm(bar(280, { left: 100, top: 100, width: 7, height: 7 }), 280)!);
  assert(Math.max(...dot.spans) <= 6, `${dot.spans}`);
  assertEquals(mnistForm(new Float32Array(280 * 280), 280), undefined);
});
