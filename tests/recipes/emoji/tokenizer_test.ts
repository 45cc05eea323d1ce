import { assert, assertEquals } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import { unknownWords } from "../../../lib/models/vocabulary.ts";
import { cleanCaption } from "../../../lib/text/clean_caption.ts";
import { SentencePieceTokenizer } from "../../../lib/text/sentencepiece.ts";
import { captionOf, captionParts } from "../../../recipes/data/emoji/captions.ts";
import { Scenes } from "../../../recipes/data/emoji/scenes.ts";
import { emojiTokenizer } from "../../../recipes/data/emoji/tokenizer.ts";
import { vocabularyOf } from "../../../recipes/data/emoji/vocabulary.ts";
import { Draw } from "../../../recipes/data/scene/draw.ts";
import { TEXT_LENGTH } from "../../../recipes/emoji/configs.ts";
import { unmeasuredCatalog } from "./unmeasured_catalog.ts";

Deno.test("the tokenizer of the emojis: a small vocabulary in which captions come back, within the text's length", async () => {
  for (const [length, pieces] of [[78, 1000], [300, 2000]] as const) {
    const catalog = await unmeasuredCatalog(length);
    const bytes = emojiTokenizer(catalog);
    if (length === 78) assertEquals(bytes, emojiTokenizer(catalog)); // the same set, the same bytes
    const tokenizer = SentencePieceTokenizer.parse(bytes);
    assert(tokenizer.vocabularySize <= pieces);
    const draw = new Draw(new Generator(5));
    const scenes = new Scenes(catalog);
    for (let i = 0; i < 3000; i++) {
      const description = scenes.describe(draw.generator.randomInt(scenes.count), draw);
      const caption = captionOf(catalog, description, draw);
      const ids = tokenizer.encode(cleanCaption(caption));
      assertEquals(tokenizer.decode(ids), caption);
      assert(!ids.includes(tokenizer.unkId));
      assert(ids.length < TEXT_LENGTH, `${caption} has ${ids.length} pieces`);
    }
    const words = new Set(captionParts(catalog).flatMap((part) => part.split(" ")));
    const whole = [...words].filter((word) => tokenizer.encode(word).length === 1);
    assert(whole.length / words.size > 0.95, "nearly all words are pieces");
  }
});

Deno.test("the tokenizer of the emojis: any English prompt can be written", async () => {
  const tokenizer = SentencePieceTokenizer.parse(emojiTokenizer(await unmeasuredCatalog(78)));
  const text = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i)).join("") + "a";
  assertEquals(tokenizer.decode(tokenizer.encode(text)), text.trim());
});

Deno.test("the vocabulary has every word that captions have, and lists colours, grounds and relations", async () => {
  const catalog = await unmeasuredCatalog(78);
  const vocabulary = vocabularyOf(catalog);
  const draw = new Draw(new Generator(6));
  const scenes = new Scenes(catalog);
  for (let i = 0; i < 2000; i++) {
    const description = scenes.describe(draw.generator.randomInt(scenes.count), draw);
    assertEquals(unknownWords(vocabulary, captionOf(catalog, description, draw)), []);
  }
  const of = (kind: string) => vocabulary.others?.find((one) => one.kind === kind)?.phrases ?? [];
  assert(of("colours").includes("red") && of("grounds").includes("at night"));
  assert(of("grounds").includes("on a blue background") && of("two things").includes("A next to B"));
  assert(!vocabulary.words.includes("a") || !vocabulary.words.includes("A"));
});
