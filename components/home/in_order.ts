/** The order of a figure's rows. */
import type { WireFigure } from "../../server/wire.ts";

/**
 * A figure with its rows in another order; their places in its file do not change.
 *
 * @param figure The figure, with one row for each item.
 * @param items What its rows show, in order: plain data.
 * @param wanted The items in the wanted order; rows of other items come last.
 */
export function inOrder(
  figure: WireFigure,
  items: readonly unknown[],
  wanted: readonly unknown[],
): WireFigure {
  const places = wanted.map((item) => JSON.stringify(item));
  const rank = (row: number) => {
    const place = places.indexOf(JSON.stringify(items[row]));
    return place === -1 ? places.length : place;
  };
  const order = figure.rows.map((_, row) => row).sort((a, b) => rank(a) - rank(b) || a - b);
  return {
    ...figure,
    rows: order.map((row) => figure.rows[row]),
    cells: order.flatMap((row, place) =>
      figure.cells.filter((cell) => cell.row === row).map((cell) => ({ ...cell, row: place }))
    ),
  };
}
