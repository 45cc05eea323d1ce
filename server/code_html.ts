/** Code as HTML, with comments, strings and keywords marked. */
import { escapeHtml } from "../report/page/escape.ts";

const keywords =
  "as|async|await|class|const|else|export|for|from|function|if|import|interface|let|new|of|return|" +
  "throw|type|typeof|using|while";

/** The highlighting rules of a language: the groups' names are CSS classes. */
const grammars: Readonly<Record<string, RegExp>> = {
  ts: new RegExp(
    String
      .raw`(?<comment>\/\/[^\n]*|\/\*[^]*?\*\/)|(?<string>"[^"\n]*"|\`[^\`]*\`)|(?<keyword>\b(?:${keywords})\b)`,
    "g",
  ),
  sh: /(?<comment>(?<=^|\s)#[^\n]*)|(?<string>"[^"\n]*"|'[^'\n]*')/gm,
};

/** A block of code; for unknown languages the plain text. */
export function codeHtml(code: string, language: string): string {
  const grammar = grammars[language];
  if (!grammar) return escapeHtml(code);
  let html = "";
  let at = 0;
  for (const match of code.matchAll(grammar)) {
    const [kind] = Object.entries(match.groups!).find(([, text]) => text !== undefined)!;
    html += `${escapeHtml(code.slice(at, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`;
    at = match.index + match[0].length;
  }
  return html + escapeHtml(code.slice(at));
}
