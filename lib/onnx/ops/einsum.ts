/** Einstein's sums, as the products that there are. */
import { ArgumentError } from "../../argument_error.ts";
import { described } from "../../show_value.ts";
import type { Dim, Value } from "../graph.ts";
import { checkDtype } from "../shapes.ts";
import { mul } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { sum } from "./reduce.ts";
import { reshape, transpose } from "./shape.ts";

/** A value whose axes have names. */
interface Named {
  readonly value: Value;
  /** A letter for each axis. */
  readonly axes: string;
}

/**
 * A sum of products over named axes: `einsum("bhqd,bhkd->bhqk", q, k)` multiplies where letters meet, and sums over those that are not
 * behind the arrow. It is made of transpositions, sums and one matrix product for each pair of values, from the left.
 *
 * @param equation A letter for each axis of each value, and behind the arrow those that stay, in their order.
 * @param values One or more, of one type.
 * @throws {GraphError} if the equation is none, names an axis twice in a value, does not fit the values, or sizes differ.
 */
export function einsum(equation: string, ...values: Value[]): Value {
  const [first] = values;
  if (!first) throw new ArgumentError("values", described("none"), "at least one value");
  const { graph } = first;
  const [, left, target] = /^([A-Za-z,]*)->([A-Za-z]*)$/.exec(equation.replaceAll(" ", "")) ?? [];
  const terms = left?.split(",") ?? [];
  if (left === undefined || terms.length !== values.length) {
    graph.fail(
      "Einsum",
      `equation: "${equation}" where ${values.length} lists of letters and "->" are expected`,
    );
  }
  if ([...terms, target].some((letters) => new Set(letters).size < letters.length)) {
    graph.fail("Einsum", `equation: "${equation}" where a letter once in each list is expected`);
  }
  const sizes = new Map<string, Dim>();
  terms.forEach((axes, i) => checkTerm(equation, values[i], axes, first, sizes));
  const strange = [...target].find((letter) => !sizes.has(letter));
  if (strange !== undefined) {
    graph.fail(
      "Einsum",
      `equation: "${strange}" behind the arrow of "${equation}" where letters of the values are expected`,
    );
  }
  return graph.scope("einsum", () => {
    const named = values.map((value, i): Named => ({ value, axes: terms[i] }));
    let total = summed(named[0], named.slice(1).map(({ axes }) => axes).join("") + target);
    for (const [i, next] of named.entries()) {
      if (i === 0) continue;
      const later = named.slice(i + 1).map(({ axes }) => axes).join("") + target;
      total = product(total, summed(next, total.axes + later), later);
    }
    return ordered(total, target);
  });
}

/** Checks one value against its letters, and notes their sizes. */
function checkTerm(equation: string, x: Value, axes: string, first: Value, sizes: Map<string, Dim>): void {
  checkDtype(x, first, "Einsum", "values");
  if (axes.length !== x.rank) {
    x.graph.fail(
      "Einsum",
      `equation: "${axes}" of "${equation}" where ${x.rank} letters are expected, for [${x.shape}]`,
    );
  }
  for (const [i, letter] of [...axes].entries()) {
    const known = sizes.get(letter) ?? x.shape[i];
    if (known !== x.shape[i]) {
      x.graph.fail(
        "Einsum",
        `values: "${letter}" of "${equation}" is ${known} and ${x.shape[i]} where one size is expected`,
      );
    }
    sizes.set(letter, known);
  }
}

/** Summed over the axes whose letters nobody wants any more. */
function summed({ value, axes }: Named, wanted: string): Named {
  const letters = [...axes];
  const gone = letters.flatMap((letter, i) => wanted.includes(letter) ? [] : [i]);
  if (gone.length === 0) return { value, axes };
  return { value: sum(value, { axes: gone }), axes: letters.filter((_, i) => !gone.includes(i)).join("") };
}

/** The axes in another order. */
function ordered({ value, axes }: Named, target: string): Value {
  const order = [...target].map((letter) => axes.indexOf(letter));
  return order.every((axis, i) => axis === i) ? value : transpose(value, order);
}

/** The product of two values, summed over what both have and nobody wants later. */
function product(a: Named, b: Named, later: string): Named {
  const [ofA, ofB] = [[...a.axes], [...b.axes]];
  const shared = ofA.filter((letter) => ofB.includes(letter));
  const batch = shared.filter((letter) => later.includes(letter));
  const inner = shared.filter((letter) => !later.includes(letter));
  const rows = ofA.filter((letter) => !shared.includes(letter));
  const columns = ofB.filter((letter) => !shared.includes(letter));
  const axes = [...batch, ...rows, ...columns].join("");
  const dims = (from: Named, letters: readonly string[]) =>
    letters.map((letter) => from.value.shape[from.axes.indexOf(letter)]);
  const left = ordered(a, [...batch, ...rows, ...inner].join(""));
  const right = ordered(b, [...batch, ...inner, ...columns].join(""));
  if (inner.length === 0) {
    // Nothing is summed: a product with broadcasting.
    const ones = (letters: readonly string[]) => letters.map(() => 1);
    const wide = reshape(left, [...dims(a, batch), ...dims(a, rows), ...ones(columns)]);
    const tall = reshape(right, [...dims(b, batch), ...ones(rows), ...dims(b, columns)]);
    return { value: mul(wide, tall), axes };
  }
  const matrices = matmul(
    reshape(left, [...dims(a, batch), joined(dims(a, rows)), joined(dims(a, inner))]),
    reshape(right, [...dims(b, batch), joined(dims(b, inner)), joined(dims(b, columns))]),
  );
  return { value: reshape(matrices, [...dims(a, batch), ...dims(a, rows), ...dims(b, columns)]), axes };
}

/** The size of axes that are joined to one. */
function joined(dims: readonly Dim[]): Dim {
  const known = dims.filter((dim) => typeof dim === "number").reduce((n, dim) => n * dim, 1);
  const symbols = dims.filter((dim) => typeof dim === "string");
  return symbols.length ? [...symbols, ...(known === 1 ? [] : [known])].join("*") : known;
}
