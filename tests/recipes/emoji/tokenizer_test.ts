import { assert, assertEquals } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import { cleanCaption } from "../../../lib/text/clean_caption.ts";
import { SentencePieceTokenizer } from "../../../lib/text/sentencepiece.ts";
import { captionOf, captionParts } from "../../../recipes/data/emoji/captions.ts";
import { names } from "../../../recipes/data/emoji/names.ts";
import { styles } from "../../../recipes/data/emoji/styles.ts";
import { emojiTokenizer } from "../../../recipes/data/emoji/tokenizer.ts";

const set = {
  names: names.map(({ name, phrases }) => ({ name, phrases, keywords: ["thing"] })),
  styles: styles.map(({ id, version, phrases, plain, generic }) => ({
    id,
    package: `${id}@${version}`,
    phrases,
    plain,
    generic,
  })),
  entries: names.flatMap((_, name) => styles.map((_, style) => ({ name, style, heldOut: false }))),
};

Deno.test("the tokenizer of the emojis: a small vocabulary in which captions come back", () => {
  const bytes = emojiTokenizer(set);
  assertEquals(bytes, emojiTokenizer(set)); // the same set, the same bytes
  const tokenizer = SentencePieceTokenizer.parse(bytes);
  assert(tokenizer.vocabularySize <= 1000);
  const generator = new Generator(5);
  for (let i = 0; i < 500; i++) {
    const caption = captionOf(set, set.entries[generator.randomInt(set.entries.length)], generator);
    const ids = tokenizer.encode(cleanCaption(caption));
    assertEquals(tokenizer.decode(ids), caption);
    assert(!ids.includes(tokenizer.unkId));
    assert(ids.length < 24, `${caption} has ${ids.length} pieces`);
  }
  const words = new Set(captionParts(set).flatMap((part) => part.split(" ")));
  const whole = [...words].filter((word) => tokenizer.encode(word).length === 1);
  assert(whole.length / words.size > 0.95, "nearly all words are pieces");
});

Deno.test("the tokenizer of the emojis: any English prompt can be written", () => {
  const tokenizer = SentencePieceTokenizer.parse(emojiTokenizer(set));
  const text = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i)).join("") + "a";
  assertEquals(tokenizer.decode(tokenizer.encode(text)), text.trim());
});
