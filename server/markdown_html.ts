/** Markdown as HTML for pages: cards of models and the guides. */
import { Marked } from "marked";
import { escapeHtml } from "../report/page/escape.ts";
import { inlineCode } from "./inline_code.ts";
import { codeHtml } from "./code_html.ts";
import type { ImageSize } from "./image_size.ts";

/** How links and images are resolved. */
export interface MarkdownOptions {
  /** The address of a link on this site; undefined for none, which leaves its text. By default as written. */
  readonly link?: (href: string) => string | undefined;
  /** The address of an image on this site. By default as written. */
  readonly image?: (href: string) => string;
  /** The size of an image, as written, in pixels, to reserve its space. By default unknown. */
  readonly size?: (href: string) => ImageSize | undefined;
}

/**
 * Markdown as HTML. HTML in it is text; tables and code can be scrolled with the keyboard; headings have ids as on code hosts, so
 * that links lead to them.
 */
export async function markdownHtml(markdown: string, options: MarkdownOptions = {}): Promise<string> {
  const { link = (href) => href, image = (href) => href, size = () => undefined } = options;
  let regions = 0;
  const region = (what: string) => `role="region" aria-label="${what} ${++regions}" tabindex="0"`;
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      code: ({ text, lang = "" }) =>
        `<pre ${region("Code")}><code>${codeHtml(text, lang.split(/\s/)[0])}</code></pre>\n`,
      codespan: ({ text }) => inlineCode(text),
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${headingId(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const address = link(href);
        return address === undefined ? words : `<a href="${escapeHtml(address)}">${words}</a>`;
      },
      image({ href, text }) {
        const { width, height } = size(href) ?? {};
        const room = width && height ? ` width="${width}" height="${height}"` : "";
        const [src, alt] = [image(href), text].map(escapeHtml);
        return `<img data-fresh-disable-lock src="${src}" alt="${alt}"${room} loading="lazy">`;
      },
    },
  });
  const html = await marked.parse(markdown);
  return html
    .replaceAll(/<table>/g, () => `<div class="table" ${region("Table")}><table>`)
    .replaceAll(/<\/table>/g, "</table></div>")
    .replaceAll(/<thead>\s*<tr>\s*(<th><\/th>\s*)+<\/tr>\s*<\/thead>/g, "");
}

/** The id of a heading, as code hosts make it. */
export function headingId(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(/\s/g, "-");
}
