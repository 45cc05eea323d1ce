/** The report's page: markup, what users write, figures whose parts are shown. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { blockHtml, formulaHtml, inlineHtml } from "../../report/page/markup.ts";
import { reportPage } from "../../report/page/page.ts";
import { findSection, sections } from "../../report/mod.ts";
import { quoted } from "../../report/quoted.ts";
import type { ReportRecord } from "../../report/record.ts";
import { textHtml } from "../../server/rich_text.ts";
import { gaussianContext } from "./gaussian_context.ts";
import { eventsOf, figuresOf } from "./run_section.ts";

Deno.test("words, formulas, code and links become HTML, and nothing else does", () => {
  assertEquals(inlineHtml("a < b & `c > d`"), "a &lt; b &amp; <code>c &gt; d</code>");
  assertEquals(
    inlineHtml("see [the paper](https://x.org/a?b=1&c)"),
    'see <a href="https://x.org/a?b=1&amp;c">the paper</a>',
  );
  assertEquals(inlineHtml("[x](javascript:alert(1))"), "[x](javascript:alert(1))");
  assert(inlineHtml("so $x_t$ is").startsWith('so <span class="katex"><math'));
  assertThrows(() => formulaHtml("\\nothing{"));
  const box = blockHtml({ kind: "algorithm", title: "A", lines: ["repeat", "  draw", "    again"] });
  assertEquals([...box.matchAll(/--depth: (\d)/g)].map(([, depth]) => depth), ["0", "1", "2"]);
});

Deno.test("what a user writes is shown as it is, on the page and in the gallery", () => {
  for (const text of ["$5 or $\\frac$", "`code`", "[x](https://x.org)", "a\\b", "<script>", '"*"', "$$"]) {
    const shown = `“${text}”`.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
    assertEquals(inlineHtml(quoted(text)), shown);
    assertEquals(textHtml(quoted(text)), shown);
  }
});

Deno.test("a page holds every section that was made, its figures once, and survives any prompt", async () => {
  const section = findSection("guidance");
  const prompt = 'a $1 </script><img src=x onerror="1"> `'; // nobody's picture
  const parameters = { prompt, scaled: prompt, count: 2, scales: [0, 7], stride: 300 };
  const figures = [...figuresOf(await eventsOf(section, parameters, gaussianContext())).values()];
  const report: ReportRecord = {
    version: 1,
    sections: [{
      id: section.id,
      parameters: figures[0].parameters,
      models: [{ name: "emoji-I", weights: "0123" }],
      machine: { runtime: "r", device: "cpu", system: "s", instructions: "i", threads: 2 },
      seconds: 1,
      made: new Date(0).toISOString(),
      figures: figures.map(({ media: { bytes: _, ...media }, ...figure }) => ({
        ...figure,
        media,
        file: `${figure.name}.png`,
      })),
    }],
  };
  const page = await reportPage(
    report,
    sections,
    (_, { name }) => Promise.resolve(figures.find((figure) => figure.name === name)!.media.bytes),
  );
  assert(!page.includes("<img src=x") && !page.includes("</script>"));
  assertEquals([...page.matchAll(/data:image\/png;base64,/g)].length, 2);
  assertEquals([...page.matchAll(/<use href="#guidance-scales-sheet"/g)].length, 2);
  assertEquals([...page.matchAll(/<article id="/g)].length, 1);
  assert(page.includes("γ = 0, no text") && page.includes("emoji-I (0123)"));
});
