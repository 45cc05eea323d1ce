/** Images as jigsaw puzzles that can be put together in two ways. @module */
import { Generator } from "../../random.ts";
import { squareSize } from "./square.ts";
import { permutedPixels, type View } from "./view.ts";

/**
 * Sixteen interlocking pieces, put together in another way: corners change places with corners, inner pieces with inner ones,
 * edges with edges (after Geng et al. 2024, "Visual Anagrams", section 4; the pieces' outline and order are our own).
 *
 * The outline is the same after a quarter turn of the whole puzzle, so that a piece fits wherever a piece of its kind does; and
 * the two edge pieces of a side have the same outline, so that they may change places.
 *
 * @param seed The seed of the new order; defaults to 0. It is the same at every size.
 * @throws {ArgumentError} if the seed is not an integer; the view, if images are not square or their size is not a multiple of 4.
 */
export function jigsaw(seed: number = 0): View {
  const generator = new Generator(seed);
  // Where the pieces of each kind go: the corners, the inner ones, the first and the second edge of each side.
  const turns = Array.from({ length: 4 }, () => generator.permutation(4));
  const swapped = Array.from({ length: 4 }, () => generator.randomInt(2) === 1);
  return permutedPixels((height, width) => {
    const size = squareSize(height, width, 4);
    const order = new Int32Array(size * size);
    for (let i = 0; i < order.length; i++) {
      const place: Place = [i % size, Math.floor(i / size)];
      const { kind, side } = pieceAt(place, size);
      const goal = turns[kind][side];
      let [x, y] = turned(place, (goal - side + 4) % 4, size);
      if (kind >= FIRST_EDGE && swapped[goal]) {
        [x, y] = shifted([x, y], goal, kind === FIRST_EDGE ? 1 : -1, size);
      }
      order[y * size + x] = i;
    }
    return order;
  });
}

/** A pixel's column and row. */
type Place = [x: number, y: number];

/** Kinds of pieces; from the first edges on they are edges. */
const [CORNER, INNER, FIRST_EDGE, SECOND_EDGE] = [0, 1, 2, 3];

/** The kinds of the pieces of the upper left quarter, row by row. Each further quarter is the one before, turned clockwise. */
const QUARTER = [CORNER, FIRST_EDGE, SECOND_EDGE, INNER];

/** The piece that a pixel belongs to: its kind, and of which side of the image it is, clockwise from the top. */
function pieceAt(place: Place, size: number): { kind: number; side: number } {
  const [column, row] = cellAt(place, size);
  for (let side = 0; side < 4; side++) {
    const [x, y] = turned([column, row], (4 - side) % 4, 4);
    if (x < 2 && y < 2) {
      // In the upper left quarter the piece under the corner is the second edge of the left side, the last one.
      const kind = QUARTER[2 * y + x];
      return { kind, side: kind === SECOND_EDGE ? (side + 3) % 4 : side };
    }
  }
  throw new Error(`jigsaw: no piece at ${place}`);
}

/** The column and the row of the piece at a pixel: that of its square, but where the tab of a neighbour reaches in. */
function cellAt([x, y]: Place, size: number): Place {
  const cell = size / 4;
  const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)];
  for (const [dx, dy] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) {
    const [fromColumn, fromRow] = [column + dx, row + dy];
    if (fromColumn < 0 || fromColumn > 3 || fromRow < 0 || fromRow > 3) continue;
    if (!hasTab(fromColumn, fromRow, -dx, -dy)) continue;
    // In 16ths of a pixel all numbers are whole, and what is symmetric is so exactly: the tab is a disc, its middle an
    // eighth of a cell beyond the border, its radius a fifth of a cell.
    const u = 16 * x + 8 - cell * (16 * column + 8 + 6 * dx);
    const v = 16 * y + 8 - cell * (16 * row + 8 + 6 * dy);
    if (25 * (u * u + v * v) < 256 * cell * cell) return [fromColumn, fromRow];
  }
  return [column, row];
}

/**
 * Whether a piece has its tab on a side: around the rim the tabs point clockwise, and so do those of the inner four; from the
 * rim they point inwards.
 */
function hasTab(column: number, row: number, dx: number, dy: number): boolean {
  const onRim = (x: number, y: number) => x === 0 || x === 3 || y === 0 || y === 3;
  const [here, there] = [onRim(column, row), onRim(column + dx, row + dy)];
  if (here !== there) return here;
  // Clockwise about the middle: the cross product of the place and the direction is positive, with y downwards.
  return (2 * column - 3) * dy - (2 * row - 3) * dx > 0;
}

/** A place after quarter turns clockwise. */
function turned([x, y]: Place, quarters: number, size: number): Place {
  return quarters === 0 ? [x, y] : turned([size - 1 - y, x], quarters - 1, size);
}

/** A place along a side of the image, clockwise by a number of cells. */
function shifted([x, y]: Place, side: number, cells: number, size: number): Place {
  const distance = cells * size / 4;
  const [dx, dy] = [[1, 0], [0, 1], [-1, 0], [0, -1]][side];
  return [x + dx * distance, y + dy * distance];
}
