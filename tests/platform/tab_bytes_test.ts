/** What a tab computes of bytes without the machine: compression, checksums and hashes, beside Node's. */
import { assertEquals, assertThrows } from "@std/assert";
import { sha256 } from "../../lib/platform/browser/sha256.ts";
import { zlib } from "../../lib/platform/browser/zlib.ts";
import { zlib as native } from "../../lib/platform/native/zlib.ts";
import { sha256 as nativeSha256 } from "../../lib/platform/native/sha256.ts";

const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i >> 7) % 61);

Deno.test("what either packs, both unpack", () => {
  for (const content of [bytes, new Uint8Array(), Uint8Array.of(7)]) {
    for (const packed of [zlib.deflate(content), native.deflate(content)]) {
      assertEquals(zlib.inflate(packed, content.length), content);
      assertEquals(Uint8Array.from(native.inflate(packed, Math.max(1, content.length))), content);
    }
  }
});

Deno.test("what is damaged, cut off or too much is not unpacked", () => {
  const packed = zlib.deflate(bytes);
  assertThrows(() => zlib.inflate(packed.slice(0, packed.length - 40), bytes.length), Error);
  assertThrows(() => zlib.inflate(Uint8Array.of(1, 2, 3, 4), 100), Error);
  assertThrows(() => zlib.inflate(packed, bytes.length - 1), Error, `more than ${bytes.length - 1} bytes`);
});

Deno.test("checksums and hashes are Node's", async () => {
  for (const content of [bytes, new Uint8Array()]) {
    const parts = [content.subarray(0, 1000), content.subarray(1000)];
    assertEquals(await sha256(parts), await nativeSha256(parts));
    assertEquals(await sha256([content]), await nativeSha256(parts));
  }
});
