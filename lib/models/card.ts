/** Model cards: a README with a header between two lines of dashes, as on the Hugging Face hub. */

/** What a card says in short. */
export interface ModelCard {
  /** The licence's identifier, in lower case as there (`mit`); undefined where the card does not say. */
  readonly licence?: string;
  /** The first paragraph, on one line; undefined where there is none. */
  readonly summary?: string;
}

/** Reads a card. Only the header's `license:` is looked at. */
export function parseCard(text: string): ModelCard {
  const lines = text.replaceAll("\r\n", "\n").trimStart();
  const [, header = "", body = lines] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(lines) ?? [];
  const licence = /^license:[ \t]*["']?([^"'\n#]+?)["']?[ \t]*$/m.exec(header)?.[1];
  const paragraph = body.split(/\n\s*\n/).map((part) => part.trim())
    .find((part) => part && !/^(#|\||```|!\[|<)/.test(part));
  return { licence, summary: paragraph?.replace(/\s+/g, " ") };
}
