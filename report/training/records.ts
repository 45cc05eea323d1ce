/**
 * The records of a training run in its model's folder.
 *
 * @module
 */
import { machine } from "../../lib/platform/mod.ts";
import { curveSize, type LossAxis, lossCurve } from "../../recipes/loss_curve.ts";
import { type LossLine, readLosses } from "../../recipes/loss_log.ts";
import type { Figure, Media, SectionEvent } from "../section.ts";

/** The sheet that was drawn after an epoch. */
export interface EpochSheet {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** The sheet. */
  readonly media: Media;
}

/** The losses of a model's training, a line a step; empty if the folder has no record. */
export function recordedLosses(folder: string): Promise<LossLine[]> {
  return readLosses("loss.jsonl", machine.open(folder));
}

/** The sheets drawn during a model's training, the earliest first; empty if the folder has none. */
export async function recordedSheets(folder: string): Promise<EpochSheet[]> {
  const sheets: EpochSheet[] = [];
  const files = machine.open(folder);
  for (const { name } of await files.list() ?? []) {
    const epoch = /^epoch-(\d+)\.png$/.exec(name)?.[1];
    if (epoch) sheets.push({ epoch: Number(epoch), media: pngMedia(await files.readBytes(name)) });
  }
  return sheets.sort((a, b) => a.epoch - b.epoch);
}

/** A curve of losses as a figure's picture. */
export function curveMedia(lines: readonly LossLine[], axis?: LossAxis): Media {
  const bytes = new TextEncoder().encode(lossCurve(lines, axis));
  return { type: "image/svg+xml", ...curveSize, bytes };
}

/** The mean of the last losses, as it is shown. */
export function finalLoss(lines: readonly LossLine[]): string {
  const last = lines.slice(-Math.max(1, Math.ceil(lines.length / 50)));
  return (last.reduce((sum, { loss }) => sum + loss, 0) / last.length).toPrecision(3);
}

/** A figure without rows and columns. */
export function wholeFigure(
  figure: Pick<Figure, "name" | "caption" | "alt" | "media" | "parameters">,
): Figure {
  return { ...figure, rows: [], columns: [], cells: [] };
}

/** The options of {@linkcode recordFigures}. */
export interface RecordOptions {
  /** The model's name. */
  readonly name: string;
  /** The parameters of the section. */
  readonly parameters: Figure["parameters"];
  /** Describes the sheet of an epoch. */
  readonly sheet: (epoch: number) => Pick<Figure, "caption" | "alt">;
}

/** The figures of a model's training: the curve of its losses, and the sheets after the first and the last epoch. */
export async function* recordFigures(
  folder: string,
  { name, parameters, sheet }: RecordOptions,
): AsyncGenerator<SectionEvent, void, undefined> {
  const lines = await recordedLosses(folder);
  if (lines.length) {
    const caption = `The training loss of \`${name}\`, on a logarithmic scale: in the end ${
      finalLoss(lines)
    }.`;
    const alt = "A curve that falls steeply at first, then more and more slowly.";
    yield {
      type: "figure",
      figure: wholeFigure({ name: "curve", caption, alt, media: curveMedia(lines), parameters }),
    };
  }
  const sheets = await recordedSheets(folder);
  for (const { epoch, media } of sheets.length > 2 ? [sheets[0], sheets.at(-1)!] : sheets) {
    yield {
      type: "figure",
      figure: wholeFigure({ name: `epoch-${epoch}`, ...sheet(epoch), media, parameters }),
    };
  }
}

/** A PNG file as a figure's picture: its header says how large it is. */
function pngMedia(bytes: Uint8Array<ArrayBuffer>): Media {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20), bytes };
}
