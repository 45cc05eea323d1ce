/** What of a section is the same for everybody: its text and its figures, rendered once. */
import { renderToString } from "preact-render-to-string";
import type { Section } from "../report/section.ts";
import type { Committed } from "../server/committed.ts";
import { Blocks } from "./blocks.tsx";
import { CommittedFigures } from "./committed_figures.tsx";

const rendered = new WeakMap<Section, string>();

/** The text and the figures of a section as HTML. Not to be called while a page is rendered, but before. */
export function sectionHtml(section: Section, committed: Committed | undefined): string {
  const known = rendered.get(section);
  if (known !== undefined) return known;
  const html = renderToString(
    <>
      <div class="prose">
        <Blocks blocks={section.blocks} />
      </div>
      <CommittedFigures section={section.id} committed={committed} />
    </>,
  );
  rendered.set(section, html);
  return html;
}
