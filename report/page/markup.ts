/**
 * From a section's text to HTML.
 *
 * @module
 */
import katex from "katex";
import type { Block } from "../section.ts";
import { escapeHtml } from "./escape.ts";

/** Backslash escapes; formulas between dollars, code between backticks, links. */
const INLINE =
  /\\(?<literal>[\\$`*[\]])|\$(?<tex>[^$]+)\$|`(?<code>[^`]+)`|\[(?<words>[^\]]+)\]\((?<address>https:\/\/[^)\s]+)\)/g;

/**
 * A formula as MathML, which browsers draw by themselves: no style sheet, no fonts.
 *
 * @param tex The formula, in TeX.
 * @param display Whether it is on a line of its own.
 * @throws {Error} if it is not a formula.
 */
export function formulaHtml(tex: string, display: boolean = false): string {
  return katex.renderToString(tex, {
    output: "mathml",
    displayMode: display,
    throwOnError: true,
    strict: "error",
  });
}

/** A paragraph's text as HTML. */
export function inlineHtml(text: string): string {
  let html = "";
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    html += escapeHtml(text.slice(end, match.index));
    const { literal, tex, code, words, address } = match.groups!;
    if (literal) html += escapeHtml(literal);
    else if (tex) html += formulaHtml(tex);
    else if (code) html += `<code>${escapeHtml(code)}</code>`;
    else html += `<a href="${escapeHtml(address)}">${escapeHtml(words)}</a>`;
    end = match.index + match[0].length;
  }
  return html + escapeHtml(text.slice(end));
}

/** A block as HTML. */
export function blockHtml(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return `<p>${inlineHtml(block.text)}</p>`;
    case "formula":
      return `<p class="formula">${formulaHtml(block.tex, true)}</p>`;
    case "algorithm": {
      const lines = block.lines.map((line) => {
        const depth = (line.length - line.trimStart().length) / 2;
        return `<li style="--depth: ${depth}">${inlineHtml(line.trimStart())}</li>`;
      });
      return `<section class="algorithm"><h3>${inlineHtml(block.title)}</h3><ol>${
        lines.join("")
      }</ol></section>`;
    }
  }
}
