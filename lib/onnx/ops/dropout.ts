/** Dropout, whose noise is an input: a graph has no randomness of its own, and goes the same way twice. */
import type { OptionNames } from "../../options.ts";
import type { Graph, Value } from "../graph.ts";
import { checkOptions, normalizeAxis } from "../shapes.ts";
import { cast, mul } from "./elementwise.ts";
import { greaterOrEqual } from "./logic.ts";

/** What {@linkcode dropout} drops together. */
export interface DropoutOptions {
  /** Axes along which elements are dropped or kept together: `[2, 3]` of images drops whole channels. None by default. */
  readonly together?: readonly number[];
}

const dropoutOptionNames: OptionNames<DropoutOptions> = {
  together: true,
};

const noises = new WeakMap<Graph, Value[]>();

/** The inputs of a graph that its dropouts take their noise from: uniform numbers in [0, 1), float32. */
export function dropoutNoise(graph: Graph): readonly Value[] {
  return [...noises.get(graph) ?? []];
}

/**
 * Sets elements to zero by chance, and scales the others so that the mean stays (Srivastava et al. 2014, "Dropout: A Simple Way to
 * Prevent Neural Networks from Overfitting", section 10, inverted as everywhere in the field). For training alone: a network leaves it
 * out where it is not trained, `scope.training ? dropout(x, 0.1) : x`.
 *
 * It declares an input of uniform numbers in [0, 1), `dropout.0` and so on. A `Trainer` draws them, from its seed and the number of the
 * step alone: a run that resumes has the same ones. Drawing takes time for each number; dropping whole channels takes fewest.
 *
 * @param x A value of known shape.
 * @param probability That of an element to be dropped, from 0 to below 1.
 * @throws {GraphError} if the probability is out of its range, or a size is symbolic.
 */
export function dropout(x: Value, probability: number, options: DropoutOptions = {}): Value {
  checkOptions(x, options, dropoutOptionNames, "Dropout");
  if (!(probability >= 0 && probability < 1)) {
    x.graph.fail("Dropout", `probability: ${probability} where a number from 0 to below 1 is expected`);
  }
  if (probability === 0) return x;
  const together = (options.together ?? []).map((axis) => normalizeAxis(x, axis, "Dropout"));
  const list = noises.get(x.graph) ?? [];
  noises.set(x.graph, list);
  const shape = x.staticShape.map((size, axis) => together.includes(axis) ? 1 : size);
  const noise = x.graph.input(`dropout.${list.length}`, "float32", shape);
  list.push(noise);
  const kept = cast(greaterOrEqual(noise, probability), x.dtype);
  return mul(x, mul(kept, 1 / (1 - probability)));
}
