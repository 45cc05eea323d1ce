/** What is packed for a tab comes out as it was. */
import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { unpack } from "../../bundle/unpack.ts";

for (const size of [0, 1, 200_000]) {
  Deno.test(`${size} bytes are packed and unpacked`, async () => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * i) >> 3);
    assertEquals(await unpack(Uint8Array.from(gzipSync(bytes))), bytes);
  });
}

Deno.test("what is damaged or cut off is refused", async () => {
  const packed = Uint8Array.from(gzipSync(new Uint8Array(1000).map((_, i) => i * 7)));
  const damaged = packed.with(20, packed[20] ^ 255);
  await assertRejects(() => unpack(damaged));
  await assertRejects(() => unpack(packed.slice(0, -9)));
});
