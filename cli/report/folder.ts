/** The folder of a report: what was made, and what can be reused. */
import { join } from "node:path";
import { type Snapshot, SNAPSHOTS_FILE } from "../../report/snapshots.ts";
import type { FigureRecord, ReportRecord, SectionRecord } from "../../report/record.ts";
import { sections } from "../../report/mod.ts";
import type { Figure } from "../../report/section.ts";
import { reportPage } from "../../report/page/page.ts";
import { OutputFolder } from "../output_folder.ts";

/** The endings of files. */
const endings = { "image/png": "png", "image/gif": "gif", "image/svg+xml": "svg" } as const;

/** The record of a section, in the section's folder; written after all of its figures. */
const RECORD = "section.json";

/** Writes a report, section by section. */
export class ReportFolder {
  /** Its path. */
  readonly path: string;

  /** `path` is the folder; it need not exist. */
  constructor(path: string) {
    this.path = path;
  }

  /** The record of a finished section; undefined if it was not made, or not finished. */
  async section(id: string): Promise<SectionRecord | undefined> {
    let record: SectionRecord;
    try {
      record = JSON.parse(await Deno.readTextFile(join(this.path, id, RECORD)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
      throw error;
    }
    for (const { file } of record.figures) {
      if (!await exists(join(this.path, id, file))) return undefined;
    }
    return record;
  }

  /**
   * Writes a finished section: its figures, snapshots of its samplings, then its record. Figures of an earlier record that are gone are removed.
   *
   * @throws {ArgumentError} if the folder cannot be written to; no partial file is left.
   */
  async write(
    record: Omit<SectionRecord, "figures">,
    figures: readonly Figure[],
    snapshots: readonly Snapshot[] = [],
  ): Promise<SectionRecord> {
    const files = new Map<string, Uint8Array>();
    const records = figures.map(({ media: { bytes, ...media }, ...figure }): FigureRecord => {
      const file = `${figure.name}.${endings[media.type]}`;
      files.set(file, bytes);
      return { ...figure, file, media };
    });
    if (snapshots.length) {
      files.set(SNAPSHOTS_FILE, new TextEncoder().encode(JSON.stringify(snapshots) + "\n"));
    }
    const whole: SectionRecord = { ...record, figures: records };
    const before = await this.section(record.id);
    files.set(RECORD, new TextEncoder().encode(JSON.stringify(whole, null, 1) + "\n"));
    await using folder = await OutputFolder.open(join(this.path, record.id));
    await folder.write(files);
    if (snapshots.length === 0) await removeIfThere(join(this.path, record.id, SNAPSHOTS_FILE));
    for (const { file } of before?.figures ?? []) {
      if (!files.has(file)) await Deno.remove(join(this.path, record.id, file));
    }
    return whole;
  }

  /**
   * Writes the report of all sections that are there: `report.json`, and `index.html` if a page is wanted.
   *
   * @returns The paths.
   * @throws {ArgumentError} if they cannot be written.
   */
  async finish({ page }: { readonly page: boolean }): Promise<string[]> {
    const records = await Promise.all(sections.map(({ id }) => this.section(id)));
    const report: ReportRecord = { version: 1, sections: records.filter((record) => record !== undefined) };
    const encoder = new TextEncoder();
    const files = new Map([["report.json", encoder.encode(JSON.stringify(report, null, 1) + "\n")]]);
    if (page) {
      const bytes = (id: string, file: string) => Deno.readFile(join(this.path, id, file));
      const html = await reportPage(report, sections, ({ id }, { file }) => bytes(id, file));
      files.set("index.html", encoder.encode(html));
    }
    await using folder = await OutputFolder.open(this.path);
    return await folder.write(files);
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
