/**
 * Texts of the report as HTML: formulas between dollars, code between backticks, links, emphasis; all else is text, and so is what
 * follows a backslash.
 */
import katex from "katex";
import { escapeHtml } from "../report/page/escape.ts";

const formulas = new Map<string, string>();

/** How many formulas are remembered; captions have some of visitors' making. */
const REMEMBERED = 2000;

/** A formula in TeX as HTML with MathML in it, for those who listen. */
export function formulaHtml(tex: string, displayMode: boolean): string {
  const key = `${displayMode} ${tex}`;
  const known = formulas.get(key);
  if (known !== undefined) return known;
  const html = katex.renderToString(tex, {
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

const piece =
  /\\([\\$`*[\]])|\$([^$]+)\$|`([^`]+)`|\[([^\]]+)\]\(((?:https?:\/\/|\/|#)[^)\s]*)\)|\*\*([^*]+)\*\*|\*([^*]+)\*/g;

/** Words as HTML. */
export function textHtml(text: string): string {
  let html = "";
  let at = 0;
  for (const match of text.matchAll(piece)) {
    const [whole, literal, tex, code, label, href, strong, emphasis] = match;
    html += escapeHtml(text.slice(at, match.index));
    at = match.index + whole.length;
    if (literal !== undefined) html += escapeHtml(literal);
    else if (tex !== undefined) html += formulaHtml(tex, false);
    else if (code !== undefined) html += `<code>${escapeHtml(code)}</code>`;
    else if (label !== undefined) html += `<a href="${escapeHtml(href)}">${escapeHtml(label)}</a>`;
    else if (strong !== undefined) html += `<strong>${escapeHtml(strong)}</strong>`;
    else html += `<em>${escapeHtml(emphasis)}</em>`;
  }
  return html + escapeHtml(text.slice(at));
}
