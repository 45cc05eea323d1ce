import { escapeHtml } from "../report/page/escape.ts";

/** Longer words may be broken: phone screens are not much wider. */
const LONGEST = 24;

/** Code in a line of text as HTML: `--model` is not broken behind its hyphens. */
export function inlineCode(code: string): string {
  const words = code.split(" ").map((word) => {
    const html = escapeHtml(word);
    return word.includes("-") && word.length <= LONGEST ? `<span class="unbroken">${html}</span>` : html;
  });
  return `<code>${words.join(" ")}</code>`;
}
