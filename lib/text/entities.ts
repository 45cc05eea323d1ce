/**
 * Character references of HTML, as Python's `html.unescape` reads them.
 *
 * @module
 */
import { decodeHTML, decodeHTMLStrict } from "entities/decode";

const windows1252 = new TextDecoder("windows-1252");
/** Characters that a number may not name; 0xFFFE and 0xFFFF of every plane are others. */
// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\x01-\x08\x0b\x0e-\x1f\x7f\ufdd0-\ufdef]/;

/** The characters of a name such as `amp`, written without `&` and `;`; undefined if there is no such name. */
export function namedCharacters(name: string): string | undefined {
  const reference = `&${name};`;
  const characters = decodeHTMLStrict(reference);
  return characters === reference ? undefined : characters;
}

/** The character with a number: those from 0x80 to 0x9F as in Windows-1252, U+FFFD for what is none beyond. */
export function numberedCharacter(codePoint: number): string {
  if (codePoint >= 0x80 && codePoint <= 0x9f) return windows1252.decode(Uint8Array.of(codePoint));
  const none = codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff);
  return none ? "\ufffd" : String.fromCodePoint(codePoint);
}

/** The number in a reference without its `&#`: decimal, or hexadecimal after an x. */
export function referencedNumber(digits: string): number {
  return /^x/i.test(digits) ? parseInt(digits.slice(1), 16) : parseInt(digits, 10);
}

function unescapeNumber(digits: string): string {
  const codePoint = referencedNumber(digits);
  if (codePoint === 0) return "\ufffd";
  const character = numberedCharacter(codePoint);
  return FORBIDDEN.test(character) || (codePoint & 0xfffe) === 0xfffe && codePoint <= 0x10ffff
    ? ""
    : character;
}

/**
 * Replaces character references: `&#39;`, `&#x27;`, `&apos;`, and the old names that need no semicolon, such as `&amp`,
 * also where more letters follow. Numbers that name no character for text vanish.
 *
 * @param text Any text.
 */
export function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#([0-9]+|[xX][0-9a-fA-F]+);?|[^\t\n\f <&#;]{1,32};?)/gu,
    (reference, digits?: string) => digits ? unescapeNumber(digits) : decodeHTML(reference),
  );
}
