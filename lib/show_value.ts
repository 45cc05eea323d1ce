/**
 * How values stand in messages. This is decided here and nowhere else.
 *
 * @module
 */

/** How many characters of a text are shown. */
const CHARACTERS = 100;

/** How many items of a list are shown. */
const ITEMS = 16;

/** Words for a value; {@linkcode showValue} takes them as they are. */
export class Described {
  /** @param words The words. */
  constructor(readonly words: string) {}
}

/** Words that stand for a value in a message: `described("3 labels")`. */
export function described(words: string): Described {
  return new Described(words);
}

/**
 * A value as it stands in a message, on one line of bounded length: a text in quotation marks, a list in brackets, a tensor by its
 * shape.
 */
export function showValue(value: unknown): string {
  if (value instanceof Described) return value.words;
  if (typeof value === "string") return JSON.stringify(cut(value));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return showList(value as ArrayLike<unknown>);
  if ("shape" in value && Array.isArray(value.shape)) return `shape ${showList(value.shape)}`;
  try {
    return cut(JSON.stringify(value) ?? "an object");
  } catch {
    return "an object"; // It holds itself, or a bigint.
  }
}

function showList(list: ArrayLike<unknown>): string {
  const items = Array.from({ length: Math.min(list.length ?? 0, ITEMS) }, (_, i) => showValue(list[i]));
  return `[${items.join()}${list.length > ITEMS ? ",…" : ""}]`;
}

function cut(text: string): string {
  return text.length > CHARACTERS ? `${text.slice(0, CHARACTERS).toWellFormed()}…` : text;
}
