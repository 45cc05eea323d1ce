/** Runs sections in tests, and looks at what they yield. */
import { decodeImage } from "../../lib/image.ts";
import { slice, type Tensor } from "../../lib/tensor.ts";
import { type Context, type Figure, runSection, type Section, type SectionEvent } from "../../report/mod.ts";

/** All that a section yields. */
export async function eventsOf(
  section: Section,
  parameters: unknown,
  context: Context,
): Promise<SectionEvent[]> {
  return await Array.fromAsync(runSection(section, parameters, context));
}

/** The figures among events, by name. */
export function figuresOf(events: readonly SectionEvent[]): Map<string, Figure> {
  return new Map(events.filter((e) => e.type === "figure").map(({ figure }) => [figure.name, figure]));
}

/** The pictures of a figure by row and column, `[C, H, W]` in [-1, 1], read from its bytes. */
export async function picturesOf({ media, cells }: Figure): Promise<Tensor[][]> {
  const sheet = await decodeImage(media.bytes);
  const rows: Tensor[][] = [];
  for (const { row, column, x, y, width, height } of cells) {
    (rows[row] ??= [])[column] = slice(slice(sheet, y, y + height, 1), x, x + width, 2);
  }
  return rows;
}

/** The largest difference of two pictures. */
export function distance(a: Tensor, b: Tensor): number {
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);
}
