/**
 * Addresses of pages in captions.
 *
 * @module
 */
import { re } from "./python_regexp.ts";

/** `http://` or `www://`, which is all that is taken of such an address, or else where a host may begin. */
const prefixes = [
  re`\b(?:(https?:(?:\/{1,3}|[a-zA-Z0-9%]))|(?=[a-zA-Z0-9.\-]))`,
  re`\b(?:(www:(?:\/{1,3}|[a-zA-Z0-9%]))|(?=[a-zA-Z0-9.\-]))`,
];

/** A host with its path. */
const host = sticky(
  re`[a-zA-Z0-9.\-]+[.](?:com|co|ru|net|org|edu|gov|it)[\w\/\-]*\b\/?(?!@)`,
);

/** All that a host may consist of. */
const run = sticky(re`[a-zA-Z0-9.\-]+`);

/** An expression that matches at a given place, or not at all. */
function sticky({ source }: RegExp): RegExp {
  return new RegExp(source, "vy");
}

/**
 * A text without addresses: of those with a scheme that is taken away, of others the host and its path. As with the two expressions
 * of diffusers' `_clean_caption`, one after the other, but in time in proportion to the text's length: where no host is found in
 * a run of letters, dots and dashes, none is in the rest of it, and it is not looked for again.
 *
 * @param text A text in lower case.
 */
export function withoutAddresses(text: string): string {
  return prefixes.reduce(without, text);
}

function without(text: string, beginning: RegExp): string {
  let kept = "";
  let end = 0;
  // No host begins before this.
  let barren = 0;
  beginning.lastIndex = 0;
  for (let match = beginning.exec(text); match; match = beginning.exec(text)) {
    const { index } = match;
    let next = match[1] === undefined ? index : beginning.lastIndex;
    if (next === index && index >= barren) {
      next = endOf(host, text, index) ?? index;
      if (next === index) barren = endOf(run, text, index)!;
    }
    if (next > index) {
      kept += text.slice(end, index);
      end = next;
    }
    // What was only looked at may begin with a character of two units.
    beginning.lastIndex = next > index ? next : index + 1;
  }
  return kept + text.slice(end);
}

/** Where a sticky expression that matches at an index ends; undefined if it does not match. */
function endOf(expression: RegExp, text: string, index: number): number | undefined {
  expression.lastIndex = index;
  return expression.test(text) ? expression.lastIndex : undefined;
}
