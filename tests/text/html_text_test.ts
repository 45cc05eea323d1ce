import { assertEquals } from "@std/assert";
import { unescapeHtml } from "../../lib/text/entities.ts";
import { fixText } from "../../lib/text/fix_text.ts";
import { htmlText } from "../../lib/text/html_text.ts";

Deno.test("the text of HTML is Beautiful Soup's", () => {
  const cases: readonly [html: string, text: string][] = [
    ["<b>bold</b> and <i class=x>it<br/>alic</i>", "bold and italic"],
    ["a<!-- b -->c<!doctype html>d<?php e?>f<![cdata[g]]>h<![if x]>i", "acdfghi"],
    ["<style>a{}</style><script>b < c</script><template><p>d</p></template>e", "e"],
    ["<script>never ended <b>x</b>", ""],
    ["a < b <3 <> </> </x>c", "a < b <3 <>  c"],
    ["<a title='>'>b</a> <a b=\"c>d", 'b <a b="c>d'],
    ["<b unended", "<b unended"],
    ["&lt;&amp;&#39;&#x41;&eacute;&#150; &amp-x &none; a&b", "<&'Aé– &amp-x &none ab"],
    ["&#;x &#;<b>y</b>", "&#;x &#;<b>y</b>"],
    ["x &a", "x a"],
  ];
  for (const [html, text] of cases) assertEquals(htmlText(html), text, html);
});

Deno.test("references are read as by Python's html.unescape", () => {
  const cases: readonly [text: string, unescaped: string][] = [
    ["&lt;&LT;&ampx;&notit;&notin;&none;&", "<<&x;¬it;∉&none;&"],
    [
      "&#0;|&#13;|&#128;|&#129;|&#xd800;|&#x110000;|&#1;|&#xfdd0;|&#x1fffe;|&#65|&#x41g",
      "\ufffd|\r|€|\x81|\ufffd|\ufffd||||A|Ag",
    ],
    ["&CounterClockwiseContourIntegral;&ngE;", "∳≧̸"],
  ];
  for (const [text, unescaped] of cases) assertEquals(unescapeHtml(text), unescaped, text);
});

Deno.test("text is repaired as by ftfy", () => {
  const cases: readonly [text: string, fixed: string][] = [
    ["“curled” ‘quotes’ ﬁne ｗｉｄｅ\u3000ｶﾞ", "\"curled\" 'quotes' fine wide ガ"],
    ["a\r\nb\rc\u2028d", "a\nb\nc\nd"],
    ["\x1b[31mred\x1b[0m\x07\ufeff \ud800", "red \ufffd"],
    ["&lt;&amp;amp;\n<b>&amp;\n&amp;", "<&\n<b>&amp;\n&amp;"],
    ["&amp &#1;3 e\u0301", "&amp 3 é"],
  ];
  for (const [text, fixed] of cases) assertEquals(fixText(text), fixed, text);
});
