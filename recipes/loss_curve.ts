/** The losses of a run as a picture that a model card can show. */
import { ArgumentError, described } from "../lib/errors.ts";
import type { LossLine } from "./loss_log.ts";
import { linearTicks, logTicks } from "./ticks.ts";

/** The size of the picture: its words can be read where a phone shows it at three quarters of it. */
export const curveSize = { width: 480, height: 240 } as const;

const { width: WIDTH, height: HEIGHT } = curveSize;
const LEFT = 62;
const BOTTOM = 52;
const TOP = 28;
const RIGHT = 16;

/** Epochs or steps that are named, at most. */
const NAMED = 7;

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

/** Round losses within a range: the 1, 2 and 5 of each power of ten, or where only one or none of these is in it, equal steps. */
function roundLosses(low: number, high: number): number[] {
  const found = logTicks(low, high);
  return found.length > 1 ? found : linearTicks(low, high, 4);
}

/** Colours, on light pages and on dark ones. */
const STYLE = ".ground{fill:#fff}.words{fill:#444}.line{stroke:#ccc}" +
  ".curve{fill:none;stroke:#1d4ed8;stroke-width:2}" +
  "@media(prefers-color-scheme:dark){.ground{fill:#1f1d1a}.words{fill:#bbb}.line{stroke:#444}.curve{stroke:#8ab4ff}}";

/** What an axis counts: the epochs of a run, or its steps where it is not to go through its data as often as it began to. */
export type LossAxis = "epoch" | "step";

/** The places on the axis that are named: the ends of epochs, or round steps. */
function namedSteps(lines: readonly LossLine[], axis: LossAxis): ReadonlyMap<number, number> {
  const steps = lines[lines.length - 1].step;
  const round = (last: number) => linearTicks(1, last, NAMED - 1).filter(Number.isInteger);
  if (axis === "step") return new Map(round(steps).map((step) => [step, step]));
  const ends = new Map(
    lines.filter(({ epoch }, i) => epoch !== lines[i + 1]?.epoch).map(({ step, epoch }) => [epoch, step]),
  );
  const named = round(Math.max(...ends.keys())).filter((epoch) => ends.has(epoch));
  return new Map(named.map((epoch) => [epoch, ends.get(epoch)!]));
}

/**
 * Draws the loss over the steps, the loss on a logarithmic scale, as SVG.
 *
 * @param lines The losses, in order.
 * @param axis What the axis counts.
 * @throws {ArgumentError} if there are no lines.
 */
export function lossCurve(lines: readonly LossLine[], axis: LossAxis = "epoch"): string {
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
  const rows = roundLosses(low, high).map((loss) =>
    `<path d="M${LEFT} ${y(loss).toFixed(1)}H${WIDTH - RIGHT}" class="line"/>` +
    text(LEFT - 6, Number((y(loss) + 6).toFixed(1)), "end", String(loss))
  );
  const columns = [...namedSteps(lines, axis)].map(([name, step]) =>
    text(Number(x(step).toFixed(1)), HEIGHT - BOTTOM + 22, "middle", String(name))
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" class="ground"/>`,
    `<g font-family="sans-serif" font-size="17" class="words">`,
    ...rows,
    ...columns,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", axis),
    text(6, 18, "start", "loss"),
    `</g>`,
    `<polyline points="${line}" class="curve"/>`,
    `</svg>`,
    "",
  ].join("\n");
}
