import { assertEquals } from "@std/assert";
import { boxMuller } from "../lib/box_muller.ts";

/** The transform with `Math`'s logarithm, sine and cosine, rounded as PyTorch rounds. */
function byMath(data: Float32Array): Float32Array {
  const [round, out] = [Math.fround, data.slice()];
  for (let block = 0; block < data.length; block += 16) {
    for (let i = block; i < block + 8; i++) {
      const radius = round(Math.sqrt(-2 * round(Math.log(1 - data[i]))));
      const theta = round(round(2 * Math.PI) * data[i + 8]);
      out[i] = radius * round(Math.cos(theta));
      out[i + 8] = radius * round(Math.sin(theta));
    }
  }
  return out;
}

/** Blocks of pairs. */
function blocks(radii: (i: number) => number, angles: (i: number) => number): Float32Array {
  return Float32Array.from({ length: 2 ** 16 }, (_, i) => {
    const pair = (i >> 4) * 8 + (i & 7);
    return ((i & 8) ? angles(pair) : radii(pair)) / 2 ** 24;
  });
}

Deno.test("normal numbers are those of Math's functions, bit for bit", () => {
  const [last, eighth] = [2 ** 24 - 1, 2 ** 21];
  const inputs = {
    "small radii": blocks((i) => i, () => 0),
    "large radii": blocks((i) => last - i, () => 0),
    "radii around where the power of 2 changes": blocks(
      (i) => Math.floor(2 ** 24 * (1 - Math.SQRT1_2)) - 2 ** 14 + i,
      () => 0,
    ),
    "all radii": blocks((i) => i * 511, () => 0),
    "all angles": blocks(() => last, (i) => i * 511),
    ...Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => {
        const around = (i: number) => Math.min(Math.max(n * eighth - 2 ** 14 + i, 0), last);
        return [`angles around ${n} eighths of a turn`, blocks(() => last, around)];
      }),
    ),
  };
  for (const [what, data] of Object.entries(inputs)) {
    const expected = new Int32Array(byMath(data).buffer);
    boxMuller(data, 0, data.length);
    const differs = new Int32Array(data.buffer).findIndex((bits, i) => bits !== expected[i]);
    assertEquals(differs, -1, what);
  }
});
