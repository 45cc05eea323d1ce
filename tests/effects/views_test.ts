/** Views: exact undoing, orthogonality, and what each does to pictures that are written out. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  createView,
  flip,
  identity,
  innerCircle,
  jigsaw,
  negate,
  permutedPixels,
  permutePatches,
  rotate,
  skew,
  squareHinge,
  type ViewName,
  views,
} from "../../lib/effects/views/mod.ts";
import { Generator } from "../../lib/random.ts";
import { tensor } from "../../lib/tensor.ts";

const names = Object.keys(views) as ViewName[];
const all = (size: number) =>
  names.map((name) => [name, createView(name, { seed: 3, pixels: size })] as const);

/** A picture whose pixels are their own numbers. */
function numbered(size: number) {
  return tensor(Float32Array.from({ length: size * size }, (_, i) => i), [1, 1, size, size]);
}

Deno.test("every view is undone to the last bit, in either order, at the sizes of digits and of both stages", () => {
  for (const size of [32, 64, 256]) {
    const x = new Generator(size).randn([2, 3, size, size]);
    for (const [name, view] of all(size)) {
      assertEquals(view.undo(view.apply(x)), x, name);
      assertEquals(view.apply(view.undo(x)), x, name);
    }
  }
  const digit = new Generator(1).randn([1, 1, 28, 28]);
  for (
    const view of [
      rotate(180),
      flip(),
      jigsaw(5),
      innerCircle(),
      squareHinge(),
      permutePatches({ patches: 7 }),
    ]
  ) {
    assertEquals(view.undo(view.apply(digit)), digit);
  }
});

Deno.test("every view keeps inner products: noise stays noise", () => {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const [a, b] = [1, 2].map((seed) => new Generator(seed).randn([1, 3, 32, 32]));
  for (const [name, view] of all(32)) {
    const difference = dot(view.apply(a).data, view.apply(b).data) - dot(a.data, b.data);
    assert(Math.abs(difference) < 1e-9, `${name}: ${difference}`);
    if (name !== "identity") assert(view.apply(a).data.some((value, i) => value !== a.data[i]), name);
  }
});

Deno.test("a learned variance moves with its pixels, and does not change its sign", () => {
  const variance = new Generator(4).randn([1, 3, 32, 32]);
  for (const [name, view] of all(32)) {
    const expected = name === "negate" ? variance : view.undo(variance);
    assertEquals(view.undoVariance(variance), expected, name);
  }
});

Deno.test("flips and turns are those of written out pictures", () => {
  const x = numbered(2); // 0 1 / 2 3
  assertEquals([...flip().apply(x).data], [2, 3, 0, 1]);
  assertEquals([...rotate(90).apply(x).data], [2, 0, 3, 1]);
  assertEquals([...rotate(180).apply(x).data], [3, 2, 1, 0]);
  assertEquals([...rotate(270).apply(x).data], [1, 3, 0, 2]);
  assertEquals([...negate().apply(x).data], [-0, -1, -2, -3]);
  const wide = tensor(Float32Array.of(0, 1, 2, 3, 4, 5), [1, 1, 2, 3]);
  assertEquals([...flip().apply(wide).data], [3, 4, 5, 0, 1, 2]);
  assertEquals([...rotate(180).apply(wide).data], [5, 4, 3, 2, 1, 0]);
});

Deno.test("skewing moves columns down by their distance from the middle, times the slope", () => {
  const size = 8;
  const seen = skew(1.5).apply(numbered(size)).data;
  for (let column = 0; column < size; column++) {
    const shift = [-6, -4, -3, -1, 0, 1, 3, 4][column]; // 1.5 (column - 4), cut off
    for (let row = 0; row < size; row++) {
      const to = (row + shift + size) % size;
      assertEquals(seen[to * size + column], row * size + column);
    }
  }
});

Deno.test("patches are moved whole, and alike at every size", () => {
  const order = (size: number) => {
    const seen = permutePatches({ patches: 4, seed: 9 }).apply(numbered(size)).data;
    const side = size / 4;
    return Array.from({ length: 16 }, (_, patch) => {
      const first = Math.floor(patch / 4) * side * size + (patch % 4) * side;
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) assertEquals(seen[first + y * size + x] - seen[first], y * size + x);
      }
      return Math.floor(seen[first] / (side * size)) * 4 + (seen[first] % size) / side;
    });
  };
  assertEquals(order(8), [...new Generator(9).permutation(16)]);
  assertEquals(order(32), order(8));
});

Deno.test("the inner circle turns by 180 degrees what is within 3/8 of the size", () => {
  const size = 64;
  const seen = innerCircle().apply(numbered(size)).data;
  for (let i = 0; i < size * size; i++) {
    const [y, x] = [Math.floor(i / size) - 31.5, i % size - 31.5];
    assertEquals(seen[i], Math.hypot(x, y) < 24 ? size * size - 1 - i : i);
  }
});

Deno.test("hinged squares turn in opposite directions", () => {
  const seen = squareHinge().apply(numbered(7)).data; // squares of 2, one row and one column left over
  assertEquals([0, 1, 7, 8].map((i) => seen[i]), [7, 0, 8, 1]); // clockwise
  assertEquals([2, 3, 9, 10].map((i) => seen[i]), [3, 10, 2, 9]); // counterclockwise
  assertEquals([6, 13, 48].map((i) => seen[i]), [6, 13, 48]);
});

Deno.test("jigsaw pieces are connected, of four shapes, and moved without being changed", () => {
  const size = 64;
  for (const seed of [0, 1, 2, 3]) {
    const seen = jigsaw(seed).apply(numbered(size)).data;
    // Neighbours that stay neighbours are of one piece; there are about sixteen of them.
    const piece = new Int32Array(size * size).fill(-1);
    const sizes: number[] = [];
    const from = (i: number) => [seen[i] % size, Math.floor(seen[i] / size)];
    for (let start = 0; start < piece.length; start++) {
      if (piece[start] !== -1) continue;
      const stack = [start];
      piece[start] = sizes.length;
      let count = 0;
      for (let i; (i = stack.pop()) !== undefined; count++) {
        const [x, y] = [i % size, Math.floor(i / size)];
        const steps = [[1, 0], [-1, 0], [0, 1], [0, -1]].filter(([dx, dy]) =>
          x + dx >= 0 && x + dx < size && y + dy >= 0 && y + dy < size
        );
        for (const [dx, dy] of steps) {
          const next = (y + dy) * size + x + dx;
          const [[ax, ay], [bx, by]] = [from(i), from(next)];
          if (piece[next] === -1 && Math.abs(ax - bx) + Math.abs(ay - by) === 1) {
            piece[next] = sizes.length;
            stack.push(next);
          }
        }
      }
      sizes.push(count);
    }
    // Pieces that keep their neighbour count as one; none is in shreds.
    assert(sizes.length <= 16 && sizes.length >= 2, `${sizes.length} pieces of seed ${seed}`);
    assert(Math.min(...sizes) > 100, `${sizes}`);
  }
});

Deno.test("a view of one's own must be a permutation", () => {
  const view = permutedPixels((height, width) => new Int32Array(height * width));
  assertThrows(() => view.apply(numbered(2)), RangeError, "order: [0,0,0,0] where a permutation of 4 pixels");
  assertThrows(
    () => identity().apply && flip().apply(tensor(new Float32Array(4), [2, 2])),
    RangeError,
    "x: shape [2,2]",
  );
});

Deno.test("views refuse what they cannot turn", () => {
  const wide = tensor(new Float32Array(6), [1, 1, 2, 3]);
  assertThrows(() => rotate(90).apply(wide), RangeError, "2 x 3 where squares");
  assertThrows(() => jigsaw().apply(numbered(6)), RangeError, "6 x 6 where a multiple of 4");
  assertThrows(() => permutePatches({ patches: 5 }).apply(numbered(6)), RangeError, "a multiple of 5");
  assertThrows(() => permutePatches({ patches: 0 }), RangeError, "patches: 0 where");
  assertThrows(() => skew(NaN), RangeError, "slope: NaN where");
  assertThrows(() => rotate(45 as 90), RangeError, "degrees: 45 where");
  assertThrows(
    () => createView("upside" as "flip"),
    RangeError,
    'view: "upside" where one of identity, flip',
  );
});
