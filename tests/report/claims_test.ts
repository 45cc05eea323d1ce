/** What texts say of figures is held against them. */
import { assertEquals, assertThrows } from "@std/assert";
import { decibelsIn, falseClaims, isDecreasing } from "../../report/claims.ts";
import { defaultParameters, findSection } from "../../report/mod.ts";

/** A figure of cells with labels, row by row. */
function labelled(name: string, labels: readonly (readonly string[])[]) {
  const cells = labels.flatMap((row, y) =>
    row.map((label, x) => ({ row: y, column: x, x: 0, y: 0, width: 1, height: 1, label }))
  );
  return { name, rows: [], columns: [], cells };
}

const section = findSection("one-step");
const parameters = defaultParameters(section);
const good = labelled("one-step", [["", ""], ["14.1 dB", "8.5 dB"], ["26.1 dB", "21.7 dB"]]);

Deno.test("claims that figures bear out are not told, others are", () => {
  assertEquals(falseClaims(section, parameters, [good]), []);
  const bad = labelled("one-step", [["", ""], ["14.1 dB", "8.5 dB"], ["6.1 dB", "21.7 dB"]]);
  assertEquals(falseClaims(section, parameters, [bad]).length, 2);
  // Of other parameters nothing is claimed.
  assertEquals(falseClaims(section, { ...parameters, seed: 1 }, [bad]), []);
  assertThrows(
    () => falseClaims(section, parameters, []),
    Error,
    "one-step: a claim is about a figure one-step",
  );
});

Deno.test("ratios are read from labels, in whatever words they stand", () => {
  assertEquals(decibelsIn(labelled("a", [["σ = 1.60, kernel 11: 15.3 dB", "-2.0 dB", ""]]), 0), [
    15.3,
    -2,
    NaN,
  ]);
  assertEquals([isDecreasing([3, 2, 1]), isDecreasing([3, 3]), isDecreasing([3, NaN])], [true, false, false]);
});
