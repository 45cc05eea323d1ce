/** The curve of a run as a model card shows it. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { curveSize, lossCurve } from "../../recipes/loss_curve.ts";

/** A run of so many epochs of ten steps, whose loss falls from one value to another. */
const run = (epochs: number, from: number, to: number) =>
  Array.from({ length: 10 * epochs }, (_, i) => ({
    step: i + 1,
    epoch: 1 + Math.floor(i / 10),
    loss: from * (to / from) ** (i / (10 * epochs - 1)),
    gradientNorm: 1,
    learningRate: 1,
  }));

/** The words of a curve with where they stand. */
const words = (svg: string) =>
  [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]*)</g)]
    .map(([, x, y, anchor, text]) => ({ x: Number(x), y: Number(y), anchor, text }));

/** How wide a figure is, at most, in parts of the size of the type. */
const FIGURE = 0.62;

Deno.test("the losses on the axis are round, and at least two, however narrow their range", () => {
  const cases: [number, number][] = [[1, 0.01], [0.08, 0.06], [0.32, 0.3], [3, 2.9], [0.5, 0.5]];
  for (const [from, to] of cases) {
    const losses = words(lossCurve(run(3, from, to))).filter(({ anchor }) => anchor === "end");
    assert(losses.length >= 2, `${from} to ${to}: ${losses.map(({ text }) => text)}`);
    for (const { text } of losses) assert(text.replace(/^0\.0*/, "").length <= 4, text);
  }
});

Deno.test("epochs on the axis are round, and do not overprint each other", () => {
  for (const epochs of [1, 2, 6, 7, 8, 12, 75, 420, 1646]) {
    const svg = lossCurve(run(epochs, 1, 0.1));
    const size = Number(/font-size="(\d+)"/.exec(svg)![1]);
    const labels = words(svg).filter(({ text, anchor }) => anchor === "middle" && /^\d+$/.test(text));
    assert(labels.length >= 1 && labels.every(({ text }) => /^[1-9]\d?0*$/.test(text)), String(epochs));
    for (const [i, { x, text }] of labels.entries()) {
      const before = labels[i - 1];
      if (!before) continue;
      const apart = x - before.x - FIGURE * size * (text.length + before.text.length) / 2;
      assert(apart > size / 2, `${epochs}: ${before.text} ${text}`);
    }
  }
});

Deno.test("a run that is counted in steps has them on its axis, whole and round", () => {
  for (const steps of [1, 6, 8, 600, 1646]) {
    const svg = lossCurve(run(200, 1, 0.1).slice(0, steps), "step");
    const middle = words(svg).filter(({ anchor }) => anchor === "middle").map(({ text }) => text);
    assertEquals(middle.at(-1), "step");
    const labels = middle.slice(0, -1);
    assert(labels.length >= 1 && labels.every((text) => /^[1-9]\d?0*$/.test(text)), `${steps}: ${labels}`);
    assert(Number(labels.at(-1)) > steps / 2, `${steps}: ${labels}`);
  }
});

Deno.test("words of a curve can be read on a phone, and it has colours for dark pages", () => {
  const svg = lossCurve(run(3, 1, 0.1));
  const onPhone = 340 / curveSize.width;
  assert(Number(/font-size="(\d+)"/.exec(svg)![1]) * onPhone >= 12);
  const classes = new Set([...svg.matchAll(/class="(\w+)"/g)].map(([, name]) => name));
  const [, dark] = /prefers-color-scheme:dark\)\{(.*)\}<\/style>/.exec(svg)!;
  assertEquals([...classes].filter((name) => !dark.includes(`.${name}{`)), []);
  assertThrows(() => lossCurve([]), RangeError, "lines");
});
