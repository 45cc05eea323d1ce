/** What models know, over HTTP; and the sizes of pictures on their cards. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createApp } from "../../app.ts";
import { encodePng, full } from "../../lib/mod.ts";
import { Catalog } from "../../server/catalog.ts";
import { formOf } from "../../server/form.ts";
import { imageSize } from "../../server/image_size.ts";
import { findSection } from "../../report/mod.ts";
import { openTestGallery } from "./gallery.ts";

Deno.test("words that a model does not know, with those that are nearest", async () => {
  await using test = await openTestGallery();
  const handler = createApp(test.gallery).handler();
  const ask = async (query: string) => {
    const response = await handler(new Request(`http://localhost/api/vocabulary?${query}`));
    return { status: response.status, body: await response.json() };
  };
  const { body: unknown } = await ask("model=emoji-I&prompt=an+oil+painting+of+a+roket");
  assertEquals(unknown.map(({ word }: { word: string }) => word), ["roket"]);
  assert(unknown[0].nearest.includes("rocket"));
  const { body: known } = await ask("model=emoji-I");
  assert(known.things.includes("a rocket ship") && known.styles.includes("an oil painting of"));
  assertEquals((await ask("model=mnist-time&prompt=x")).body, null);
  assertEquals((await ask("model=..%2Fsecret&prompt=x")).status, 404);
});

Deno.test("a form begins with little, knows the model's words and the pace of the report", async () => {
  await using test = await openTestGallery();
  const section = findSection("sampling");
  const form = await formOf({ ...test.gallery, catalog: new Catalog([section], []) }, section);
  assertEquals([form.start.prompts, form.start.stepCounts], [["a rocket ship"], [20]]);
  assertEquals((form.defaults.prompts as string[]).length, 3);
  assert(form.vocabularies["emoji-I"].things.length > 50);
  // As one looks them up, whatever stands before them.
  const { things, styles } = form.vocabularies["emoji-I"];
  assertEquals(things.slice(0, 3), ["an airplane", "an alien", "an apple"]);
  assertEquals(styles.slice(0, 2), ["a cartoon of", "a flat icon of"]);
  assert(form.pace! > 0);
});

Deno.test("the sizes of PNG and SVG files", () => {
  assertEquals(imageSize(encodePng(full([3, 4, 7], 0))), { width: 7, height: 4 });
  const svg = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="240" viewBox="">',
  );
  assertEquals(imageSize(svg), { width: 480, height: 240 });
  assertEquals(imageSize(new Uint8Array([1, 2, 3])), undefined);
});

Deno.test("pages have room for the pictures of a card before they are there", async () => {
  await using test = await openTestGallery();
  const { modelPage } = await import("../../server/model_pages.ts");
  const { card } = (await modelPage(test.gallery.catalog, "emoji-I"))!;
  assertMatch(card, /<img [^>]*src="\/models\/emoji-I\/loss.svg"[^>]* width="480" height="240"/);
});
