/**
 * Refuses headers that are JSON but not within the format: a scan of the text, ahead of `JSON.parse`.
 *
 * @module
 */
import { quote, SafetensorsError } from "./error.ts";

/** Levels that brackets and braces may be nested; the reference implementation's limit. */
const MAX_DEPTH = 128;

/**
 * Refuses what `JSON.parse` lets pass and the format does not: a key given twice (the last one would win), numbers with a
 * sign, a fraction or an exponent, and deep nesting. A scan by hand, since regular expressions run out of stack on
 * hostile headers; whether the text is JSON at all is left to `JSON.parse`.
 */
export function scanHeader(text: string, label: string): void {
  const open: (Set<string> | null)[] = []; // for each open brace its keys so far, for each open bracket null
  let tensor = ""; // the latest key of the outermost object
  let string = ""; // the latest string, with its quotes
  for (let i = 0; i < text.length; i++) {
    const start = i;
    const character = text[i];
    if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : null);
      if (open.length > MAX_DEPTH) {
        throw new SafetensorsError(`${label}: the header is nested more than ${MAX_DEPTH} levels deep`);
      }
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      do i = text.indexOf('"', i + 1); while (i >= 0 && isEscaped(text, i));
      if (i < 0) return;
      string = text.slice(start, i + 1);
    } else if (character === ":") {
      const keys = open.at(-1);
      if (!keys) return;
      const key = JSON.parse(string) as string;
      if (open.length === 1) tensor = key;
      if (keys.has(key)) {
        throw new SafetensorsError(
          open.length === 1
            ? `${label}: tensor ${quote(key)} is named twice`
            : `${label}: tensor ${quote(tensor)} has two entries ${quote(key)}`,
        );
      }
      keys.add(key);
    } else if (character === "-" || character >= "0" && character <= "9") {
      while (i + 1 < text.length && "0123456789.eE+-".includes(text[i + 1])) i++;
      const number = text.slice(start, i + 1);
      if (character === "-" || /[.eE]/.test(number)) {
        const shown = number.length > 100 ? number.slice(0, 100) + "…" : number;
        throw new SafetensorsError(
          `${label}: tensor ${quote(tensor)}: ${shown} where a whole number is expected, in digits alone`,
        );
      }
    }
  }
}

/** Whether an odd number of backslashes precedes a place. */
function isEscaped(text: string, at: number): boolean {
  let i = at;
  while (text[i - 1] === "\\") i--;
  return (at - i) % 2 === 1;
}
