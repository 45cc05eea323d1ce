/** Gradient descent against PyTorch's numbers, Lion against the paper's algorithm written out in double precision. */
import { assertAlmostEquals, assertThrows } from "@std/assert";
import { Graph, GraphError, openSession, type Value } from "../../lib/onnx/mod.ts";
import {
  lion,
  type LionOptions,
  sgd,
  type SgdOptions,
  type SgdState,
  type SgdUpdate,
} from "../../lib/onnx/optimizers.ts";
import { type Tensor, tensor } from "../../lib/tensor.ts";

const START = [0.5, -1, 2];
const GRADIENTS = [[1, -2, 0.5], [-0.3, 0.7, 0.2], [0.9, 0.1, -1.5], [0, -0.4, 0.6]];
const RATES = [0.1, 0.05, 0.03, 0.02];

/** The parameters after four steps. */
async function parametersBy(update: (gradient: Value, state: SgdState) => SgdUpdate): Promise<number[]> {
  const graph = new Graph();
  const [gradient, parameters, m] = ["gradient", "parameters", "m"].map((name) => {
    return graph.input(name, "float32", [3]);
  });
  const next = update(gradient, { parameters, m, learningRate: graph.input("learningRate", "float32", []) });
  graph.output("next.parameters", next.parameters);
  graph.output("next.m", next.m);
  await using session = await openSession(graph, { threads: 1 });
  const list = (values: number[]) => tensor(Float32Array.from(values), [3]);
  let state: Record<"parameters" | "m", Tensor> = { parameters: list(START), m: list([0, 0, 0]) };
  for (const [i, gradient] of GRADIENTS.entries()) {
    const learningRate = tensor(Float32Array.of(RATES[i]), []);
    const found = await session.run({ ...state, gradient: list(gradient), learningRate });
    state = { parameters: found["next.parameters"], m: found["next.m"] };
  }
  return Array.from(state.parameters.data);
}

function assertNear(actual: readonly number[], expected: readonly number[]): void {
  expected.forEach((value, i) => assertAlmostEquals(actual[i], value, 1e-6));
}

// torch.optim.SGD (2.13.0) in float64.
const byPyTorch: readonly [SgdOptions, number[]][] = [
  [{}, [0.30088, -0.69428, 1.94942]],
  [{ nesterov: true }, [0.208792, -0.554852, 1.927478]],
  [{ momentum: 0 }, [0.388, -0.83, 1.973]],
  [{ momentum: 0.8, nesterov: true, weightDecay: 0.1 }, [
    0.22178765527544,
    -0.5675706935108801,
    1.84857572007696,
  ]],
];
for (const [options, expected] of byPyTorch) {
  Deno.test(`sgd: four steps as PyTorch makes them, ${JSON.stringify(options)}`, async () => {
    assertNear(await parametersBy((gradient, state) => sgd(gradient, state, options)), expected);
  });
}

Deno.test("sgd: a gradient whose norm is clipped", async () => {
  const found = await parametersBy((g, state) => sgd(g, state, { momentum: 0, clipNorm: 0.5 }));
  const expected = [...START];
  GRADIENTS.forEach((gradient, step) => {
    const factor = Math.min(1, 0.5 / (Math.hypot(...gradient) + 1e-6));
    gradient.forEach((value, i) => expected[i] -= RATES[step] * factor * value);
  });
  assertNear(found, expected);
});

/** Algorithm 2 of Chen et al. 2023. */
function lionReference({ beta1 = 0.9, beta2 = 0.99, weightDecay = 0, clipNorm }: LionOptions): number[] {
  const parameters = [...START];
  const m = [0, 0, 0];
  GRADIENTS.forEach((gradient, step) => {
    const factor = clipNorm === undefined ? 1 : Math.min(1, clipNorm / (Math.hypot(...gradient) + 1e-6));
    gradient.forEach((value, i) => {
      const direction = Math.sign(beta1 * m[i] + (1 - beta1) * value * factor);
      parameters[i] -= RATES[step] * (direction + weightDecay * parameters[i]);
      m[i] = beta2 * m[i] + (1 - beta2) * value * factor;
    });
  });
  return parameters;
}
const lionCases: readonly LionOptions[] = [
  {},
  { weightDecay: 0.5 },
  { beta1: 0.95, beta2: 0.5 },
  { clipNorm: 0.5, beta2: 0.9 },
];
for (const options of lionCases) {
  Deno.test(`lion: four steps, ${JSON.stringify(options)}`, async () => {
    assertNear(
      await parametersBy((gradient, state) => lion(gradient, state, options)),
      lionReference(options),
    );
  });
}

for (const [name, update] of Object.entries({ sgd, lion })) {
  Deno.test(`${name}: shapes that do not fit and options that are unknown are refused`, () => {
    const graph = new Graph();
    const [vector, longer] = [3, 4].map((size) => graph.input(`of ${size}`, "float32", [size]));
    const learningRate = graph.input("learningRate", "float32", []);
    const state = { parameters: vector, m: vector, learningRate };
    assertThrows(() => update(longer, state), GraphError, "gradient: shape [4] where [3] is expected");
    assertThrows(() => update(vector, { ...state, m: longer }), GraphError, "m: shape [4]");
    assertThrows(() => update(vector, { ...state, learningRate: vector }), GraphError, "learningRate: shape");
    const odd = { epsilon: 1 } as Record<never, never>;
    assertThrows(() => update(vector, state, odd), GraphError, 'options: "epsilon" where one of');
  });
}
