/** Compares the gradients that a graph computes with differences of its outputs. */
import { assert } from "@std/assert";
import { gradients, Graph, mul, openSession, type Session, sum, type Value } from "../../lib/onnx/mod.ts";
import { add } from "../../lib/onnx/ops/elementwise.ts";
import { Generator } from "../../lib/random.ts";
import { map, sizeOf, type Tensor } from "../../lib/tensor.ts";

/** A function of some inputs, written as a graph, and where to differentiate it. */
export interface GradientCase {
  /** What the test is called. */
  readonly name: string;
  /** The inputs: a shape stands for standard normal numbers. */
  readonly inputs: readonly (readonly number[] | Tensor)[];
  /** Builds the outputs; `values` are the inputs. */
  readonly build: (...values: Value[]) => Value | Value[];
  /**
   * Whether the function is linear in each input by itself: a difference is then right at any step, and nothing but
   * float32's rounding stands between it and the gradient.
   */
  readonly linear?: boolean;
  /** How far the inputs are moved; 0.02 unless given, or 1 where the function is linear. */
  readonly step?: number;
  /** The largest relative error; 5e-4 unless given, or 1e-4 where the function is linear. */
  readonly tolerance?: number;
  /** Which inputs have a gradient; all unless given. */
  readonly wanted?: readonly number[];
}

/** Inputs of at most this many elements are moved along each of them, larger ones along random directions. */
const EVERY_ELEMENT = 24;
/** How many random directions. */
const DIRECTIONS = 6;

/** Standard normal numbers from a fixed seed. */
export function normal(shape: readonly number[], seed = 0): Tensor {
  return new Generator(seed).randn(shape);
}

/** Numbers of either sign whose size is 0.3 or more: away from a kink at zero. */
export function awayFromZero(shape: readonly number[], seed = 0): Tensor {
  return map(normal(shape, seed), (v) => v + 0.3 * (v < 0 ? -1 : 1));
}

/** Numbers from 0.5 to 1.5. */
export function positive(shape: readonly number[], seed = 0): Tensor {
  return map(new Generator(seed).rand(shape), (v) => v + 0.5);
}

/** Numbers in random order, any two of which differ by 0.25 or more. */
export function distinct(shape: readonly number[], seed = 0): Tensor {
  const order = new Generator(seed).permutation(sizeOf(shape));
  return { data: Float32Array.from(order, (rank) => 0.25 * (rank - order.length / 2)), shape };
}

/**
 * The gradients of Σ output · cotangent, for fixed random cotangents, against central differences of the outputs. The
 * sum is taken here in double precision; the differences are of fourth order (f at ±h and ±2h).
 *
 * @returns For each wanted input the largest error along a direction, relative to the root mean square over directions.
 */
export async function gradientErrors(test: GradientCase): Promise<number[]> {
  const { linear = false, step = linear ? 1 : 0.02 } = test;
  const inputs = test.inputs.map((x, i) => "data" in x ? x : normal(x, 100 + i));
  const wanted = test.wanted ?? inputs.map((_, i) => i);
  const graph = new Graph();
  const values = inputs.map((x, i) => graph.input(`x${i}`, "float32", x.shape));
  const built = test.build(...values);
  const outputs = Array.isArray(built) ? built : [built];
  const cotangents = outputs.map((y, i) => normal(y.staticShape, 200 + i));
  const terms = outputs.map((y, i) => sum(mul(y, graph.input(`c${i}`, "float32", y.shape))));
  const loss = terms.reduce((total, term) => add(total, term));
  outputs.forEach((y, i) => graph.output(`y${i}`, y));
  gradients(loss, wanted.map((i) => values[i])).forEach((g, k) => graph.output(`g${k}`, g));

  const feeds: Record<string, Tensor> = {};
  inputs.forEach((x, i) => feeds[`x${i}`] = x);
  cotangents.forEach((c, i) => feeds[`c${i}`] = c);
  await using session = await openSession(graph, { threads: 1 });
  const computed = await session.run(feeds);
  const errors: number[] = [];
  for (const [k, i] of wanted.entries()) {
    const gradient = computed[`g${k}`];
    assert(String(gradient.shape) === String(inputs[i].shape), `shape of the gradient of input ${i}`);
    const predicted: number[] = [];
    const measured: number[] = [];
    for (const direction of directions(inputs[i].shape)) {
      predicted.push(dot(gradient, direction));
      const f = (h: number) => objective(session, feeds, cotangents, `x${i}`, direction, h);
      const near = await f(step) - await f(-step);
      if (linear) {
        measured.push(near / (2 * step));
      } else {
        const far = await f(2 * step) - await f(-2 * step);
        measured.push((8 * near - far) / (12 * step));
      }
    }
    const scale = Math.max(rootMeanSquare(predicted), rootMeanSquare(measured)) || 1;
    errors.push(Math.max(...predicted.map((p, j) => Math.abs(p - measured[j]))) / scale);
  }
  return errors;
}

/** Registers a test for each case. */
export function testGradients(cases: readonly GradientCase[]): void {
  for (const test of cases) {
    const limit = test.tolerance ?? (test.linear ? 1e-4 : 5e-4);
    Deno.test(`gradient: ${test.name}`, async () => {
      const errors = await gradientErrors(test);
      assert(errors.every((e) => e <= limit), `relative errors ${errors} where at most ${limit} is expected`);
    });
  }
}

/** Σ output · cotangent with one input moved by h along a direction, in double precision. */
async function objective(
  session: Session,
  feeds: Readonly<Record<string, Tensor>>,
  cotangents: readonly Tensor[],
  name: string,
  direction: Tensor,
  h: number,
): Promise<number> {
  const moved = map(feeds[name], (v, j) => v + h * direction.data[j]);
  const results = await session.run({ ...feeds, [name]: moved }, {
    outputs: cotangents.map((_, i) => `y${i}`),
  });
  return cotangents.reduce((total, c, i) => total + dot(results[`y${i}`], c), 0);
}

function directions(shape: readonly number[]): Tensor[] {
  const size = sizeOf(shape);
  if (size > EVERY_ELEMENT) return Array.from({ length: DIRECTIONS }, (_, k) => normal(shape, 300 + k));
  return Array.from({ length: size }, (_, k) => {
    const data = new Float32Array(size);
    data[k] = 1;
    return { data, shape };
  });
}

function dot(a: Tensor, b: Tensor): number {
  let total = 0;
  for (let i = 0; i < a.data.length; i++) total += a.data[i] * b.data[i];
  return total;
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((total, v) => total + v * v, 0) / values.length);
}
