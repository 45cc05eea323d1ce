/** What all sections that draw texts have in common, in a world where every answer is known. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { decodeImage } from "../../lib/image.ts";
import { blockHtml, inlineHtml } from "../../report/page/markup.ts";
import { defaultParameters, fieldsOf, SectionError, sections } from "../../report/mod.ts";
import { gaussianContext } from "./gaussian_context.ts";
import { eventsOf, figuresOf } from "./run_section.ts";

const ofTexts = sections.filter((section) => fieldsOf(section).some(({ kind }) => kind === "text-to-image"));

for (const section of sections) {
  Deno.test(`${section.id}: its text is TeX and words that can be shown`, () => {
    assert(inlineHtml(section.summary).length > 0);
    for (const block of section.blocks) {
      assert(!/\$|`/.test(blockHtml(block).replace(/<annotation.*?<\/annotation>/gs, "")));
    }
  });
}

for (const section of ofTexts) {
  for (const upscaled of [false, true]) {
    Deno.test(`${section.id}: figures, progress and previews${upscaled ? ", with a second stage" : ""}`, async () => {
      const parameters = defaultParameters(section, { quick: true });
      const events = await eventsOf(section, parameters, gaussianContext({ upscaled }));
      let done = 0;
      for (const event of events) {
        if (event.type === "progress") {
          assert(
            event.done > done && event.done <= event.total + 1e-9,
            `${done} to ${event.done} of ${event.total}`,
          );
          done = event.done;
        }
        if (event.type === "preview") {
          const { preview: { slot, step, steps, x, x0 } } = event;
          assert(slot && step >= 1 && step <= steps);
          for (const { bytes, width, height } of [x, x0]) {
            assertEquals((await decodeImage(bytes)).shape, [3, height, width]);
          }
        }
      }
      const last = events.findLast((event) => event.type === "progress");
      if (last) assert(Math.abs(last.done - last.total) < 1e-9, `${last.done} of ${last.total}`);
      const figures = figuresOf(events);
      assert(figures.size > 0);
      assertEquals(
        figures.size,
        events.filter((event) => event.type === "figure").length,
        "names are unique",
      );
      for (const figure of figures.values()) {
        assert(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(figure.name) && figure.caption && figure.alt);
        inlineHtml(figure.caption);
        assertEquals(figure.parameters, parameters);
        const { media, cells, rows, columns } = figure;
        const [, height, width] = (await decodeImage(media.bytes)).shape;
        assertEquals([width, height], [media.width, media.height]);
        for (const cell of cells) {
          assert(cell.x + cell.width <= width && cell.y + cell.height <= height);
          assert(!rows.length || cell.row < rows.length, `${figure.name} has a label for row ${cell.row}`);
          assert(
            !columns.length || cell.column < columns.length,
            `${figure.name} has one for column ${cell.column}`,
          );
        }
        // Plain data: it may cross the border of a process.
        assertEquals(structuredClone(figure), figure);
      }
    });
  }

  Deno.test(`${section.id}: a signal stops it`, async () => {
    const context = gaussianContext();
    const reason = new Error("enough");
    context.abort.abort(reason);
    const parameters = defaultParameters(section, { quick: true });
    // What needs no network is done before anybody could stop it.
    if (["forward", "classical"].includes(section.id)) return;
    assertEquals(await assertRejects(() => eventsOf(section, parameters, context), Error), reason);
  });
}

Deno.test("the same parameters give the same bytes", async () => {
  for (const section of ofTexts) {
    const parameters = defaultParameters(section, { quick: true });
    const [a, b] = await Promise.all(
      [1, 2].map(async () => figuresOf(await eventsOf(section, parameters, gaussianContext()))),
    );
    for (const [name, { media }] of a) {
      assertEquals(media.bytes, b.get(name)?.media.bytes, `${section.id} ${name}`);
    }
  }
});

Deno.test("errors name the section and the parameter", async () => {
  const message = async (id: string, parameters: unknown) => {
    const section = sections.find((section) => section.id === id)!;
    return (await assertRejects(() => eventsOf(section, parameters, gaussianContext()), SectionError))
      .message;
  };
  assertEquals(
    await message("iterative", { start: 34 }),
    "iterative: start: 34 where an index from 0 to 33 of the timesteps is expected",
  );
  assertEquals(
    await message("image-to-image", { starts: [1, 40] }),
    "image-to-image: starts[1]: 40 where an index from 0 to 33 of the timesteps is expected",
  );
  assert(
    (await message("anagrams", { pairs: [{ upright: 7 }] })).startsWith(
      "anagrams: pairs[0].upright: 7 where",
    ),
  );
  assert((await message("anagrams", { steps: 0 })).startsWith("anagrams: steps: 0 where"));
  assert(
    (await message("samplers", { samplers: ["rk4"] })).startsWith(
      'samplers: samplers[0]: "rk4" where one of',
    ),
  );
});
