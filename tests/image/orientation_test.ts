/** Pictures are turned as `ImageOps.exif_transpose` of Pillow turns them, wherever a file says how. */
import { assertEquals } from "@std/assert";
import { readHeader, uprightSize } from "../../lib/image/header.ts";
import { decodeImage, toPixels } from "../../lib/image.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { exif, type ExifOptions, input, png, withSegments } from "./files.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** Three by two pixels, 0 to 5 in the order of their rows. */
const stored = Uint8Array.from({ length: 6 * 3 }, (_, i) => 40 * Math.floor(i / 3));

/** What becomes of them: Pillow's `transpose` by the method that `exif_transpose` chooses. */
const turned: Readonly<Record<number, { readonly width: number; readonly rows: number[] }>> = {
  1: { width: 3, rows: [0, 1, 2, 3, 4, 5] },
  2: { width: 3, rows: [2, 1, 0, 5, 4, 3] },
  3: { width: 3, rows: [5, 4, 3, 2, 1, 0] },
  4: { width: 3, rows: [3, 4, 5, 0, 1, 2] },
  5: { width: 2, rows: [0, 3, 1, 4, 2, 5] },
  6: { width: 2, rows: [3, 0, 4, 1, 5, 2] },
  7: { width: 2, rows: [5, 2, 4, 1, 3, 0] },
  8: { width: 2, rows: [2, 5, 1, 4, 0, 3] },
  9: { width: 3, rows: [0, 1, 2, 3, 4, 5] },
  0: { width: 3, rows: [0, 1, 2, 3, 4, 5] },
};

function seen(x: Tensor): { width: number; rows: number[] } {
  const { width, data } = toPixels(x);
  return { width, rows: [...data].filter((_, i) => i % 4 === 0).map((byte) => Math.round(byte / 40)) };
}

const ways: ExifOptions[] = (["II", "MM"] as const).flatMap((order) =>
  ([1, 3, 4, 9] as const).flatMap((type) => [0, 3].map((before) => ({ order, type, before })))
);

Deno.test("orientation: PNG, EXIF before and after the data, in both orders of bytes and every whole type", async () => {
  for (const [orientation, expected] of Object.entries(turned)) {
    for (const way of ways) {
      const chunk = { type: "eXIf", data: exif(Number(orientation), way) };
      for (const place of ["before", "after"]) {
        const file = png(3, 2, stored, { [place]: [chunk] });
        assertEquals(seen(await decodeImage(file)), expected, JSON.stringify({ orientation, way, place }));
        assertEquals(uprightSize(readHeader(file)), { width: expected.width, height: 6 / expected.width });
      }
    }
  }
});

Deno.test("orientation: PNG, in an older place, in XMP, and what comes first of several", async () => {
  const digits = exif(6).toHex().replace(/(.{72})/g, "$1\n");
  const raw = { type: "tEXt", data: text(`Raw profile type exif\0\nexif\n      26\n${digits}\n`) };
  const xmp = (n: number) => ({
    type: "iTXt",
    data: text(`XML:com.adobe.xmp\0\0\0\0\0<rdf:Description tiff:Orientation="${n}"/>`),
  });
  const none = { type: "eXIf", data: exif(6).map((byte, i) => i === 11 ? 0x10 : byte) };
  const cases: [string, Parameters<typeof png>[3], number][] = [
    ["raw profile", { before: [raw] }, 6],
    ["XMP", { before: [xmp(8)] }, 8],
    ["XMP behind", { after: [xmp(3)] }, 3],
    ["EXIF wins", { before: [{ type: "eXIf", data: exif(5) }], after: [xmp(3)] }, 5],
    ["EXIF that names none", { before: [none, xmp(3)] }, 3],
    ["marked as in a JPEG", {
      before: [{ type: "eXIf", data: Uint8Array.of(...text("Exif\0\0"), ...exif(7)) }],
    }, 7],
    ["the last of two", {
      before: [{ type: "eXIf", data: exif(5) }],
      after: [{ type: "eXIf", data: exif(2) }],
    }, 2],
    ["damaged", { before: [{ type: "eXIf", data: exif(6).subarray(0, 15) }] }, 1],
    ["empty", { before: [{ type: "eXIf", data: new Uint8Array() }] }, 1],
  ];
  for (const [name, chunks, orientation] of cases) {
    assertEquals(seen(await decodeImage(png(3, 2, stored, chunks))), turned[orientation], name);
  }
});

/** A JPEG of three by two squares of 16 pixels. */
async function jpeg(): Promise<Uint8Array> {
  const { Image } = await import("imagescript");
  const image = new Image(48, 32);
  image.fill((x, y) => {
    const square = Math.floor((x - 1) / 16) + 3 * Math.floor((y - 1) / 16);
    return Image.rgbToColor(40 * square, 40 * square, 40 * square);
  });
  return await image.encodeJPEG(95);
}

/** The squares of a JPEG, each by its middle. */
function squares(x: Tensor): { width: number; rows: number[] } {
  const [, height, width] = x.shape;
  const rows: number[] = [];
  for (let row = 8; row < height; row += 16) {
    for (let column = 8; column < width; column += 16) {
      rows.push(Math.round((x.data[row * width + column] + 1) * 127.5 / 40));
    }
  }
  return { width: width / 16, rows };
}

Deno.test("orientation: JPEG, in both orders of bytes and every whole type", async () => {
  const plain = await jpeg();
  for (const [orientation, expected] of Object.entries(turned)) {
    for (const way of ways) {
      const segment = Uint8Array.of(...text("Exif\0\0"), ...exif(Number(orientation), way));
      const file = withSegments(plain, [[0xe1, segment]]);
      assertEquals(squares(await decodeImage(file)), expected, JSON.stringify({ orientation, way }));
    }
  }
});

Deno.test("orientation: JPEG, behind other segments, behind the size, in XMP", async () => {
  const plain = await jpeg();
  const marked = (n: number) => Uint8Array.of(...text("Exif\0\0"), ...exif(n));
  const xmp = text(
    "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><tiff:Orientation>8</tiff:Orientation></x:xmpmeta>",
  );
  const decode = async (segments: [number, Uint8Array][]) =>
    squares(await decodeImage(withSegments(plain, segments)));
  assertEquals(await decode([[0xfe, text("a comment")], [0xe1, marked(6)]]), turned[6]);
  assertEquals(await decode([[0xe1, xmp]]), turned[8]);
  assertEquals(await decode([[0xe1, xmp], [0xe1, marked(2)]]), turned[2]);
  // Between the start of frame and the data.
  const scan = plain.findIndex((byte, i) => byte === 0xff && plain[i + 1] === 0xda);
  const [head, rest] = [plain.subarray(0, scan), plain.subarray(scan)];
  const late = Uint8Array.of(...head, 0xff, 0xe1, 0, marked(5).length + 2, ...marked(5), ...rest);
  assertEquals(squares(await decodeImage(late)), turned[5]);
});

Deno.test("orientation: files that were found in use", async () => {
  const [before, after] = await Promise.all(
    ["exif6.png", "exif6_after.png"].map(async (name) => await decodeImage(await input(name))),
  );
  assertEquals(before.shape, [3, 13, 11]);
  assertEquals(before, after);
  const photo = await input("orient6_long_be.jpg");
  const { width, height, orientation } = readHeader(photo);
  assertEquals(orientation, 6);
  assertEquals((await decodeImage(photo)).shape, [3, width, height]);
});
