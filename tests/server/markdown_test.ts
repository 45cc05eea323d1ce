import { assertEquals, assertStringIncludes } from "@std/assert";
import { codeHtml } from "../../server/code_html.ts";
import { headingId, markdownHtml } from "../../server/markdown_html.ts";

Deno.test("HTML in markdown is text, links and images go where the page says", async () => {
  const html = await markdownHtml(
    "a <b onclick='x'>bold</b> [file](x.md) [gone](y.md) ![a \"cat\"](cat.png)",
    {
      link: (href) => href === "x.md" ? "/docs/x" : undefined,
      image: (href) => `/images/${href}`,
    },
  );
  assertStringIncludes(html, "&lt;b onclick=&#39;x&#39;&gt;bold&lt;/b&gt;");
  assertStringIncludes(html, '<a href="/docs/x">file</a> gone');
  assertStringIncludes(html, 'src="/images/cat.png" alt="a &quot;cat&quot;"');
});

Deno.test("tables and code can be reached by keyboard, and have names of their own", async () => {
  const html = await markdownHtml("|  |  |\n| - | - |\n| a | b |\n\n```ts\nconst x = 1; // <one>\n```\n");
  assertStringIncludes(html, '<div class="table" role="region" aria-label="Table 2" tabindex="0">');
  assertEquals(html.includes("<thead>"), false, "a head without words is none");
  assertStringIncludes(html, '<pre role="region" aria-label="Code 1" tabindex="0">');
  assertStringIncludes(html, '<span class="comment">// &lt;one&gt;</span>');
});

Deno.test("headings have the ids that links expect", async () => {
  assertEquals(headingId("DeepFloyd IF: the `fp16` variant"), "deepfloyd-if-the-fp16-variant");
  assertEquals(headingId("custom_denoiser.ts"), "custom_denoiserts");
  assertStringIncludes(await markdownHtml("## A `b` c"), '<h2 id="a-b-c">A <code>b</code> c</h2>');
});

Deno.test("code: comments, strings and keywords; other languages as they are", () => {
  assertEquals(
    codeHtml('import "a//b"; // c', "ts"),
    '<span class="keyword">import</span> <span class="string">&quot;a//b&quot;</span>; <span class="comment">// c</span>',
  );
  assertEquals(codeHtml("a#b # c", "sh"), 'a#b <span class="comment"># c</span>');
  assertEquals(codeHtml("if (a < b)", "c"), "if (a &lt; b)");
});

Deno.test("options in a line of text are not broken behind their hyphens, long words may be", async () => {
  const option = '<code>sample <span class="unbroken">--model</span> a&lt;b</code>';
  assertStringIncludes(await markdownHtml("Use `sample --model a<b` for it."), option);
  const long = `--${"x".repeat(40)}`;
  assertStringIncludes(await markdownHtml(`Use \`${long}\`.`), `<code>${long}</code>`);
});
