/** Many images on one sheet. */
import { ArgumentError } from "../argument_error.ts";
import { full, type Tensor } from "../tensor.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** How {@linkcode grid} lays a sheet out. */
export interface GridOptions {
  /** Images in a row; by default as many as make the sheet about square. */
  columns?: number;
  /** Pixels between two images; by default 2. There is no border around the sheet. */
  gap?: number;
  /** The value of the gaps and of places left empty; by default 1, white. */
  background?: number;
}

const gridOptionNames: OptionNames<GridOptions> = {
  columns: true,
  gap: true,
  background: true,
};

/**
 * Joins images to one sheet, row by row.
 *
 * @param x `[N, C, H, W]`, in any range.
 * @returns `[C, rows * H + (rows - 1) * gap, columns * W + (columns - 1) * gap]`
 * @throws {ArgumentError} if there is no image, or if columns or gap are no whole numbers in their range.
 */
export function grid(x: Tensor, options: GridOptions = {}): Tensor {
  assertOptions(options, gridOptionNames);
  const [count, channels, height, width] = x.shape;
  if (x.shape.length !== 4 || !(count > 0)) {
    throw new ArgumentError("x", x, "[N, C, H, W] with at least one image");
  }
  const { columns = Math.ceil(Math.sqrt(count)), gap = 2, background = 1 } = options;
  if (!(Number.isInteger(columns) && columns > 0)) {
    throw new ArgumentError("columns", columns, "a whole number from 1");
  }
  if (!(Number.isInteger(gap) && gap >= 0)) {
    throw new ArgumentError("gap", gap, "a whole number from 0");
  }
  const rows = Math.ceil(count / columns);
  const sheetHeight = rows * height + (rows - 1) * gap;
  const sheetWidth = columns * width + (columns - 1) * gap;
  const sheet = full([channels, sheetHeight, sheetWidth], background);
  for (let n = 0; n < count; n++) {
    const top = Math.floor(n / columns) * (height + gap);
    const left = (n % columns) * (width + gap);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        const from = ((n * channels + c) * height + y) * width;
        sheet.data.set(
          x.data.subarray(from, from + width),
          (c * sheetHeight + top + y) * sheetWidth + left,
        );
      }
    }
  }
  return sheet;
}
