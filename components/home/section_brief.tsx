/** A section as an entry: what it is about, and a picture. */
import type { Section } from "../../report/mod.ts";
import type { Committed } from "../../server/committed.ts";
import { sectionAddress, sectionNumber } from "../section_head.tsx";

/** What {@linkcode SectionBrief} shows. */
interface SectionBriefProps {
  readonly section: Section;
  /** Its place in the report, from 0. */
  readonly index: number;
  /** What is committed of it. */
  readonly committed: Committed | undefined;
}

/** Its title, its summary, and the upper part of its smallest figure. */
export function SectionBrief({ section: { id, title, summary }, index, committed }: SectionBriefProps) {
  const [figure] = committed?.figures.filter(({ type }) => type !== "image/gif")
    .toSorted((a, b) => a.width * a.height - b.width * b.height) ?? [];
  return (
    <article id={id} class="section brief" aria-labelledby={`${id}-title`}>
      <div>
        <p class="eyebrow">{sectionNumber(index)}</p>
        <h3 id={`${id}-title`}>
          <a href={sectionAddress(id)}>{title}</a>
        </h3>
        <p>{summary}</p>
      </div>
      {figure && (
        <img
          src={`/report/${id}/${figure.file}`}
          alt=""
          width={figure.width}
          height={figure.height}
          loading="lazy"
          decoding="async"
          class={figure.type === "image/svg+xml" ? "" : "pixels"}
          data-fresh-disable-lock
        />
      )}
    </article>
  );
}
