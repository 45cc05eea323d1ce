import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { encodeModelProto } from "../../lib/text/encode_model_proto.ts";
import { SentencePieceTokenizer } from "../../lib/text/sentencepiece.ts";
import { trainUnigram } from "../../lib/text/train_unigram.ts";
import { characters, corpus } from "./unigram_corpus.ts";

const SPACE = "\u2581";

/** The log-likelihood of a corpus, by adding up all segmentations of each word: independent of the training's own sums. */
function likelihood(pieces: ReadonlyMap<string, number>): number {
  const all = (word: string): number => {
    if (word === "") return 1;
    let total = 0;
    for (let n = 1; n <= word.length; n++) {
      const score = pieces.get(word.slice(0, n));
      if (score !== undefined) total += Math.exp(score) * all(word.slice(n));
    }
    return total;
  };
  return corpus.reduce((sum, [text, count]) => {
    const words = text.trim().split(/\s+/);
    return sum + count * words.reduce((part, word) => part + Math.log(all(SPACE + word)), 0);
  }, 0);
}

/** Characters alone, as probable as they are frequent: the best vocabulary without longer pieces. */
function charactersAlone(): Map<string, number> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [text, count] of corpus) {
    for (const character of text.trim().split(/\s+/).map((word) => SPACE + word).join("")) {
      counts.set(character, (counts.get(character) ?? 0) + count);
      total += count;
    }
  }
  return new Map([...counts].map(([character, count]) => [character, Math.log(count / total)]));
}

Deno.test("trainUnigram: the vocabulary has the size at most, all characters, and no piece twice", () => {
  const size = 90;
  const pieces = trainUnigram(corpus, { size, characters });
  assert(pieces.length <= size);
  const texts = pieces.map(({ text }) => text);
  assertEquals(new Set(texts).size, texts.length);
  for (const character of [SPACE, ...characters, ...charactersAlone().keys()]) {
    assert(texts.includes(character), character);
  }
  assert(pieces.every(({ score }, i) => i === 0 || score <= pieces[i - 1].score), "the most probable first");
});

Deno.test("trainUnigram: more pieces explain the texts better, and any better than characters do", () => {
  const scores = [32, 40, 50].map((size) =>
    likelihood(new Map(trainUnigram(corpus, { size }).map(({ text, score }) => [text, score])))
  );
  assert(likelihood(charactersAlone()) < scores[0], `${scores}`);
  assert(scores[0] < scores[1] && scores[1] < scores[2], `${scores}`);
});

Deno.test("trainUnigram: with room enough words are pieces, and their probabilities those of the words", () => {
  const pieces = new Map(trainUnigram(corpus, { size: 400 }).map(({ text, score }) => [text, score]));
  for (const word of ["rocket", "ship", "snowy", "mountain", "village", "skull", "photo"]) {
    assert(pieces.has(SPACE + word), word);
  }
  const ratio = Math.exp(pieces.get(`${SPACE}skull`)! - pieces.get(`${SPACE}village`)!);
  assertAlmostEquals(ratio, 7 / 9, 0.05);
  const total = [...pieces.values()].reduce((sum, score) => sum + Math.exp(score), 0);
  assert(total > 0.8 && total < 1.2, `${total}`);
});

Deno.test("trainUnigram: punctuation stands by itself", () => {
  for (const { text } of trainUnigram(corpus, { size: 400 })) {
    if ([...text].length > 1) assert(!/[,-]/.test(text), text);
  }
});

Deno.test("trainUnigram: the order of the texts does not matter", () => {
  const reversed = trainUnigram([...corpus].reverse(), { size: 80 });
  assertEquals(trainUnigram(corpus, { size: 80 }), reversed);
});

Deno.test("trainUnigram: a size below that of the characters is refused", () => {
  assertThrows(() => trainUnigram(corpus, { size: 10 }), RangeError, "size: 10 where at least the");
});

Deno.test("encodeModelProto: T5's special pieces, and text comes back", () => {
  const bytes = encodeModelProto(trainUnigram(corpus, { size: 90, characters }));
  const tokenizer = SentencePieceTokenizer.parse(bytes);
  assertEquals([tokenizer.padId, tokenizer.eosId, tokenizer.unkId], [0, 1, 2]);
  for (const [text] of corpus) {
    assertEquals(tokenizer.decode(tokenizer.encode(text.trim())), text.trim());
  }
  assertEquals(tokenizer.decode(tokenizer.encode("  0 rockets?  10 zebras! ")), "0 rockets? 10 zebras!");
  assertEquals(tokenizer.encode(""), []);
});

Deno.test("encodeModelProto: SentencePiece reads the file, and cuts texts into the same pieces", async () => {
  // Recorded with the Python package sentencepiece 0.2.2 from the same file.
  const path = new URL("../fixtures/spiece_trained.json", import.meta.url);
  const { pieces, texts }: { pieces: string[]; texts: { text: string; ids: number[]; decoded: string }[] } =
    JSON
      .parse(await Deno.readTextFile(path));
  const trained = trainUnigram(corpus, { size: 90, characters });
  assertEquals(["<pad>", "</s>", "<unk>", ...trained.map(({ text }) => text)], pieces);
  const tokenizer = SentencePieceTokenizer.parse(encodeModelProto(trained));
  for (const { text, ids, decoded } of texts) {
    assertEquals(tokenizer.encode(text), ids, text);
    assertEquals(tokenizer.decode(ids), decoded);
  }
});
