/** Figures as HTML. */
import type { FigureRecord } from "../record.ts";
import { escapeHtml } from "./escape.ts";
import { inlineHtml } from "./markup.ts";

/** How wide a picture of a sheet is shown at most, in pixels. */
const MAX_WIDTH = 192;

/**
 * A figure with its caption.
 *
 * @param figure The figure.
 * @param id An identifier that is unique on the page.
 * @param source The address of its file, or a `data:` URL.
 */
export function figureHtml(figure: FigureRecord, id: string, source: string): string {
  const { caption, cells } = figure;
  const body = cells.length ? sheetHtml(figure, id, source) : wholeHtml(figure, source);
  const wide = cells.length === 0 && figure.media.width > 900 ? ' class="wide"' : "";
  return `<figure id="${escapeHtml(id)}"${wide}>${body}<figcaption>${
    inlineHtml(caption)
  }</figcaption></figure>`;
}

/** A diagram or an animation. */
function wholeHtml({ alt, media, columns }: FigureRecord, source: string): string {
  const scale = media.type === "image/gif" ? Math.max(1, Math.floor(400 / media.width)) : 1;
  const labels = columns.map((label) => `<span>${escapeHtml(label)}</span>`).join("");
  const width = media.width * scale;
  return (labels ? `<p class="labels" style="max-width: ${width}px">${labels}</p>` : "") +
    `<div class="scroll"><img class="${
      media.type === "image/svg+xml" ? "diagram" : "pixels"
    }" src="${source}" ` +
    `alt="${escapeHtml(alt)}" width="${width}" height="${media.height * scale}"></div>`;
}

/** A table of the sheet's pictures. The sheet is there once; each place shows its part of it. */
function sheetHtml({ alt, media, rows, columns, cells }: FigureRecord, id: string, source: string): string {
  const sheet = `${id}-sheet`;
  const across = 1 + Math.max(...cells.map(({ column }) => column));
  const down = 1 + Math.max(...cells.map(({ row }) => row));
  const named = rows.some((row) => row);
  const head = columns.length
    ? `<thead><tr>${named ? "<td></td>" : ""}${
      columns.map((label) => `<th scope="col">${escapeHtml(label)}</th>`).join("")
    }</tr></thead>`
    : "";
  const body = Array.from({ length: down }, (_, row) => {
    const places = Array.from({ length: across }, (_, column) => {
      const cell = cells.find((cell) => cell.row === row && cell.column === column);
      if (!cell) return "<td></td>";
      const { x, y, width, height, label } = cell;
      const name = [rows[row], columns[column], label].filter((part) => part).join(", ");
      const shown = Math.min(MAX_WIDTH, width * Math.max(1, Math.floor(MAX_WIDTH / width)));
      return `<td style="--shown: ${shown}px"><svg viewBox="${x} ${y} ${width} ${height}" role="img" aria-label="${
        escapeHtml(name)
      }">` +
        `<use href="#${escapeHtml(sheet)}"/></svg>${label ? `<small>${escapeHtml(label)}</small>` : ""}</td>`;
    });
    const head = named ? `<th scope="row">${escapeHtml(rows[row] ?? "")}</th>` : "";
    return `<tr>${head}${places.join("")}</tr>`;
  });
  return `<svg class="sheet" aria-hidden="true"><image id="${
    escapeHtml(sheet)
  }" href="${source}" width="${media.width}" height="${media.height}"/></svg>` +
    `<div class="scroll"><table aria-label="${escapeHtml(alt)}">${head}<tbody>${
      body.join("")
    }</tbody></table></div>`;
}
