/** Pictures that are sent: how large they may be, and how large they stand upright. */
import { assertEquals, assertMatch } from "@std/assert";
import { exif, png } from "../image/files.ts";
import { openTestGallery } from "./gallery.ts";

const send = (picture: Uint8Array) => ({
  method: "POST",
  headers: { "content-type": "image/png" },
  body: Uint8Array.from(picture),
});

Deno.test("an upload's pixels are bounded by the memory that a worker has, before anything is decoded", async () => {
  const large = png(1, 1, new Uint8Array(3));
  const view = new DataView(large.buffer);
  view.setUint32(16, 1000);
  for (
    const [megabytes, height, status] of [["200", 781, 201], ["200", 782, 400], [
      "4000",
      15_626,
      400,
    ]] as const
  ) {
    await using test = await openTestGallery({ GALLERY_WORKER_MB: megabytes });
    view.setUint32(20, height);
    const answer = await test.ask("/api/uploads", send(large));
    assertEquals(answer.status, status, `${megabytes} ${height}`);
    if (status === 201) continue;
    const { argument, found, expected } = await answer.json();
    assertEquals([argument, found], ["picture", `1000 x ${height} pixels`]);
    assertMatch(expected, /^1 to [\d.]+ million$/);
  }
});

Deno.test("an upload's size is that of the picture as it stands upright", async () => {
  await using test = await openTestGallery();
  const turned = png(3, 2, new Uint8Array(18), { before: [{ type: "eXIf", data: exif(6) }] });
  const { width, height } = await (await test.ask("/api/uploads", send(turned))).json();
  assertEquals([width, height], [2, 3]);
});
