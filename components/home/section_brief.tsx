/** A section as an entry: what it is about, and a picture. */
import type { Section } from "../../report/mod.ts";
import type { Committed } from "../../server/committed.ts";
import type { WireFigure } from "../../server/wire.ts";
import { sectionAddress, sectionNumber } from "../section_head.tsx";

/** What {@linkcode SectionBrief} shows. */
interface SectionBriefProps {
  readonly section: Section;
  /** Its place in the report, from 0. */
  readonly index: number;
  /** Its committed figures. */
  readonly committed: Committed | undefined;
}

/** The maximum number of pictures in a preview. */
const ACROSS = 4;

/** The maximum height of a preview, in rem. */
const HIGHEST = 7;

/** Its title, its summary, and of its smallest figure the first pictures of a sheet, or all of it. */
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
      {figure && <Preview figure={figure} src={`/report/${id}/${figure.file}`} />}
    </article>
  );
}

/** A window on whole pictures: nothing of it is cut off. */
function Preview({ figure, src }: { readonly figure: WireFigure; readonly src: string }) {
  const { width, height, type, cells } = figure;
  const first = cells.filter(({ row, column }) => row === cells[0].row && column < ACROSS);
  const [left, top] = first.length > 0 ? [first[0].x, first[0].y] : [0, 0];
  const right = first.length > 0 ? Math.max(...first.map((cell) => cell.x + cell.width)) : width;
  const bottom = first.length > 0 ? Math.max(...first.map((cell) => cell.y + cell.height)) : height;
  const [across, down] = [right - left, bottom - top];
  const part = (length: number, whole: number) => `${(100 * length / whole).toFixed(3)}%`;
  return (
    <div
      class="preview"
      style={`aspect-ratio: ${across} / ${down}; max-width: ${(HIGHEST * across / down).toFixed(2)}rem`}
    >
      <img
        src={src}
        alt=""
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
        class={type === "image/svg+xml" ? "" : "pixels"}
        style={`width: ${part(width, across)}; left: ${part(-left, across)}; top: ${part(-top, down)}`}
        data-fresh-disable-lock
      />
    </div>
  );
}
