/** The vocabulary of the captions. */
import { Generator } from "../../../lib/random.ts";
import { encodeModelProto } from "../../../lib/text/encode_model_proto.ts";
import { trainUnigram } from "../../../lib/text/train_unigram.ts";
import { type Captioned, captionOf, captionParts } from "./captions.ts";
import type { EmojiEntry } from "./set.ts";

/** How many pieces a vocabulary has at most, the three special ones included: room for whole words. */
const PIECES = { few: 1000, many: 4000 };
/** From how many names on there are many words. */
const MANY_NAMES = 200;
/** Captions that it is learned from. */
const CAPTIONS = 20_000;
/** How often each phrase and keyword counts beside them, so that rare ones are learned too. */
const PART = 10;
/** The characters of ASCII that are seen: all English prompts can be written with them. */
const PRINTABLE = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x21 + i));

/**
 * Learns the tokenizer of a set's captions. The same set gives the same bytes.
 *
 * @param set The set, with its entries: frequent styles and names weigh more.
 * @returns A `spiece.model`, as SentencePiece reads it.
 */
export function emojiTokenizer(set: Captioned & { readonly entries: readonly EmojiEntry[] }): Uint8Array {
  const generator = new Generator(0);
  const counts = new Map<string, number>();
  const count = (text: string, times: number) => counts.set(text, (counts.get(text) ?? 0) + times);
  for (let i = 0; i < CAPTIONS; i++) {
    count(captionOf(set, set.entries[generator.randomInt(set.entries.length)], generator), 1);
  }
  for (const part of captionParts(set)) count(part, PART);
  const pieces = set.names.length < MANY_NAMES ? PIECES.few : PIECES.many;
  return encodeModelProto(trainUnigram(counts, { size: pieces - 3, characters: PRINTABLE }));
}
