/**
 * Texts of the report as HTML: formulas between dollars, code between backticks, links, emphasis; all else is text, and so is what
 * follows a backslash.
 */
import katex from "katex";
import { escapeHtml } from "../report/page/escape.ts";
import { inlineCode } from "./inline_code.ts";

const formulas = new Map<string, string>();

/** The size of the formula cache; captions may contain visitors' text. */
const REMEMBERED = 2000;

/** A formula in TeX as HTML with MathML in it, for screen readers. */
export function formulaHtml(tex: string, displayMode: boolean): string {
  const key = `${displayMode} ${tex}`;
  const known = formulas.get(key);
  if (known !== undefined) return known;
  const html = katex.renderToString(displayMode ? wrappable(tex) : tex, {
    displayMode,
    output: "htmlAndMathml",
    throwOnError: false,
    strict: "ignore",
    trust: false,
    maxSize: 20,
    maxExpand: 200,
  });
  if (formulas.size < REMEMBERED) formulas.set(key, html);
  return html;
}

/**
 * Lets a formula that has a line of its own go on in the next one where it states a condition, which stays whole. Between the sides of
 * an equation and between terms KaTeX lets it by itself.
 */
function wrappable(tex: string): string {
  const [statement, ...conditions] = tex.split("\\qquad");
  return [statement, ...conditions.map((condition) => `{${condition}}`)].join("\\qquad\\allowbreak");
}

const piece =
  /\\([\\$`*[\]])|\$([^$]+)\$([,.;:?!)]*)|`([^`]+)`|\[([^\]]+)\]\(((?:https?:\/\/|\/|#)[^)\s]*)\)|\*\*([^*]+)\*\*|\*([^*]+)\*/g;

/** A formula in a line of text; the mark after it does not begin the next line. */
function markedFormula(tex: string, mark: string): string {
  const html = formulaHtml(tex, false);
  return mark === "" ? html : `<span class="unbroken">${html}${mark}</span>`;
}

/** Words as HTML. */
export function textHtml(text: string): string {
  let html = "";
  let at = 0;
  for (const match of text.matchAll(piece)) {
    const [whole, literal, tex, mark, code, label, href, strong, emphasis] = match;
    html += escapeHtml(text.slice(at, match.index));
    at = match.index + whole.length;
    if (literal !== undefined) html += escapeHtml(literal);
    else if (tex !== undefined) html += markedFormula(tex, mark);
    else if (code !== undefined) html += inlineCode(code);
    else if (label !== undefined) html += `<a href="${escapeHtml(href)}">${escapeHtml(label)}</a>`;
    else if (strong !== undefined) html += `<strong>${escapeHtml(strong)}</strong>`;
    else html += `<em>${escapeHtml(emphasis)}</em>`;
  }
  return html + escapeHtml(text.slice(at));
}
