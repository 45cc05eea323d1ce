/**
 * Prompts as IF prepares them before they are cut into pieces.
 *
 * @module
 */
import { unescapeHtml } from "./entities.ts";
import { fixText } from "./fix_text.ts";
import { htmlText } from "./html_text.ts";
import { re, strip } from "./python_regexp.ts";
import { withoutAddresses } from "./web_addresses.ts";

/**
 * Expressions and what takes their place. Each is written so that a text takes time in proportion to its length, whatever is
 * in it: what may repeat is followed by what cannot be a part of it.
 */
type Steps = readonly (readonly [RegExp, string])[];

/** What stands for a name in the captions that IF was trained on. */
const PERSON = /<person>/g;

const signs: Steps = [
  [re`@[\w\d]+\b`, ""], // @nickname
  [re`[\u31c0-\u31ef]+`, ""], // strokes of CJK characters
  [re`[\u31f0-\u31ff]+`, ""], // Katakana's phonetic extensions
  [re`[\u3200-\u32ff]+`, ""], // enclosed CJK letters and months
  [re`[\u3300-\u33ff]+`, ""], // squared CJK words
  [re`[\u3400-\u4dbf]+`, ""], // CJK ideographs, extension A
  [re`[\u4dc0-\u4dff]+`, ""], // hexagrams
  [re`[\u4e00-\u9fff]+`, ""], // CJK ideographs
  // runs of dashes of any kind
  [
    re`[\u002D\u058A\u05BE\u1400\u1806\u2010-\u2015\u2E17\u2E1A\u2E3A\u2E3B\u2E40\u301C\u3030\u30A0\uFE31\uFE32\uFE58\uFE63\uFF0D]+`,
    "-",
  ],
  [re`[\x60´«»“”¨]`, '"'], // double quotes of any kind
  [re`[‘’]`, "'"], // single quotes
  [re`&quot;?`, ""], // what is left of an escaped quote
  [re`&amp`, ""], // what is left of an escaped &
  [re`\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}`, " "], // an IP address
  [re`\d:\d\d\s+$`, ""], // an article's number at the end
  [re`\\n`, " "], // \n, spelled out
  [re`#\d{1,3}\b`, ""], // #123
  [re`#\d{5,}\b`, ""], // #12345
  [re`\b\d{6,}\b`, ""], // 123456
  [re`(?<!\S)\S+\.(?:png|jpg|jpeg|bmp|webp|eps|pdf|apk|mp4)`, ""], // a file's name
  [re`["']{2,}`, '"'], // """
  [re`[.]{2,}`, " "], // ...
  [re`[\#®•©™\&\@·º½¾¿¡§\~\)\(\]\[\}\{\|\\\/\*]+`, " "], // signs that are no part of a sentence
  // A dot on its own. Only where a run of white space begins, or a long one would be gone over from each of its places.
  [re`(?<!\s)\s+\.\s+`, " "],
];

/** What joins the words in `this-is-my-cute-cat` or `this_is_my_cute_cat`. */
const joints = /[-_]/g;
/** How many of them a caption may have as they are. */
const MAX_JOINTS = 3;

const phrases: Steps = [
  [re`\b[a-zA-Z]{1,3}\d{3,15}\b`, ""], // jc6640
  [re`\b[a-zA-Z]+\d+[a-zA-Z]+\b`, ""], // jc6640vc
  [re`\b\d+[a-zA-Z]+\d+\b`, ""], // 6640vc231
  [re`(?:worldwide\s+)?(?:free\s+)?shipping`, ""], // free shipping
  [re`(?:free\s)?download(?:\sfree)?`, ""], // free download
  [re`\bclick\b\s(?:for|on)\s\w+`, ""], // click for more
  [re`\b(?:png|jpg|jpeg|bmp|webp|eps|pdf|apk|mp4)(?:\simages?)?`, ""], // png images
  [re`\bpage\s+\d+\b`, ""], // page 12
  [re`\b\d*[a-zA-Z]+\d+[a-zA-Z]+\d[a-zA-Z\d]*\b`, " "], // j2d1a2a
  [re`\b\d+(?:\.\d*)?[xх×]\d+(?:\.\d*)?\b`, ""], // 10x20, also with a Cyrillic х
  [re`\b\s+:\s+`, ": "], // white space before a colon
  [re`(\D[,.\/])\b`, "$1 "], // no white space after a comma, a dot or a slash
  [re`\s+`, " "], // runs of white space
  [re`^["']([^]+)["']$`, "$1"], // quotes around all of it
  [re`^['_,\-:;]`, ""], // a sign at the beginning
  [re`['_,\-:+]$`, ""], // a sign at the end
  [re`^\.\S+$`, ""], // .hidden
];

function apply(steps: Steps, text: string): string {
  return steps.reduce((result, [expression, replacement]) => result.replace(expression, replacement), text);
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads `%21` and `+` as in the address of a page: `!` and a space. */
function unquote(text: string): string {
  return text.replaceAll("+", " ").replace(
    /(?:%[0-9a-f]{2})+/gi,
    (run) => utf8.decode(Uint8Array.from(run.slice(1).split("%"), (code) => parseInt(code, 16))),
  );
}

/**
 * One of the two passes of {@linkcode cleanCaption}.
 *
 * @param caption A prompt.
 */
export function cleanOnce(caption: string): string {
  caption = strip(unquote(caption)).toLowerCase();
  caption = htmlText(withoutAddresses(caption.replace(PERSON, "person")));
  caption = apply(signs, caption);
  if ((caption.match(joints) ?? []).length > MAX_JOINTS) caption = caption.replace(joints, " ");
  caption = unescapeHtml(unescapeHtml(fixText(caption)));
  return strip(apply(phrases, caption));
}

/**
 * A prompt as IF cleans it where `clean_caption` is asked for, which suits captions from the web: lower case, without
 * addresses, HTML, file names, article numbers, CJK ideographs, advertisement and most signs. IF cleans twice, since
 * one pass can uncover what the next removes, such as escaped HTML; so does this.
 *
 * It equals diffusers' `_clean_caption` with Beautiful Soup and ftfy, but for ftfy's repair of mojibake: text that was
 * decoded by the wrong rules before it came here stays as it is. Captions are in lower case by then and dashes, quotes
 * and other signs replaced, so that ftfy recognizes next to none: `schÃ¶n` is `schã¶n` with it too. What it does
 * repair, and this does not, is some punctuation, such as `â€œ` for a quote. Markup that is malformed follows
 * Python 3.11; where that would raise an error, it is text.
 *
 * @example
 * ```ts
 * cleanCaption("<b>A&nbsp;cat</b>, see www.example.com/cats #12"); // "a cat, see"
 * ```
 *
 * The time is in proportion to the text's length, whatever is in it.
 *
 * @param text A prompt.
 */
export function cleanCaption(text: string): string {
  return cleanOnce(cleanOnce(text));
}

/** A prompt as IF takes it by default: lower case, without white space at its ends. */
export function plainCaption(text: string): string {
  return strip(text.toLowerCase());
}
