/**
 * What ftfy's `fix_text` does, but for the repair of wrongly decoded text.
 *
 * @module
 */
import { namedCharacters, unescapeHtml } from "./entities.ts";

const windows1252 = new TextDecoder("windows-1252");

/** Latin ligatures, and digraphs that are one character for the sake of old encodings. */
const ligatures: Readonly<Record<string, string>> = {
  "Ĳ": "IJ",
  "ĳ": "ij",
  "ŉ": "ʼn",
  "Ǳ": "DZ",
  "ǲ": "Dz",
  "ǳ": "dz",
  "Ǆ": "DŽ",
  "ǅ": "Dž",
  "ǆ": "dž",
  "Ǉ": "LJ",
  "ǈ": "Lj",
  "ǉ": "lj",
  "Ǌ": "NJ",
  "ǋ": "Nj",
  "ǌ": "nj",
  "ﬀ": "ff",
  "ﬁ": "fi",
  "ﬂ": "fl",
  "ﬃ": "ffi",
  "ﬄ": "ffl",
  "ﬅ": "ſt",
  "ﬆ": "st",
};

/** An & that was escaped, and escaped again, any number of times. */
const AMPERSAND = /&(?:(?:amp|AMP|#0{0,22}38|#[xX]0{0,21}26);)+/g;

/**
 * Replaces the references that are no accident: known names and numbers, with their semicolon. What was escaped more than once
 * is read at once, and not once in each of as many rounds.
 */
function unescapeSurely(text: string): string {
  return text.replace(AMPERSAND, "&").replace(/&(#?[0-9A-Za-z]{1,24});/g, (reference, name: string) => {
    if (!name.startsWith("#")) return namedCharacters(name) ?? reference;
    const character = unescapeHtml(reference);
    return character.includes(";") ? reference : character;
  });
}

// ftfy's steps after the encoding, in its order. A lone surrogate is replaced between the line breaks and the escapes.
const steps: readonly (readonly [RegExp, string | ((match: string) => string)])[] = [
  [/[\x80-\x9f]/g, (c) => windows1252.decode(Uint8Array.of(c.charCodeAt(0)))], // control characters of Latin-1
  [/[Ĳĳŉ\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06]/g, (c) => ligatures[c]], // ligatures
  [/[\u3000\uff01-\uffef]/g, (c) => c.normalize("NFKC")], // full and half width
  [/[\u201c-\u201f]/g, '"'], // curled double quotes
  [/[\u02bc\u2018-\u201b]/g, "'"], // curled single quotes
  [/\r\n|[\r\u2028\u2029\x85]/g, "\n"], // line breaks
  // deno-lint-ignore no-control-regex
  [/\x1b\[[\p{Nd};]*[a-zA-Z]/gu, ""], // a terminal's escapes
  // Control characters, and others that are not meant to be in text.
  // deno-lint-ignore no-control-regex
  [/[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, ""],
];

function fixLine(line: string, unescape: boolean): string {
  for (let before = line;; before = line) {
    if (unescape) line = unescapeSurely(line);
    for (const [expression, replacement] of steps) line = line.replace(expression, replacement as string);
    line = line.toWellFormed().normalize("NFC");
    if (line === before) return line;
  }
}

/**
 * Repairs text as ftfy 6.3 does: character references (up to the first line with a `<`), characters of Windows-1252 in
 * the place of control characters, Latin ligatures, full and half width, curled quotes, line breaks, lone surrogates,
 * escapes of terminals, control characters; at last Unicode's NFC.
 *
 * The one thing that is left out is the repair of mojibake, text that was decoded by the wrong rules such as `schÃ¶n`.
 * Where a caption is cleaned it has been put into lower case before (`schã¶n`), which that repair seldom recognizes.
 *
 * @param text Any text.
 */
export function fixText(text: string): string {
  let unescape = true;
  return text.split(/(?<=\n)/).map((line) => {
    unescape &&= !line.includes("<");
    return fixLine(line, unescape);
  }).join("");
}
