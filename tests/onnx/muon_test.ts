/** Muon against Jordan's algorithm, written out in double precision. */
import { assertAlmostEquals, assertLess, assertThrows } from "@std/assert";
import { Graph, GraphError, muon, type MuonOptions, openSession, orthogonalize } from "../../lib/onnx/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { normal } from "./finite_differences.ts";

type Matrix = number[][];

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0].map((_, j) => row.reduce((total, value, k) => total + value * b[k][j], 0)));
const transposed = (a: Matrix): Matrix => a[0].map((_, j) => a.map((row) => row[j]));
const combine = (a: Matrix, x: number, b: Matrix, y: number): Matrix =>
  a.map((row, i) => row.map((value, j) => x * value + y * b[i][j]));
const norm = (a: Matrix): number => Math.sqrt(a.flat().reduce((total, value) => total + value * value, 0));
const toMatrix = ({ data, shape: [rows, columns] }: Tensor): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
const scalar = (value: number): Tensor => ({ data: Float32Array.of(value), shape: [] });

/** Newton-Schulz on the matrix as it stands: a tall one needs no turning where time is no matter. */
function newtonSchulz(x: Matrix, iterations: number): Matrix {
  let y = x.map((row) => row.map((value) => value / (norm(x) + 1e-7)));
  for (let i = 0; i < iterations; i++) {
    const gram = product(y, transposed(y));
    const polynomial = combine(gram, -4.775, product(gram, gram), 2.0315);
    y = combine(y, 3.4445, product(polynomial, y), 1);
  }
  return y;
}

function assertClose(actual: Matrix, expected: Matrix, tolerance: number): void {
  expected.flat().forEach((value, i) => assertAlmostEquals(actual.flat()[i], value, tolerance));
}

async function orthogonalized(x: Tensor, iterations?: number): Promise<Matrix> {
  const graph = new Graph();
  graph.output("y", orthogonalize(graph.input("x", "float32", x.shape), iterations));
  await using session = await openSession(graph, { threads: 1 });
  return toMatrix((await session.run({ x })).y as Tensor);
}

for (const shape of [[4, 9], [9, 4], [6, 6]]) {
  Deno.test(`orthogonalize: [${shape}] by five steps of Newton-Schulz`, async () => {
    const x = normal(shape, 3);
    assertClose(await orthogonalized(x), newtonSchulz(toMatrix(x), 5), 2e-5);
  });
}

Deno.test("orthogonalize: singular values come near one, however far apart they were", async () => {
  // Rows that are orthogonal, with norms 1, 0.1 and 0.05: these are the singular values.
  const x: Tensor = {
    data: Float32Array.from([3, 4, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.25].map((value) => value / 5)),
    shape: [3, 4],
  };
  for (const row of await orthogonalized(x)) {
    const length = norm([row]);
    assertLess(0.65, length);
    assertLess(length, 1.25);
  }
});

const cases: Record<string, MuonOptions> = {
  "as Jordan has it": {},
  "weight decay": { weightDecay: 0.1 },
  "a norm that is clipped": { clipNorm: 0.5 },
  "other momentum, fewer iterations": { momentum: 0.5, iterations: 2 },
  "larger updates": { scale: 0.8 },
};

for (const [name, options] of Object.entries(cases)) {
  Deno.test(`muon: four steps, ${name}`, async () => {
    const shape = [5, 3];
    const graph = new Graph();
    const [gradient, parameters, m] = ["gradient", "parameters", "m"].map((input) =>
      graph.input(input, "float32", shape)
    );
    const learningRate = graph.input("learningRate", "float32", []);
    const next = muon(gradient, { parameters, m, learningRate }, options);
    graph.output("next.parameters", next.parameters);
    graph.output("next.m", next.m);
    await using session = await openSession(graph, { threads: 1 });

    const { momentum = 0.95, weightDecay = 0, clipNorm = Infinity, iterations = 5, scale = 0.2 } = options;
    let state: Record<string, Tensor> = {
      parameters: normal(shape, 1),
      m: { data: new Float32Array(15), shape },
    };
    let [w, mean] = [toMatrix(state.parameters), toMatrix(state.m)];
    for (let step = 1; step <= 4; step++) {
      const rate = 0.1 / step;
      const g = normal(shape, 10 + step);
      const found = await session.run({ ...state, gradient: g, learningRate: scalar(rate) });
      state = { parameters: found["next.parameters"] as Tensor, m: found["next.m"] as Tensor };
      const raw = toMatrix(g);
      const factor = Math.min(1, clipNorm / (norm(raw) + 1e-6));
      const clipped = raw.map((row) => row.map((value) => value * factor));
      mean = combine(mean, momentum, clipped, 1 - momentum);
      const ahead = combine(mean, momentum, clipped, 1 - momentum);
      w = combine(
        w,
        1 - rate * weightDecay,
        newtonSchulz(ahead, iterations),
        -rate * scale * Math.sqrt(5),
      );
      assertClose(toMatrix(state.m), mean, 1e-6);
      assertClose(toMatrix(state.parameters), w, 1e-5);
    }
  });
}

Deno.test("muon: what is no matrix is refused, and so is an unknown option", () => {
  const graph = new Graph();
  const vector = graph.input("vector", "float32", [4]);
  const matrix = graph.input("matrix", "float32", [2, 2]);
  const learningRate = graph.input("learningRate", "float32", []);
  assertThrows(
    () => orthogonalize(vector),
    GraphError,
    "x: shape [4] where 2 axes are expected",
  );
  assertThrows(
    () => muon(vector, { parameters: vector, m: vector, learningRate }),
    GraphError,
    "parameters: shape [4] where 2 axes are expected",
  );
  assertThrows(
    () => muon(vector, { parameters: matrix, m: matrix, learningRate }),
    GraphError,
    "gradient: shape [4] where [2,2] is expected",
  );
  assertThrows(
    () => muon(matrix, { parameters: matrix, m: matrix, learningRate }, { beta1: 0.9 } as MuonOptions),
    GraphError,
    'options: "beta1"',
  );
});
