/** A featured section of the report: its text beside its figures, which are loaded when near. */
import Lab from "../../islands/Lab.tsx";
import Look from "../../islands/Look.tsx";
import { defaultParameters, type Section } from "../../report/mod.ts";
import type { Committed } from "../../server/committed.ts";
import type { WireFigure } from "../../server/wire.ts";
import { sectionAddress, sectionNumber } from "../section_head.tsx";
import { inOrder } from "./in_order.ts";

/** What {@linkcode SectionWhole} shows. */
interface SectionWholeProps {
  readonly section: Section;
  /** Its place in the report, from 0. */
  readonly index: number;
  /** Its text and its figures, as HTML. */
  readonly html: { readonly text: string; readonly figures: string };
  /** Its committed figures. */
  readonly committed: Committed | undefined;
}

/** The sections whose figures show something else when they are turned over, or from afar. */
const looks: readonly string[] = ["anagrams", "hybrids"];

/** Its head, its text, its figures, and the way to run it. */
export function SectionWhole({ section, index, html, committed }: SectionWholeProps) {
  const { id, title, summary } = section;
  const text = `<div class="prose">${html.text}</div>`;
  const figures = `<div class="section-figures">${html.figures}</div>`;
  const look = committed && looks.includes(id) ? lookFigure(section, committed) : undefined;
  return (
    <article id={id} class="section whole" aria-labelledby={`${id}-title`}>
      <header class="prose">
        <p class="eyebrow">{sectionNumber(index)}</p>
        <h3 id={`${id}-title`}>
          <a href={sectionAddress(id)}>{title}</a>
        </h3>
        <p class="lead">{summary}</p>
      </header>
      {look && (
        <>
          <div data-near class="look-place">
            <Look section={id} figure={look} parameters={committed!.parameters} />
          </div>
          <noscript dangerouslySetInnerHTML={{ __html: figures }} />
        </>
      )}
      {/* Where scripts run this is no more than text until `static/report.js` makes elements of it. */}
      <noscript class="later" dangerouslySetInnerHTML={{ __html: look ? text : text + figures }} />
      <div data-near>
        <Lab section={id} title={title} />
      </div>
    </article>
  );
}

/** The largest figure, with the pairs in the order in which the section has them now. */
function lookFigure(section: Section, { figures, parameters }: Committed): WireFigure {
  const figure = figures.at(-1)!;
  return inOrder(figure, list(parameters.pairs), list(defaultParameters(section).pairs));
}

const list = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : [];
