/**
 * Words of prompts that the tokenizer does not cut into pieces: each stands for ids of its own.
 *
 * @module
 */

/** A word that stands for ids of its own. */
export interface AddedToken {
  /** The word. */
  readonly text: string;
  /** The ids, at least one. */
  readonly ids: readonly number[];
}

/** A text in parts: what the tokenizer cuts into pieces, and words that stand for ids of their own. */
export type TextParts = readonly (string | AddedToken)[];

/** The first of the letters that stand for words while a text is cleaned: those of Yi have no case, and no rule is for them. */
const FIRST_LETTER = 0xa000;

/**
 * Cleans a prompt and splits it at added tokens, which are words to whatever cleans it: signs that stand beside one stay as they
 * would beside another word, and none is taken for markup. A token that begins or ends with a letter or a digit is found as a whole
 * word alone.
 *
 * @param prompt The prompt.
 * @param tokens The tokens; of two that begin alike the longer one is found.
 * @param clean Cleans a text, as `cleanCaption` or `plainCaption`.
 */
export function splitAtTokens(
  prompt: string,
  tokens: readonly AddedToken[],
  clean: (text: string) => string,
): TextParts {
  if (tokens.length === 0) return [clean(prompt)];
  // In place of each token a letter stands that neither the prompt has nor what becomes of it.
  const taken = prompt + clean(prompt);
  const letterOf = new Map<string, string>();
  const tokenOf = new Map<string, AddedToken>();
  let next = FIRST_LETTER;
  for (const token of tokens) {
    while (taken.includes(String.fromCharCode(next))) next++;
    const letter = String.fromCharCode(next++);
    letterOf.set(token.text, letter);
    tokenOf.set(letter, token);
  }
  const longestFirst = [...letterOf.keys()].sort((a, b) => b.length - a.length);
  const anyToken = new RegExp(longestFirst.map(asWord).join("|"), "gu");
  const cleaned = clean(prompt.replace(anyToken, (text) => letterOf.get(text)!));
  const parts = cleaned.split(new RegExp(`([${[...tokenOf.keys()].join("")}])`));
  return parts.map((part) => tokenOf.get(part) ?? part).filter((part) => part !== "");
}

/** An expression that finds a token, as a whole word where it begins or ends like one. */
function asWord(text: string): string {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const [starts, ends] = [/^[\p{L}\p{N}_]/u.test(text), /[\p{L}\p{N}_]$/u.test(text)];
  return `${starts ? "(?<![\\p{L}\\p{N}_])" : ""}${escaped}${ends ? "(?![\\p{L}\\p{N}_])" : ""}`;
}
