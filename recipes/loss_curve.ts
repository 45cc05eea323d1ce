/** The losses of a run as a picture that a model card can show. */
import { ArgumentError, described } from "../lib/errors.ts";
import type { LossLine } from "./loss_log.ts";

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 56;
const BOTTOM = 36;
const TOP = 12;
const RIGHT = 12;

/** Points of the curve: each the mean of as many steps as makes them this many. */
const POINTS = 300;

function means(lines: readonly LossLine[]): { step: number; loss: number }[] {
  const size = Math.max(1, Math.ceil(lines.length / POINTS));
  const points: { step: number; loss: number }[] = [];
  for (let start = 0; start < lines.length; start += size) {
    const part = lines.slice(start, start + size);
    points.push({
      step: part[part.length - 1].step,
      loss: part.reduce((sum, line) => sum + line.loss, 0) / part.length,
    });
  }
  return points;
}

/** The ticks 1, 2 and 5 times a power of ten within a range. */
function ticks(low: number, high: number): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    found.push(...[1, 2, 5].map((digit) => Number((digit * 10 ** power).toPrecision(1))));
  }
  return found.filter((value) => value >= low && value <= high);
}

/**
 * Draws the loss over the steps, the loss on a logarithmic scale, as SVG.
 *
 * @throws {ArgumentError} if there are no lines.
 */
export function lossCurve(lines: readonly LossLine[]): string {
  if (lines.length === 0) throw new ArgumentError("lines", described("none"), "at least one step");
  const points = means(lines);
  const steps = points[points.length - 1].step;
  const low = Math.min(...points.map(({ loss }) => loss)) * 0.9;
  const high = Math.max(...points.map(({ loss }) => loss)) * 1.1;
  const x = (step: number) => LEFT + (WIDTH - LEFT - RIGHT) * step / steps;
  const y = (loss: number) => TOP + (HEIGHT - TOP - BOTTOM) * Math.log(high / loss) / Math.log(high / low);
  const line = points.map(({ step, loss }) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
  const text = (left: number, top: number, anchor: string, label: string) =>
    `<text x="${left}" y="${top}" text-anchor="${anchor}">${label}</text>`;
  const rows = ticks(low, high).map((loss) =>
    `<path d="M${LEFT} ${y(loss).toFixed(1)}H${WIDTH - RIGHT}" stroke="#ccc"/>` +
    text(LEFT - 6, Number((y(loss) + 4).toFixed(1)), "end", String(loss))
  );
  const epochs = lines.filter(({ epoch }, i) => epoch !== lines[i + 1]?.epoch);
  const columns = epochs.map(({ step, epoch }) =>
    text(Number(x(step).toFixed(1)), HEIGHT - BOTTOM + 16, "end", String(epoch))
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<g font-family="sans-serif" font-size="11" fill="#444">`,
    ...rows,
    ...columns,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", "epoch"),
    text(6, TOP + 6, "start", "loss"),
    `</g>`,
    `<polyline points="${line}" fill="none" stroke="#1d4ed8" stroke-width="1.5"/>`,
    `</svg>`,
    "",
  ].join("\n");
}
