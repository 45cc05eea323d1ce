/**
 * Regular expressions and white space that mean in JavaScript what they mean in Python, where letters, digits and white
 * space are Unicode's.
 *
 * @module
 */

/** What `str.isspace` is true for, as the inside of a character class. */
const SPACE = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
/** What is a letter, a number or an underscore. */
const WORD = String.raw`[\p{L}\p{N}_]`;

const classes: Readonly<Record<string, string>> = {
  "\\b": `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`,
  "\\d": String.raw`\p{Nd}`,
  "\\D": String.raw`\P{Nd}`,
  "\\s": `[${SPACE}]`,
  "\\S": `[^${SPACE}]`,
  "\\w": WORD,
};

/**
 * The expression of a template that finds every match, as `re.sub` does. `\b \d \D \s \S \w` mean what they do in
 * Python; the rest is JavaScript's syntax with the flag `v`.
 *
 * @example
 * ```ts
 * "år 2024".replace(re`\b\w+\s\d`, ""); // "024"
 * ```
 */
export function re(template: TemplateStringsArray): RegExp {
  return new RegExp(template.raw[0].replace(/\\[^]/g, (escape) => classes[escape] ?? escape), "gv");
}

const ends = new RegExp(`^[${SPACE}]+|(?<![${SPACE}])[${SPACE}]+$`, "g");

/** A text without the white space at its ends, as `str.strip` gives it. */
export function strip(text: string): string {
  return text.replace(ends, "");
}
