/** The card of a released stage, with the report's prompts as a picture. */
import { encodePng } from "../../lib/image.ts";
import { writeAtomic } from "../atomic_write.ts";
import { readEmojiIndex } from "../data/emoji/load.ts";
import type { CardFacts } from "../model_card.ts";
import { emojiCard } from "./card.ts";
import { sampleSheet } from "./samples.ts";

/** Options of {@linkcode releaseCard}. */
export interface ReleaseCardOptions {
  /** The folder that is released. */
  readonly out: string;
  /** The folder of the data set; defaults to its usual place. */
  readonly data?: string;
  /** The folder of the stage before or after this one, if it is there: samples are drawn with both. */
  readonly other?: string;
  /** How else the weights came about; a paragraph. */
  readonly history?: string;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
}

/**
 * Writes `samples.png` of a released stage and gives its card.
 *
 * @throws {EmojiSetError} if the data set is not there.
 */
export async function releaseCard(
  facts: CardFacts & { readonly epoch: number },
  { out, data, other, history, threads, signal }: ReleaseCardOptions,
): Promise<string> {
  const { entries, names, styles } = await readEmojiIndex(data);
  const enlarges = facts.recipe.name === "emoji-II";
  const [first, second] = enlarges ? [other, out] : [out, other];
  if (first) {
    const sheet = await sampleSheet(first, { second, threads, signal });
    await writeAtomic(`${out}/samples.png`, encodePng(sheet, { range: [0, 1] }));
  }
  return emojiCard({
    ...facts,
    styles,
    names: names.length,
    entries,
    samples: first && "samples.png",
    history,
  });
}
