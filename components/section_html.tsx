/** The static parts of a section, its text and figures, rendered once. */
import { renderToString } from "preact-render-to-string";
import type { Section } from "../report/section.ts";
import type { Committed } from "../server/committed.ts";
import { Blocks } from "./blocks.tsx";
import { CommittedFigures } from "./committed_figures.tsx";

const texts = new WeakMap<Section, string>();
const figures = new WeakMap<Section, string>();

/** The text of a section as HTML. Not to be called while a page is rendered, but before. */
export function textHtmlOf(section: Section): string {
  const html = texts.get(section) ?? renderToString(<Blocks blocks={section.blocks} />);
  texts.set(section, html);
  return html;
}

/**
 * The figures of a section as HTML: of more than two the last one. Not to be called while a page is rendered, but before.
 */
export function figuresHtmlOf(section: Section, committed: Committed | undefined): string {
  const html = figures.get(section) ??
    renderToString(<CommittedFigures section={section.id} committed={committed && lastOfMany(committed)} />);
  figures.set(section, html);
  return html;
}

function lastOfMany(committed: Committed): Committed {
  const { figures } = committed;
  return { ...committed, figures: figures.length > 2 ? figures.slice(-1) : figures };
}
