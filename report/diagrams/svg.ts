/** The pieces of diagrams. */
import type { Media } from "../section.ts";
import { escapeHtml } from "../page/escape.ts";

/** A rectangle with lines of text in it. */
export interface Box {
  /** The left edge. */
  readonly x: number;
  /** The upper edge. */
  readonly y: number;
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
  /** The first line, in bold. */
  readonly title: string;
  /** Lines below it. */
  readonly lines?: readonly string[];
  /** The colour of its ground. */
  readonly fill: string;
}

/** A box as SVG. */
export function boxSvg({ x, y, width, height, title, lines = [], fill }: Box): string {
  const middle = x + width / 2;
  const top = y + height / 2 - lines.length * 7.5;
  const text = (line: string, at: number, style: string) =>
    `<text x="${middle}" y="${at + 4.5}" text-anchor="middle" ${style}>${escapeHtml(line)}</text>`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" fill="${fill}" stroke="#334155" stroke-opacity=".45"/>` +
    text(title, top, 'font-weight="600" font-size="13"') +
    lines.map((line, i) => text(line, top + 15 * (i + 1), 'font-size="11" fill="#475569"')).join("");
}

/** An arrow through points. */
export function arrowSvg(points: readonly (readonly [number, number])[], dashed = false): string {
  const path = points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");
  const dash = dashed ? ' stroke-dasharray="5 4"' : "";
  return `<path d="${path}" fill="none" stroke="#475569" stroke-width="1.5" marker-end="url(#tip)"${dash}/>`;
}

/** What takes the place of a colour on dark pages. */
const dark: Readonly<Record<string, string>> = {
  "#fff": "#1f1d1a",
  "#0f172a": "#ece7de",
  "#334155": "#c9c2b6",
  "#475569": "#b9b1a5",
  "#e0edff": "#22385a",
  "#d3f3e0": "#1d4432",
  "#ffe9cc": "#574019",
  "#f3dcf5": "#4a2d4e",
  "#ffffff": "#2b2824",
  "#fde2e2": "#5a2b2b",
  "#eef1f5": "#33322f",
};

const DARK = `<style>@media(prefers-color-scheme:dark){${
  Object.entries(dark).map(([light, dark]) =>
    `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`
  ).join("")
}}</style>`;

/** A diagram of a size, for light pages and for dark ones. */
export function diagram(width: number, height: number, parts: readonly string[]): Media {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" fill="#0f172a">${DARK}` +
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#475569"/></marker></defs>' +
    `<rect width="${width}" height="${height}" fill="#fff" stroke="none"/>${parts.join("")}</svg>\n`;
  return { type: "image/svg+xml", width, height, bytes: new TextEncoder().encode(svg) };
}

/** The grounds of boxes, by what they do. */
export const colours = {
  same: "#e0edff",
  down: "#d3f3e0",
  up: "#ffe9cc",
  bottleneck: "#f3dcf5",
  joint: "#ffffff",
  condition: "#fde2e2",
  plain: "#eef1f5",
} as const;

/** The ground of a block. */
export function groundOf(title: string): string {
  if (/^Down/.test(title)) return colours.down;
  if (/^Up/.test(title)) return colours.up;
  if (/latten$/.test(title)) return colours.bottleneck;
  if (/^FC/.test(title)) return colours.condition;
  if (/^Conv|convolution/.test(title)) return colours.same;
  return colours.joint;
}
