/** The report as it was made once for all: the figures in `static/report/`. */
import { MOMENTS_FILE } from "../report/moments.ts";
import type { ReportRecord } from "../report/record.ts";
import { textHtml } from "./rich_text.ts";
import type { Parameters, WireFigure } from "./wire.ts";

/** What is committed of a section. */
export interface Committed {
  /** The parameters by which the figures were made. */
  readonly parameters: Parameters;
  /** The figures; their files lie in `static/report/SECTION/`. */
  readonly figures: readonly WireFigure[];
  /** How long they took, in seconds. */
  readonly seconds: number;
  /** The address of moments of their samplings; none where none are kept. */
  readonly moments?: string;
}

let read: Promise<ReadonlyMap<string, Committed>> | undefined;

/** The committed figures by section; none where the report was never made. */
export function committedFigures(): Promise<ReadonlyMap<string, Committed>> {
  return read ??= readRecord();
}

async function readRecord(): Promise<ReadonlyMap<string, Committed>> {
  const url = new URL("../static/report/report.json", import.meta.url);
  try {
    const record = JSON.parse(await Deno.readTextFile(url)) as ReportRecord;
    const sections = record.sections.map(async (section): Promise<[string, Committed]> => {
      const { id, parameters, seconds } = section;
      const figures = section.figures.map(({ media, caption, parameters: _, ...figure }) => ({
        ...figure,
        ...media,
        caption: textHtml(caption),
      }));
      const kept = await Deno.stat(new URL(`${id}/${MOMENTS_FILE}`, url)).then(() => true, () => false);
      const moments = kept ? `/report/${id}/${MOMENTS_FILE}` : undefined;
      return [id, { parameters, figures, seconds, ...(moments && { moments }) }];
    });
    return new Map(await Promise.all(sections));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}
