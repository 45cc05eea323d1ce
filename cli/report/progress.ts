/** The progress of a report. */
import type { SectionRecord } from "../../report/record.ts";
import { showProgress } from "../progress.ts";

/**
 * How long sections take relative to each other with their defaults, to estimate the time left. A section that is
 * not listed counts as 10. Measured in seconds, on two cores, of a network of 2.8 million weights at 32 pixels.
 */
const SECONDS: Readonly<Record<string, number>> = {
  "sampling": 9,
  "forward": 0.1,
  "classical": 0.1,
  "one-step": 0.8,
  "iterative": 1,
  "from-noise": 3,
  "guidance": 16,
  "image-to-image": 19,
  "drawings": 18,
  "inpainting": 4,
  "text-image-to-image": 16,
  "anagrams": 6,
  "hybrids": 4,
  "networks": 0.1,
  "denoiser": 0.5,
  "time-unet": 6,
  "class-unet": 11,
  "samplers": 7,
  "views": 21,
  "factors": 5,
  "interpolation": 13,
  "trajectory": 3,
};

/** The progress display of a report; disposing of it removes the bar from the screen. */
export interface ReportProgress extends Disposable {
  /** A section was made earlier. */
  skip(id: string): void;
  /** A part of a section, from 0 to 1, is done. */
  update(id: string, part: number): void;
  /** A section is done. */
  done(id: string, record: Pick<SectionRecord, "seconds" | "figures">): void;
  /** A section cannot be made. */
  failed(id: string, message: string): void;
}

/** Shows a bar for all sections on a terminal, and a line for each finished one. */
export function showReportProgress(ids: readonly string[]): ReportProgress {
  const works = new Map(ids.map((id) => [id, SECONDS[id] ?? 10]));
  const total = works.values().reduce((sum, work) => sum + work, 0);
  // Several may be under way.
  const parts = new Map<string, number>();
  const bar = showProgress("report", 1000, "‰");
  const update = (id: string, part: number) => {
    parts.set(id, part);
    const done = parts.entries().reduce((sum, [id, part]) => sum + part * works.get(id)!, 0);
    bar.update(Math.round(1000 * done / total));
  };
  const finish = (id: string) => update(id, 1);
  return {
    skip(id) {
      finish(id);
      say(`${id}: is done`);
    },
    update,
    done(id, { seconds, figures: { length } }) {
      finish(id);
      say(`${id}: ${length} ${length === 1 ? "figure" : "figures"} in ${seconds.toFixed(1)} s`);
    },
    failed(id, message) {
      finish(id);
      say(`error: ${message}`);
    },
    [Symbol.dispose]: () => bar[Symbol.dispose](),
  };
}

/** Prints a line in place of the bar, which is redrawn below it. */
function say(line: string): void {
  console.error(Deno.stderr.isTerminal() ? `\r\x1b[2K${line}` : line);
}
