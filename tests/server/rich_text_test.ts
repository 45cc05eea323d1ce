/** Texts of the report as HTML. */
import { assertEquals, assertMatch } from "@std/assert";
import { formulaHtml, textHtml } from "../../server/rich_text.ts";

/** What of a formula stays on one line, part by part, as its letters. */
const parts = (html: string) =>
  html.split(/<span class="(?:katex-)?base"/).slice(1).map((part) =>
    part.replaceAll(/[^>]*>([^<]*)(?:<|$)/g, "$1")
  );

Deno.test("a formula on a line of its own may go on in the next, but a condition stays whole", () => {
  assertEquals(parts(formulaHtml("a = b + c, \\qquad i = 1, 2.", true)), ["a=", "b+", "c,", "i=1,2."]);
  assertEquals(parts(formulaHtml("a = b + c", true)), ["a=", "b+", "c"]);
});

Deno.test("the mark after a formula stays with it", () => {
  assertMatch(
    textHtml("If $a$, then."),
    /^If <span class="unbroken"><span class="katex">.*<\/span>,<\/span> then\.$/,
  );
  assertMatch(textHtml("If $a$ then."), /^If <span class="katex">.*<\/span> then\.$/);
});
