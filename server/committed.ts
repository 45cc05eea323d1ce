/** The committed report: the figures in `static/report/`. */
import { SNAPSHOTS_FILE } from "../report/snapshots.ts";
import type { ReportRecord } from "../report/record.ts";
import { textHtml } from "./rich_text.ts";
import type { Parameters, WireFigure } from "./wire.ts";

/** The committed figures of a section. */
export interface Committed {
  /** The parameters that made the figures. */
  readonly parameters: Parameters;
  /** The figures; their files are in `static/report/SECTION/`. */
  readonly figures: readonly WireFigure[];
  /** How long they took, in seconds. */
  readonly seconds: number;
  /** The address of snapshots of their samplings, if any. */
  readonly snapshots?: string;
}

let read: Promise<ReadonlyMap<string, Committed>> | undefined;

/** The committed figures by section; empty if the report was never made. */
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
      const kept = await Deno.stat(new URL(`${id}/${SNAPSHOTS_FILE}`, url)).then(() => true, () => false);
      const snapshots = kept ? `/report/${id}/${SNAPSHOTS_FILE}` : undefined;
      return [id, { parameters, figures, seconds, ...(snapshots && { snapshots }) }];
    });
    return new Map(await Promise.all(sections));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}
