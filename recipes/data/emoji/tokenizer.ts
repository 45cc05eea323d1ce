/** The vocabulary of the captions. */
import { Generator } from "../../../lib/random.ts";
import { encodeModelProto, trainUnigram } from "../../../lib/text/mod.ts";
import { Draw } from "../scene/draw.ts";
import { captionOf, captionParts } from "./captions.ts";
import type { Catalog } from "./catalog.ts";
import { Scenes } from "./scenes.ts";

/** How many pieces a vocabulary has at most, the three special ones included: room for whole words. */
const PIECES = { few: 1000, many: 2000 };
/** The number of names from which the vocabulary is large. */
const MANY_NAMES = 100;
/** The number of captions to train it on. */
const CAPTIONS = 20_000;
/** The extra weight of each phrase and keyword, so that rare ones are learned too. */
const PART = 10;
/** The characters of ASCII that are seen: all English prompts can be written with them. */
const PRINTABLE = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x21 + i));

/**
 * Learns the tokenizer of the captions of scenes. The same catalog gives the same bytes.
 *
 * @param catalog The catalog, with its pictures: frequent styles and names weigh more.
 * @returns A `spiece.model`, as SentencePiece reads it.
 */
export function emojiTokenizer(catalog: Catalog): Uint8Array {
  const generator = new Generator(0);
  const draw = new Draw(generator);
  const scenes = new Scenes(catalog);
  const counts = new Map<string, number>();
  const count = (text: string, times: number) => counts.set(text, (counts.get(text) ?? 0) + times);
  for (let i = 0; i < CAPTIONS; i++) {
    const description = scenes.describe(generator.randomInt(scenes.count), draw);
    count(captionOf(catalog, description, draw), 1);
  }
  for (const part of captionParts(catalog)) count(part, PART);
  const pieces = catalog.names.length < MANY_NAMES ? PIECES.few : PIECES.many;
  return encodeModelProto(trainUnigram(counts, { size: pieces - 3, characters: PRINTABLE }));
}
