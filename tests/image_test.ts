import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { crc32, deflateSync } from "node:zlib";
import {
  decodeImage,
  encodeGif,
  encodePng,
  grid,
  ImageError,
  readPngText,
  resize,
  toPixels,
  upscaleNearest,
  withPngText,
} from "../lib/image.ts";
import { ArgumentError } from "../lib/errors.ts";
import { PNG_SIGNATURE, readChunks, writeChunks } from "../lib/image/png_chunks.ts";
import { full, map, type Tensor, tensor, zeros } from "../lib/tensor.ts";

/** A picture with every byte exactly, a different pattern in each channel. */
function pattern(channels: number, height: number, width: number): Tensor {
  return map(zeros([channels, height, width]), (_, i) => Math.fround((i * 37 + i * i) % 256 / 127.5) - 1);
}

/** The first bytes of a PNG, with checksum, but without pixels. */
function pngHeader(width: number, height: number): Uint8Array {
  const data = new Uint8Array(13);
  new DataView(data.buffer).setUint32(0, width);
  new DataView(data.buffer).setUint32(4, height);
  data.set([8, 2], 8);
  return writeChunks([{ type: "IHDR", data }, { type: "IEND", data: new Uint8Array() }]);
}

// First in the file: what has been loaded once is not asked about again.
Deno.test({
  name: "decodeImage, encodeGif: work with the permissions that the documentation names",
  permissions: { ffi: ["node_modules"], env: ["IMAGESCRIPT_WASM_SIMD"], read: ["node_modules"] },
  fn: async () => {
    const x = pattern(3, 4, 5);
    assertEquals(await decodeImage(encodePng(x)), x);
    assertEquals((await decodeImage(await encodeGif([x]))).shape, [3, 4, 5]);
  },
});

Deno.test({
  name: "toPixels, encodePng, readPngText, grid, resize: need no permission",
  permissions: "none",
  fn: () => {
    const sheet = grid(resize(zeros([2, 1, 4, 4]), 6, 6));
    assertEquals(readPngText(encodePng(sheet, { text: { Title: "x" } })), { Title: "x" });
  },
});

Deno.test("toPixels: clamps, and rounds half to even as numpy", () => {
  // With a range of 255 each value is the byte before rounding.
  const x = tensor(Float32Array.of(0.5, 1.5, 2.5, 3.5, 0.49, 253.5, 254.5, -3, 300, NaN), [1, 1, 10]);
  const { data } = toPixels(x, [0, 255]);
  const gray = Array.from({ length: 10 }, (_, i) => data[4 * i]);
  assertEquals(gray, [0, 2, 2, 4, 0, 254, 254, 0, 255, 0]);
});

Deno.test("toPixels: gray and colour, opaque, either range", () => {
  const gray = toPixels(tensor(Float32Array.of(-1, 0, 1), [1, 1, 3]));
  assertEquals([gray.width, gray.height], [3, 1]);
  assertEquals([...gray.data], [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
  const colour = toPixels(tensor(Float32Array.of(0, 0.2, 1), [3, 1, 1]), [0, 1]);
  assertEquals([...colour.data], [0, 51, 255, 255]);
});

Deno.test("toPixels: several pictures become a sheet with white gaps", () => {
  const { width, height, data } = toPixels(full([2, 1, 3, 3], 1), [0, 2]);
  assertEquals([width, height], [8, 3]);
  assertEquals([data[0], data[4 * 3], data[4 * 5]], [128, 255, 128]);
});

Deno.test("toPixels: other shapes and ranges are refused by name", () => {
  assertThrows(() => toPixels(zeros([2, 4, 4])), RangeError, "x: shape [2,4,4]");
  assertThrows(() => toPixels(zeros([4, 4])), RangeError, "x: shape [4,4]");
  assertThrows(() => toPixels(zeros([3, 0, 4])), RangeError, "x: shape [3,0,4]");
  assertThrows(() => toPixels(zeros([1, 2, 2]), [1, 1]), RangeError, "range: [1,1]");
});

Deno.test("encodePng: what is encoded is decoded, gray and colour", async () => {
  for (const [channels, height, width] of [[3, 31, 47], [1, 9, 1], [3, 1, 1]] as const) {
    const x = pattern(channels, height, width);
    assertEquals(await decodeImage(encodePng(x), { channels }), x);
  }
});

Deno.test("encodePng: equal input gives equal bytes, gray is stored as gray", () => {
  const smooth = map(zeros([1, 40, 40]), (_, i) => Math.sin(i / 300));
  assertEquals(encodePng(smooth), encodePng(smooth));
  const colour = tensor(Float32Array.from([...smooth.data, ...smooth.data, ...smooth.data]), [3, 40, 40]);
  assertEquals(encodePng(colour), encodePng(smooth));
  assertLess(encodePng(smooth).length, 1000);
});

Deno.test("encodePng: transparent bytes stay so in the file, and are decoded on white", async () => {
  const data = Uint8Array.of(10, 20, 30, 255, 0, 0, 0, 0, 0, 0, 0, 128);
  const png = encodePng({ width: 3, height: 1, data });
  assertEquals(png[25], 6, "colour type");
  const { data: x } = await decodeImage(png);
  assertEquals(
    toPixels(tensor(x, [3, 1, 3])).data.filter((_, i) => i % 4 === 0),
    Uint8Array.of(10, 255, 127),
  );
  assertThrows(
    () => encodePng({ width: 3, height: 2, data }),
    RangeError,
    "image: 12 bytes where 4 * 3 * 2",
  );
});

Deno.test("withPngText keeps the image and its texts, and adds others", async () => {
  const png = encodePng(pattern(3, 5, 7), { text: { Title: "a" } });
  const with2 = withPngText(png, { denoise: JSON.stringify({ prompt: "日本" }) });
  assertEquals(readPngText(with2), { Title: "a", denoise: '{"prompt":"日本"}' });
  assertEquals(await decodeImage(with2), await decodeImage(png));
  assertThrows(() => withPngText(png.subarray(0, 30), {}), ImageError);
  assertThrows(() => withPngText(png, { "": "x" }), ArgumentError, "keyword");
});

Deno.test("encodePng: the chunks are in order and every checksum holds", () => {
  const png = encodePng(pattern(3, 5, 7), { text: { Title: "a", Comment: "日本" } });
  assertEquals(png.subarray(0, 8), PNG_SIGNATURE);
  const view = new DataView(png.buffer);
  const types: string[] = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    types.push(new TextDecoder().decode(png.subarray(at + 4, at + 8)));
    assertEquals(view.getUint32(at + 8 + length), crc32(png.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  assertEquals(types, ["IHDR", "tEXt", "iTXt", "IDAT", "IEND"]);
});

Deno.test("readPngText: gives back what encodePng was told, whatever the letters", () => {
  const text = {
    Title: "plain",
    Author: "José Ångström",
    prompt: "an oil painting of a 雪山 village 🏔️\nsecond line\ttab",
    "Two words": "",
    ["__proto__"]: "x".repeat(50_000),
    "café": "\x85 is a control character in Latin-1",
  };
  assertEquals(readPngText(encodePng(zeros([1, 2, 2]), { text })), text);
  assertEquals(readPngText(encodePng(zeros([1, 2, 2]))), {});
});

Deno.test("readPngText: reads compressed texts, and does not let them grow without end", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const file = (type: string, data: Uint8Array) =>
    writeChunks([{ type, data }, { type: "IEND", data: new Uint8Array() }]);
  const z = file("zTXt", join(bytes("key\0\0"), deflateSync(bytes("old"))));
  assertEquals(readPngText(z), { key: "old" });
  const i = file("iTXt", join(bytes("key\0\x01\0de\0Wort\0"), deflateSync(bytes("süß"))));
  assertEquals(readPngText(i), { key: "süß" });
  const bomb = file("zTXt", join(bytes("key\0\0"), deflateSync(new Uint8Array(1 << 25))));
  assertThrows(() => readPngText(bomb), ImageError, 'PNG text "key" does not unpack');
  assertThrows(
    () => readPngText(file("tEXt", bytes("no end"))),
    ImageError,
    "chunk tEXt has no end of a field",
  );
});

Deno.test("encodePng: keywords and texts that PNG does not allow are refused", () => {
  for (const keyword of ["", " a", "a ", "a  b", "x".repeat(80), "日本", "a\nb", "a\0"]) {
    assertThrows(
      () => encodePng(zeros([1, 1, 1]), { text: { [keyword]: "x" } }),
      RangeError,
      "text: keyword",
    );
  }
  for (const text of ["a\0b", "\ud83d"]) {
    assertThrows(() => encodePng(zeros([1, 1, 1]), { text: { key: text } }), RangeError, 'text: "key"');
  }
});

Deno.test("readPngText: damaged files are refused", () => {
  const png = encodePng(zeros([1, 4, 4]), { text: { key: "value" } });
  assertThrows(() => readPngText(png.subarray(0, -5)), ImageError, "where an IEND chunk is expected");
  assertThrows(() => readPngText(Uint8Array.of(1, 2, 3)), ImageError, "no PNG signature");
  const flipped = png.slice();
  flipped[45] ^= 1;
  assertThrows(() => readPngText(flipped), ImageError, 'wrong checksum of PNG chunk "tEXt"');
  assertEquals([...readChunks(png)].length, 4);
});

Deno.test("decodeImage: more than 50 megapixels are refused by the header alone", async () => {
  await assertRejects(() => decodeImage(pngHeader(10_000, 5001)), ImageError, "PNG of 10000 x 5001");
  await assertRejects(() => decodeImage(pngHeader(2 ** 31, 2 ** 31)), ImageError, "at most 50 megapixels");
  const jpeg = Uint8Array.of(
    0xff,
    0xd8,
    0xff,
    0xfe,
    0,
    3,
    0,
    0xff,
    0xc2,
    0,
    11,
    8,
    0xff,
    0xff,
    0xff,
    0xff,
    1,
    1,
    0,
    0,
  );
  await assertRejects(() => decodeImage(jpeg), ImageError, "JPEG of 65535 x 65535");
  // The screen is small, the frame is not.
  const gif = Uint8Array.of(
    ...[0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0, 0, 0],
    ...[0x21, 0xf9, 4, 0, 0, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0],
  );
  await assertRejects(() => decodeImage(gif), ImageError, "GIF of 65535 x 65535");
});

Deno.test("decodeImage: what is no picture, or half of one, is refused", async () => {
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(), "0 bytes of an unknown format"],
    [new TextEncoder().encode("<svg/>"), "where a PNG, JPEG or GIF is expected"],
    [PNG_SIGNATURE, "PNG with a damaged or incomplete header"],
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 2, 7), "JPEG with a damaged or incomplete header"],
    [new TextEncoder().encode("GIF89a"), "GIF with a damaged or incomplete header"],
    [pngHeader(0, 4), "PNG without a pixel"],
    [pngHeader(4, 4), "damaged PNG"],
    [encodePng(pattern(3, 30, 30)).subarray(0, 200), "damaged PNG"],
  ];
  for (const [bytes, message] of cases) await assertRejects(() => decodeImage(bytes), ImageError, message);
});

Deno.test("decodeImage: random damage gives an ImageError or a picture, never another error", async () => {
  const files = [encodePng(pattern(3, 8, 8)), await encodeGif([pattern(3, 8, 8)]), await jpeg(16, 8)];
  let seed = 1;
  const random = (n: number) => (seed = seed * 48271 % 2147483647) % n;
  for (const file of files) {
    for (let attempt = 0; attempt < 40; attempt++) {
      const damaged = file.slice(0, attempt % 2 ? file.length : 1 + random(file.length));
      for (let k = 0; k < 3; k++) damaged[random(damaged.length)] = random(256);
      await decodeImage(damaged).catch((error) => assert(error instanceof ImageError, String(error)));
    }
  }
});

/** A JPEG whose left half is red and whose right half is blue. */
async function jpeg(width: number, height: number): Promise<Uint8Array> {
  const { Image } = await import("imagescript");
  const image = new Image(width, height);
  image.fill((x) => x <= width / 2 ? 0xff0000ff : 0x0000ffff);
  return await image.encodeJPEG(95);
}

Deno.test("decodeImage: a JPEG is turned as its EXIF orientation says", async () => {
  const plain = await jpeg(32, 16);
  /** Red in each corner: top left, top right, bottom left, bottom right. */
  const corners = ({ data, shape: [, height, width] }: Tensor) =>
    [0, width - 1, (height - 1) * width, height * width - 1].map((i) => data[i] > 0);
  const expected: Record<number, [number[], boolean[]]> = {
    1: [[3, 16, 32], [true, false, true, false]],
    2: [[3, 16, 32], [false, true, false, true]],
    3: [[3, 16, 32], [false, true, false, true]],
    4: [[3, 16, 32], [true, false, true, false]],
    5: [[3, 32, 16], [true, true, false, false]],
    6: [[3, 32, 16], [true, true, false, false]],
    7: [[3, 32, 16], [false, false, true, true]],
    8: [[3, 32, 16], [false, false, true, true]],
    9: [[3, 16, 32], [true, false, true, false]],
  };
  for (const [orientation, [shape, red]] of Object.entries(expected)) {
    const exif = Uint8Array.of(
      ...[0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0], // APP1 "Exif"
      ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1], // big-endian, one entry
      ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, Number(orientation), 0, 0, 0, 0, 0, 0],
    );
    const x = await decodeImage(Uint8Array.of(...plain.subarray(0, 2), ...exif, ...plain.subarray(2)));
    assertEquals([x.shape, corners(x)], [shape, red], `orientation ${orientation}`);
  }
});

Deno.test("decodeImage: gray is Pillow's luma", async () => {
  const data = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 12, 200, 99, 255);
  const x = await decodeImage(encodePng({ width: 4, height: 1, data }), { channels: 1 });
  assertEquals(x.shape, [1, 1, 4]);
  assertEquals([...toPixels(x).data].filter((_, i) => i % 4 === 0), [76, 150, 29, 132]);
});

Deno.test("grid: places pictures row by row", () => {
  const x = tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 1, 1, 2]);
  assertEquals(grid(x, { columns: 2, gap: 1, background: 9 }), {
    data: Float32Array.of(1, 2, 9, 3, 4, 9, 9, 9, 9, 9, 5, 6, 9, 9, 9),
    shape: [1, 3, 5],
  });
  assertEquals(grid(x, { columns: 1, gap: 0 }).data, x.data);
  assertEquals(grid(zeros([10, 3, 8, 6])).shape, [3, 3 * 8 + 4, 4 * 6 + 6]);
});

Deno.test("grid: wrong arguments are refused by name", () => {
  assertThrows(() => grid(zeros([3, 4, 4])), RangeError, "x: shape [3,4,4]");
  assertThrows(() => grid(zeros([0, 3, 4, 4])), RangeError, "x: shape [0,3,4,4]");
  assertThrows(() => grid(zeros([1, 1, 1, 1]), { columns: 0 }), RangeError, "columns: 0");
  assertThrows(() => grid(zeros([1, 1, 1, 1]), { gap: 0.5 }), RangeError, "gap: 0.5");
});

Deno.test("resize: gives Pillow's very bytes", () => {
  const x = tensor(
    Float32Array.from([0, 40, 80, 255, 255, 10, 200, 30, 90, 90, 0, 120], (v) => v / 127.5 - 1),
    [1, 3, 4],
  );
  const bytes = (y: Tensor) => [...y.data].map((v) => Math.round((v + 1) * 127.5));
  // PIL.Image.fromarray(...).resize((width, height), filter), Pillow 12.3
  assertEquals(bytes(resize(x, 2, 2, { bytes: true })), [65, 138, 106, 72]);
  assertEquals(bytes(resize(x, 4, 5, { bytes: true })), [
    0,
    24,
    49,
    130,
    255,
    171,
    48,
    86,
    163,
    102,
    211,
    79,
    80,
    117,
    45,
    81,
    98,
    35,
    20,
    130,
  ]);
  assertEquals(bytes(resize(x, 2, 3, { bytes: true, filter: "bilinear" })), [76, 77, 157, 125, 68, 83]);
});

Deno.test("resize: keeps leading axes, constants and size", () => {
  const flat = resize(full([2, 3, 10, 7], 0.3), 4, 9);
  assertEquals(flat.shape, [2, 3, 4, 9]);
  for (const v of flat.data) assertAlmostEquals(v, 0.3, 1e-6);
  const x = pattern(3, 6, 5);
  assertEquals(resize(x, 6, 5), x);
  assert(resize(x, 6, 5).data !== x.data, "a copy");
  // A checkerboard shrinks to its mean: nothing aliases.
  const board = map(zeros([1, 64, 64]), (_, i) => (i + (i >> 6)) % 2);
  for (const v of resize(board, 8, 8, { filter: "bilinear" }).data) assertAlmostEquals(v, 0.5, 0.01);
});

Deno.test("resize, upscaleNearest: wrong arguments are refused by name", () => {
  const x = zeros([1, 2, 2]);
  assertThrows(() => resize(x, 0, 2), RangeError, "height: 0");
  assertThrows(() => resize(x, 2, 1.5), RangeError, "width: 1.5");
  assertThrows(() => resize(zeros([3]), 2, 2), RangeError, "x: shape [3]");
  assertThrows(() => resize(zeros([1, 0, 3]), 2, 2), RangeError, "x: shape [1,0,3]");
  assertThrows(() => resize(x, 2, 2, { filter: "box" as "bilinear" }), RangeError, 'filter: "box"');
  assertThrows(() => upscaleNearest(x, 0), RangeError, "factor: 0");
  assertThrows(() => upscaleNearest(zeros([3]), 2), RangeError, "x: shape [3]");
});

Deno.test("upscaleNearest: every pixel becomes a square", () => {
  const x = tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 2]);
  assertEquals(upscaleNearest(x, 2), {
    data: Float32Array.of(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4, 5, 5, 6, 6, 5, 5, 6, 6),
    shape: [1, 6, 4],
  });
});

Deno.test("encodeGif: frames, delays and endless repetition", async () => {
  const black = full([1, 6, 8], 0);
  const white = full([1, 6, 8], 1);
  const bytes = await encodeGif([black, white, black], { delay: [100, 50, 2000], range: [0, 1] });
  const { decode, GIF } = await import("imagescript");
  const gif = await decode(bytes);
  assert(gif instanceof GIF);
  assertEquals([gif.width, gif.height, gif.length], [8, 6, 3]);
  assertEquals([...gif].map((frame) => frame.duration), [100, 50, 2000]);
  assertEquals([...gif].map((frame) => frame.bitmap[20]), [0, 255, 0]);
  const at = new TextDecoder("latin1").decode(bytes).indexOf("NETSCAPE2.0") + 11;
  assertEquals([...bytes.subarray(at, at + 4)], [3, 1, 0, 0], "a count of 0 is for ever");
  const batch = await encodeGif(tensor(Float32Array.of(0, 1), [2, 1, 1, 1]));
  assertNotEquals(batch.length, 0);
});

Deno.test("encodeGif: wrong arguments are refused by name", async () => {
  const x = zeros([1, 2, 2]);
  await assertRejects(() => encodeGif([]), RangeError, "frames: empty list");
  await assertRejects(() => encodeGif([x, zeros([1, 2, 3])]), RangeError, "frames: 3 x 2 where 2 x 2");
  await assertRejects(() => encodeGif(x), RangeError, "frames: shape [1,2,2]");
  await assertRejects(() => encodeGif([x], { delay: 5 }), RangeError, "delay: 5");
  await assertRejects(() => encodeGif([x], { delay: [100, 100] }), RangeError, "one number or 1");
});
