/**
 * How values stand in messages. This is decided here and nowhere else.
 *
 * @module
 */

/** How many characters of a text are shown. */
const CHARACTERS = 100;

/** Words that stand for a value in a message as they are; {@linkcode described} makes one. */
export class Described {
  /** The words. */
  readonly words: string;

  /**
   * Makes them.
   *
   * @param words The words.
   */
  constructor(words: string) {
    this.words = words;
  }
}

/**
 * Words for what was found, where it is not a value itself that is wrong: `described("3 labels")`.
 *
 * @param words The words.
 */
export function described(words: string): Described {
  return new Described(words);
}

/**
 * A value as it stands in a message, on one line of bounded length: a text in quotation marks, a list in brackets, a tensor by its
 * shape, other objects as JSON.
 */
export function showValue(value: unknown): string {
  if (value instanceof Described) return value.words;
  if (typeof value === "string") return JSON.stringify(cut(value));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return showList(value as ArrayLike<unknown>);
  if ("shape" in value && Array.isArray(value.shape)) return `shape ${showList(value.shape)}`;
  return cut(json(value));
}

function showList(list: ArrayLike<unknown>): string {
  // An item takes a character at least: what comes after so many is cut off anyway.
  const items = Array.from({ length: Math.min(list.length ?? 0, CHARACTERS) }, (_, i) => {
    const item = list[i];
    return typeof item === "object" && item !== null ? json(item) : showValue(item);
  });
  return cut(`[${items.join()}]`);
}

/** JSON, in which what it has no words for has its own. */
function json(value: object): string {
  const named = (_: string, item: unknown) =>
    typeof item === "bigint" || (typeof item === "number" && !Number.isFinite(item)) ? String(item) : item;
  try {
    return JSON.stringify(value, named) ?? "an object";
  } catch {
    // It is nested more deeply than can be written, or holds itself.
    return Array.isArray(value) ? "a list of lists" : "an object of objects";
  }
}

/** A text of at most so many characters; dots stand for what is cut off. */
function cut(text: string): string {
  return text.length > CHARACTERS ? `${text.slice(0, CHARACTERS).toWellFormed()}…` : text;
}
