/** Captions that were written to take long: the time is in proportion to their length. */
import { assertEquals, assertLess } from "@std/assert";
import { cleanCaption } from "../../lib/text/clean_caption.ts";

const LENGTH = 200_000;

/** Where the square of the length counts, each takes minutes. */
const MOST_MS = 5_000;

const units = [
  ...["a.", "a-", "1.", "a.b-", "x", "1", "1a", " ", ".", " .", "free ", "worldwide free ", "\n", "@", "_"],
  ...[
    "<",
    "</",
    "<a ",
    "<a b='>' ",
    "<a b='> ",
    "<a>",
    "<a x",
    "</b>",
    "<!--",
    "<!-- x>",
    "<![cdata[ x>",
    "<![if x>",
  ],
  ...["&", "&#", "&am\0p;", "amp;", "&lt;", "%41", "']\"", "] ", "-- "],
];

for (const [before, after] of [["", ""], ["a1a", "é"], ["<a><a ", "x>"], ["&am\0p;", "@"], ["1x", "</b>"]]) {
  Deno.test(`a caption of 200 kB between "${before}" and "${after}" is soon cleaned`, () => {
    for (const unit of units) {
      const caption = before + unit.repeat(LENGTH / unit.length) + after;
      const start = performance.now();
      cleanCaption(caption);
      assertLess(performance.now() - start, MOST_MS, unit);
    }
  });
}

Deno.test("what is written so that it takes no longer finds what it found", () => {
  for (
    const [caption, expected] of [
      ["see a.b.com/x-y/ and é.com or a.com.b.com@c", "see and é. com or b. com"],
      ["mail me@a.com, http://a.de, www://b.it/c, www:5x", "mail me , a. de, , x"],
      ["a  .  b . c .. d", "a b c d"],
      ["10x20. 10.5×3 1.x2 12x34é", ". 12x34é"],
      ["j2d1a2a a1b22é", "a1b22é"],
      ["<a b='>'>one</a> <a b='> two", "one <a b='> two"],
      ["<!-- a > b --> c <!-- d > e", "c e"],
    ]
  ) assertEquals([caption, cleanCaption(caption)], [caption, expected]);
});
