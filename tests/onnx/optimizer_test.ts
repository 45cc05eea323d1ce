/** Adam against the papers' algorithms, written out in double precision. */
import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  adam,
  type AdamOptions,
  Graph,
  GraphError,
  movingAverage,
  openSession,
  type Session,
} from "../../lib/onnx/mod.ts";
import { map, type Tensor } from "../../lib/tensor.ts";
import { normal } from "./finite_differences.ts";

const SIZE = 7;
const scalar = (value: number): Tensor => ({ data: Float32Array.of(value), shape: [] });

interface State {
  parameters: number[];
  m: number[];
  v: number[];
}

/** One update, element by element, in the order of PyTorch's: clipping, decay, moments, bias corrections. */
function reference(
  state: State,
  gradient: number[],
  step: number,
  learningRate: number,
  options: AdamOptions,
) {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decoupled = true, clipNorm } = options;
  const norm = Math.sqrt(gradient.reduce((total, g) => total + g * g, 0));
  const factor = clipNorm === undefined ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
  const next: State = { parameters: [], m: [], v: [] };
  gradient.forEach((raw, i) => {
    let parameter = state.parameters[i];
    let g = raw * factor;
    if (decoupled) parameter -= learningRate * weightDecay * parameter;
    else g += weightDecay * parameter;
    next.m[i] = beta1 * state.m[i] + (1 - beta1) * g;
    next.v[i] = beta2 * state.v[i] + (1 - beta2) * g * g;
    const mHat = next.m[i] / (1 - beta1 ** step);
    const vHat = next.v[i] / (1 - beta2 ** step);
    next.parameters[i] = parameter - learningRate * mHat / (Math.sqrt(vHat) + epsilon);
  });
  return { next, norm };
}

async function open(options: AdamOptions, shape: readonly number[] = [SIZE]): Promise<Session> {
  const graph = new Graph();
  const [gradient, parameters, m, v] = ["gradient", "parameters", "m", "v"].map((name) => {
    return graph.input(name, "float32", shape);
  });
  const [step, learningRate] = ["step", "learningRate"].map((name) => graph.input(name, "float32", []));
  const next = adam(gradient, { parameters, m, v, step, learningRate }, options);
  for (const [name, value] of Object.entries(next)) graph.output(`next.${name}`, value);
  return await openSession(graph, { threads: 1 });
}

const cases: Record<string, AdamOptions> = {
  "as PyTorch has it": {},
  "decoupled weight decay": { weightDecay: 0.1 },
  "weight decay through the gradient": { weightDecay: 0.1, decoupled: false },
  "a norm that is clipped": { clipNorm: 0.5 },
  "a norm below the limit": { clipNorm: 1000 },
  "clipping and weight decay through the gradient": { clipNorm: 0.5, weightDecay: 0.2, decoupled: false },
  "other decay rates and epsilon": { beta1: 0.5, beta2: 0.9, epsilon: 0.1 },
  "no momentum": { beta1: 0 },
};

for (const [name, options] of Object.entries(cases)) {
  Deno.test(`adam: five steps with a changing learning rate, ${name}`, async () => {
    await using session = await open(options);
    const start = normal([SIZE], 1);
    let expected: State = {
      parameters: Array.from(start.data),
      m: Array(SIZE).fill(0),
      v: Array(SIZE).fill(0),
    };
    let [parameters, m, v] = [start, map(start, () => 0), map(start, () => 0)];
    for (let step = 1; step <= 5; step++) {
      const gradient = map(normal([SIZE], 10 + step), (g) => 2 * g);
      const learningRate = 0.1 / step;
      const results = await session.run({
        gradient,
        parameters,
        m,
        v,
        step: scalar(step),
        learningRate: scalar(learningRate),
      });
      const { next, norm } = reference(expected, Array.from(gradient.data), step, learningRate, options);
      expected = next;
      for (const key of ["parameters", "m", "v"] as const) {
        expected[key].forEach((value, i) => {
          assertAlmostEquals(results[`next.${key}`].data[i], value, 2e-6, `${key}[${i}] after step ${step}`);
        });
      }
      assertEquals(results["next.gradientNorm"].shape, []);
      assertAlmostEquals(results["next.gradientNorm"].data[0], norm, 1e-5, "the norm before clipping");
      [parameters, m, v] = ["parameters", "m", "v"].map((key) => results[`next.${key}`]);
    }
  });
}

Deno.test("adam: the first step is the learning rate against the gradient's sign, at any scale", async () => {
  await using session = await open({});
  const zero = map(normal([SIZE]), () => 0);
  for (const scale of [1e-4, 1, 1e4]) {
    const gradient = map(normal([SIZE], 1), (g) => scale * (g + Math.sign(g)));
    const results = await session.run({
      gradient,
      parameters: zero,
      m: zero,
      v: zero,
      step: scalar(1),
      learningRate: scalar(0.01),
    });
    // 1 - 0.999¹ in single precision would be off by 6e-5 of itself, and the step by 3e-5.
    gradient.data.forEach((g, i) => {
      assertAlmostEquals(results["next.parameters"].data[i], -0.01 * Math.sign(g), 2e-6);
    });
  }
});

Deno.test("adam: bias corrections are exact for small and large steps", async () => {
  await using session = await open({ epsilon: 0 }, [1]);
  const value = (v: number): Tensor => ({ data: Float32Array.of(v), shape: [1] });
  for (const step of [1, 2, 10, 1000, 100_000]) {
    const results = await session.run({
      gradient: value(0.3),
      parameters: value(0),
      m: value(0.2),
      v: value(0.1),
      step: scalar(step),
      learningRate: scalar(1),
    });
    const { next } = reference({ parameters: [0], m: [0.2], v: [0.1] }, [0.3], step, 1, { epsilon: 0 });
    const actual = results["next.parameters"].data[0];
    assertLess(Math.abs(actual / next.parameters[0] - 1), 2e-6, `step ${step}`);
  }
});

Deno.test("adam: a gradient of zeros changes nothing, and is not divided by", async () => {
  await using session = await open({ clipNorm: 1 });
  const [parameters, zero] = [normal([SIZE]), map(normal([SIZE]), () => 0)];
  const results = await session.run({
    gradient: zero,
    parameters,
    m: zero,
    v: zero,
    step: scalar(1),
    learningRate: scalar(0.1),
  });
  assertEquals(results["next.parameters"].data, parameters.data);
  assertEquals(results["next.gradientNorm"].data[0], 0);
});

Deno.test("adam: parameters of several axes", async () => {
  await using session = await open({}, [2, 3]);
  const x = normal([2, 3]);
  const results = await session.run({
    gradient: x,
    parameters: x,
    m: x,
    v: map(x, Math.abs),
    step: scalar(3),
    learningRate: scalar(0.1),
  });
  for (const key of ["parameters", "m", "v"]) assertEquals(results[`next.${key}`].shape, [2, 3]);
});

Deno.test("adam: in double precision", async () => {
  const graph = new Graph();
  const vector = (values: number[]) => graph.constant(values, "float64");
  const one = (value: number) => graph.constant(value, "float64");
  const state = { parameters: vector([1, 2]), m: vector([0, 0]), v: vector([0, 0]) };
  const next = adam(vector([3, -4]), { ...state, step: one(1), learningRate: one(0.1) }, { clipNorm: 1 });
  assertEquals(next.parameters.dtype, "float64");
  graph.output("parameters", next.parameters);
  await using session = await openSession(graph, { threads: 1 });
  const { parameters } = await session.run({});
  assertAlmostEquals(parameters.data[0], 0.9, 1e-7);
  assertAlmostEquals(parameters.data[1], 2.1, 1e-7);
});

Deno.test("adam: shapes that do not fit are named", () => {
  const graph = new Graph();
  const vector = (name: string, size = 3) => graph.input(name, "float32", [size]);
  const [parameters, m, v, short] = [vector("p"), vector("m"), vector("v"), vector("short", 2)];
  const number = graph.input("number", "float32", []);
  const state = { parameters, m, v, step: number, learningRate: number };
  const fails = (gradient: typeof m, other: Partial<typeof state>, message: string) => {
    assertThrows(() => adam(gradient, { ...state, ...other }), GraphError, message);
  };
  fails(short, {}, "gradient: shape [2] where [3] is expected");
  fails(m, { m: short }, "m: shape [2] where [3] is expected");
  fails(m, { v: short }, "v: shape [2] where [3] is expected");
  fails(m, { step: m }, "step: shape [3] where [] is expected");
  fails(m, { learningRate: m }, "learningRate: shape [3] where [] is expected");
});

Deno.test("movingAverage: of 0, 1 and between", async () => {
  const graph = new Graph();
  const [average, value] = ["average", "value"].map((name) => graph.input(name, "float32", [SIZE]));
  graph.output("next", movingAverage(average, value, graph.input("decay", "float32", [])));
  await using session = await openSession(graph, { threads: 1 });
  const [a, b] = [normal([SIZE], 1), normal([SIZE], 2)];
  for (const decay of [0, 0.25, 0.999, 1]) {
    const { next } = await session.run({ average: a, value: b, decay: scalar(decay) });
    next.data.forEach((v, i) => {
      assertAlmostEquals(v, decay * a.data[i] + (1 - decay) * b.data[i], 1e-6);
    });
  }
});
