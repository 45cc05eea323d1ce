/** Diagrams against the table of the networks: what they show is in the graphs. */
import { assert, assertEquals } from "@std/assert";
import { networkBlocks, vocabulary } from "../../report/diagrams/blocks.ts";
import { unetGraph } from "../../report/diagrams/graphs.ts";
import { operationsDiagram } from "../../report/diagrams/operations.ts";
import { unetDiagram } from "../../report/diagrams/unet.ts";

const D = 8;

Deno.test("the UNet's blocks are those of the course, in order, with their shapes and skips", () => {
  const blocks = networkBlocks(unetGraph(D));
  assertEquals(blocks.map(({ title, shape }) => [title, shape]), [
    ["ConvBlock", [D, 28, 28]],
    ["DownBlock", [D, 14, 14]],
    ["DownBlock", [2 * D, 7, 7]],
    ["Flatten", [2 * D, 1, 1]],
    ["Unflatten", [2 * D, 7, 7]],
    ["concat", [4 * D, 7, 7]],
    ["UpBlock", [D, 14, 14]],
    ["concat", [2 * D, 14, 14]],
    ["UpBlock", [D, 28, 28]],
    ["concat", [2 * D, 28, 28]],
    ["ConvBlock", [D, 28, 28]],
    ["3×3 convolution", [1, 28, 28]],
  ]);
  const skips = blocks.filter(({ title }) => title === "concat").map(({ inputs }) => inputs[1]);
  assertEquals(skips, ["d2", "d1", "inp"]);
  assertEquals(blocks[0].inputs, ["x"]);
});

Deno.test("time is added and the class scales, each through an FCBlock", () => {
  const titles = (options: { time?: boolean; classes?: number }) =>
    networkBlocks(unetGraph(D, options)).map(({ title }) => title);
  assertEquals(titles({ time: true }).filter((title) => ["+", "×", "FCBlock"].includes(title)), [
    "FCBlock",
    "+",
    "FCBlock",
    "+",
  ]);
  const blocks = networkBlocks(unetGraph(D, { time: true, classes: 10 }));
  const condition = blocks.filter(({ title }) => ["+", "×"].includes(title));
  assertEquals(condition.map(({ title, inputs }) => [title, inputs[1]]), [["×", "c1"], ["+", "t1"], [
    "×",
    "c2",
  ], ["+", "t2"]]);
  const sources = blocks.filter(({ title }) => title === "FCBlock").map(({ inputs }) => inputs[0]);
  assertEquals(sources, ["label", "time", "label", "time"]);
});

Deno.test("operations are what the graphs have of them", () => {
  const words = new Map(vocabulary([unetGraph(D, { time: true })]).map(({ title, parts }) => [title, parts]));
  assertEquals(words.get("Conv"), ["3×3 convolution", "batch norm", "GELU"]);
  assertEquals(words.get("DownConv"), ["3×3 convolution, stride 2", "batch norm", "GELU"]);
  assertEquals(words.get("UpConv"), ["4×4 transposed convolution, stride 2", "batch norm", "GELU"]);
  assertEquals(words.get("Flatten"), ["7×7 average pool", "GELU"]);
  assertEquals(words.get("Unflatten"), ["7×7 transposed convolution, stride 7", "batch norm", "GELU"]);
  assertEquals(words.get("ConvBlock"), ["Conv", "Conv"]);
  assertEquals(words.get("DownBlock"), ["DownConv", "Conv", "Conv"]);
  assertEquals(words.get("UpBlock"), ["UpConv", "Conv", "Conv"]);
  assertEquals(words.get("FCBlock"), ["linear", "GELU", "linear"]);
  assertEquals(words.size, 9);
});

Deno.test("nothing of a diagram is cut off, and no two boxes overlap", () => {
  for (const options of [{}, { time: true }, { time: true, classes: 10 }]) {
    for (
      const { bytes, width, height } of [
        unetDiagram(unetGraph(64, options)),
        operationsDiagram([unetGraph(64, options)]),
      ]
    ) {
      const svg = new TextDecoder().decode(bytes);
      const boxes = [
        ...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx/g),
      ]
        .map((match) => match.slice(1).map(Number));
      assert(boxes.length > 10);
      boxes.forEach(([x, y, w, h], i) => {
        assert(x >= 0 && y >= 0 && x + w <= width && y + h <= height);
        for (const [ox, oy, ow, oh] of boxes.slice(i + 1)) {
          assert(
            ox >= x + w || ox + ow <= x || oy >= y + h || oy + oh <= y,
            `boxes at ${x}, ${y} and ${ox}, ${oy}`,
          );
        }
      });
      for (const [, path] of svg.matchAll(/<path d="(M[^"]+)" fill="none"/g)) {
        for (const [, x, y] of path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)) {
          assert(Number(x) >= 0 && Number(x) <= width && Number(y) >= 0 && Number(y) <= height, path);
        }
      }
    }
  }
});

Deno.test("every colour of a diagram has another on dark pages", () => {
  for (const { bytes } of [operationsDiagram([unetGraph(D)]), unetDiagram(unetGraph(D))]) {
    const svg = new TextDecoder().decode(bytes);
    const [, dark] = /<style>@media\(prefers-color-scheme:dark\)\{(.*)\}<\/style>/.exec(svg)!;
    const drawn = svg.replace(dark, "");
    const colours = new Set(
      [...drawn.matchAll(/ (fill|stroke)="(#\w+)"/g)].map(([, kind, colour]) =>
        `[${kind}="${colour}"]{${kind}:#`
      ),
    );
    assert(colours.size > 4);
    assertEquals([...colours].filter((rule) => !dark.includes(rule)), []);
  }
});
