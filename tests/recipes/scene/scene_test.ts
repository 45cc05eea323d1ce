import { assert, assertEquals, assertRejects } from "@std/assert";
import { raster } from "../../../recipes/data/scene/raster.ts";
import { type IconDrawing, type Scene, sceneSvg } from "../../../recipes/data/scene/scene.ts";

const SIZE = 16;

/** The left half of the box red, the right one green. */
const halves: IconDrawing = {
  body: '<rect width="1" height="2" fill="red"/><rect x="1" width="1" height="2" fill="#0f0"/>',
  box: [0, 0, 2, 2],
};

async function draw(scene: Scene): Promise<(x: number, y: number) => number[]> {
  const planes = await raster(sceneSvg(scene, SIZE), SIZE);
  return (x, y) => [0, 1, 2].map((c) => planes[(c * SIZE + y) * SIZE + x]);
}

const whole = { icon: halves, x: 0.5, y: 0.5, size: 1 };

Deno.test("a scene without icons is white, or its ground", async () => {
  assertEquals((await draw({ parts: [] }))(3, 3), [255, 255, 255]);
  const ground = '<rect width="1" height="1" fill="#102030"/>';
  assertEquals((await draw({ ground, parts: [] }))(15, 15), [16, 32, 48]);
});

Deno.test("icons stand where they are put, mirrored and turned clockwise", async () => {
  const [red, green] = [[255, 0, 0], [0, 255, 0]];
  const plain = await draw({ parts: [whole] });
  assertEquals([plain(2, 8), plain(13, 8)], [red, green]);
  const mirrored = await draw({ parts: [{ ...whole, mirrored: true }] });
  assertEquals([mirrored(2, 8), mirrored(13, 8)], [green, red]);
  // A quarter turn clockwise takes the left half up.
  const turned = await draw({ parts: [{ ...whole, turn: 90 }] });
  assertEquals([turned(8, 2), turned(8, 13)], [red, green]);
  const corner = await draw({ parts: [{ ...whole, x: 0.25, y: 0.75, size: 0.5 }] });
  assertEquals([corner(1, 12), corner(6, 12), corner(12, 12), corner(1, 3)], [
    red,
    green,
    [255, 255, 255],
    [255, 255, 255],
  ]);
});

Deno.test("colours are turned, saturation taken, monochrome icons drawn in an ink", async () => {
  const gray = (await draw({ parts: [{ ...whole, saturation: 0 }] }))(2, 8);
  assert(Math.max(...gray) - Math.min(...gray) <= 1, `${gray}`);
  const [red, green] = (await draw({ parts: [{ ...whole, hue: 120 }] }))(2, 8);
  assert(green > red, "a third of the circle takes red to green");
  const ink = { body: '<path fill="currentColor" d="M0 0h2v2H0z"/>', box: [0, 0, 2, 2] } as const;
  assertEquals((await draw({ parts: [{ icon: ink, x: 0.5, y: 0.5, size: 1, ink: "#0000ff" }] }))(8, 8), [
    0,
    0,
    255,
  ]);
});

Deno.test("two icons that call their gradients the same keep their own", async () => {
  const painted = (colour: string): IconDrawing => ({
    body:
      `<linearGradient id="a"><stop stop-color="${colour}"/></linearGradient><rect width="1" height="1" fill="url(#a)"/>`,
    box: [0, 0, 1, 1],
  });
  const at = await draw({
    parts: [
      { icon: painted("#ff0000"), x: 0.25, y: 0.5, size: 0.5 },
      { icon: painted("#0000ff"), x: 0.75, y: 0.5, size: 0.5 },
    ],
  });
  assertEquals([at(3, 8), at(12, 8)], [[255, 0, 0], [0, 0, 255]]);
});

Deno.test("what is no SVG, or of another size, is refused", async () => {
  await assertRejects(() => raster("<p>no</p>", 8));
  await assertRejects(() => raster(sceneSvg({ parts: [] }, 8), 16), Error, "8 x 8 x 3 where 16 x 16 x 3");
});
