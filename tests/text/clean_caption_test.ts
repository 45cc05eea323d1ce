import { assert, assertEquals, assertLess } from "@std/assert";
import { cleanCaption, cleanOnce, plainCaption } from "../../lib/text/clean_caption.ts";

interface Case {
  readonly in: string;
  readonly once: string;
  readonly twice: string;
  readonly plain: string;
}

const cases: readonly Case[] = JSON.parse(await Deno.readTextFile("tests/fixtures/clean_caption.json"));

Deno.test("captions are cleaned as by diffusers", () => {
  assertEquals(cases.length, 43);
  for (const { in: text, once, twice, plain } of cases) {
    assertEquals(cleanOnce(text), once, text);
    assertEquals(cleanCaption(text), twice, text);
    assertEquals(plainCaption(text), plain, text);
  }
});

// From the same source: `_clean_caption` with Beautiful Soup 4.11, ftfy 6.3 and Python 3.11.
const more: readonly [text: string, once: string, twice?: string][] = [
  ['x < 3 and <b title="a > b">y</b>', "x < 3 and y"],
  ['<p>one<br>two</p><script>var a = "<b>";</script> three', "onetwo three"],
  ["<ruby>kan<rt>reading</rt>ji</ruby> <!-- hidden --> seen", "kanji seen"],
  ['<a href="unclosed>text', '<a href="unclosed>text'],
  ["a &amp", "a"],
  ["&#150; &#0; &#x1f600; &notit; &foo; &eacute", "\u{1f600} notit foo eacute"],
  ["<![CDATA[inside]]> a<br/>b", "inside ab"],
  ["tom &amp;amp; jerry &lt;b&gt;x&lt;/b&gt;", "tom ; jerry <b>x< b>", "tom ; jerry x< b>"],
  ["caf%C3%A9 %e6%bc %zz", "café \ufffd %zz"],
  ["٣٤٥٦٧٨ and Ⅷ हिन्दी word", "and ⅷ हिन्दी word"],
  ["\x1b[31mred\x1b[0m \u200bzero \ufeffbom", "31mred 0m \u200bzero bom"],
  ["ǆ ﬆ Ｆｕｌｌ\u3000width ①", "dž st full width ①"],
  ["e\u0301 \u2028 a\x85b", "\u00e9 a…b"],
  ["İSTANBUL ΟΔΟΣ", "i\u0307stanbul οδος"],
  ["\x1c a \u3000", "a"],
  ["see foo.com/a@b me@foo.com", "see a me"],
  ["a_b_c_d_e", "a b c d e"],
  ["3:45&nbsp;", ""],
  ["x\u{1f600}y <3 <person", "x\u{1f600}y <3 <person"],
  ["10X20 10Х20 png images click on me", ""],
  ["worldwide  free shipping free download free", ""],
];

Deno.test("odd captions are cleaned as by diffusers", () => {
  for (const [text, once, twice = once] of more) {
    assertEquals(cleanOnce(text), once, text);
    assertEquals(cleanCaption(text), twice, text);
  }
});

Deno.test("a plain caption is put into lower case and stripped as by Python", () => {
  assertEquals(plainCaption("\x1c\x85\u3000 A  <b>Cat</b>\n\ufeff"), "a  <b>cat</b>\n\ufeff");
});

Deno.test("any caption is cleaned, in little time", () => {
  const parts = [
    "<",
    ">",
    "</",
    "<!--",
    "<![cdata[",
    "<script>",
    "<a b='",
    "&",
    "&#",
    ";",
    "%e6",
    "\ud800",
    ".",
  ];
  for (let n = 0; n < 2000; n++) {
    const text = Array.from({ length: 8 }, (_, i) => parts[(n * 7919 + i * i * 31 + (n >> i)) % parts.length])
      .join("");
    assertEquals(typeof cleanCaption(text), "string");
  }
  const start = performance.now();
  for (const part of [...parts.filter((part) => part !== "."), "a", " ", "1", "'", "- ", "a ", "x.png"]) {
    assert(cleanCaption(part.repeat(2000)).length <= 2000 * part.length);
  }
  assertLess(performance.now() - start, 10_000); // 0.3 s on one core
});
