import { Graph, type Shape, type Value } from "../onnx/mod.ts";
import {
  adam,
  type AdamOptions,
  lion,
  type LionOptions,
  movingAverage,
  muon,
  type MuonOptions,
  sgd,
  type SgdOptions,
  type SgdState,
  type SgdUpdate,
} from "../onnx/optimizers.ts";
import { parameterVectors } from "./training_state.ts";

/** The options of an update. */
const scalars = ["gradientNorm", "step", "learningRate", "averageDecay"] as const;

/**
 * Writes the graph of one update: Adam or AdamW, with optional clipping and decay, and the weights' moving average.
 *
 * Its inputs are the vectors `parameters`, `m`, `v`, `average` and `gradient`, all of one length, which may be that of a
 * part of the parameters, and the scalars `gradientNorm` (of all), `step` (from 1), `learningRate` and `averageDecay`. Its
 * outputs are `next.NAME` of each vector that is carried from step to step.
 *
 * @param options Adam's numbers.
 */
export function buildUpdateGraph(options: AdamOptions = {}): Graph {
  const graph = new Graph("update");
  const vector = (name: string) => graph.input(name, "float32", ["length"]);
  const [parameters, m, v, average] = parameterVectors.map(vector);
  const gradient = vector("gradient");
  const [gradientNorm, step, learningRate, decay] = scalars.map((name) => graph.input(name, "float32", []));
  const next = adam(gradient, { parameters, m, v, step, learningRate, gradientNorm }, options);
  graph.output("next.parameters", next.parameters);
  graph.output("next.m", next.m);
  graph.output("next.v", next.v);
  graph.output("next.average", movingAverage(average, next.parameters, decay));
  return graph;
}

/** What is carried where an optimiser keeps a momentum alone: there are no squares. */
const momentumVectors = ["parameters", "m", "average"] as const;

/** The graph of an update by an optimiser that keeps a momentum alone, for parameters of a shape. */
function momentumGraph(
  name: string,
  shape: Shape,
  update: (gradient: Value, state: SgdState) => SgdUpdate,
): Graph {
  const graph = new Graph(name);
  const [parameters, m, average] = momentumVectors.map((vector) => graph.input(vector, "float32", shape));
  const gradient = graph.input("gradient", "float32", shape);
  const scalar = (name: string) => graph.input(name, "float32", []);
  const [gradientNorm, learningRate] = [scalar("gradientNorm"), scalar("learningRate")];
  const next = update(gradient, { parameters, m, learningRate, gradientNorm });
  graph.output("next.parameters", next.parameters);
  graph.output("next.m", next.m);
  graph.output("next.average", movingAverage(average, next.parameters, scalar("averageDecay")));
  return graph;
}

/**
 * Writes the graph of one update of a matrix: Muon, and the weights' moving average.
 *
 * Its inputs are `parameters`, `m`, `average` and `gradient`, each `[rows, columns]`, and the scalars `gradientNorm` (of all
 * parameters), `learningRate` and `averageDecay`. Its outputs are `next.NAME` of what is carried from step to step.
 *
 * @param shape Rows and columns.
 * @param options Muon's numbers.
 */
export function buildMuonGraph(shape: readonly [number, number], options: MuonOptions = {}): Graph {
  return momentumGraph("muon", shape, (gradient, state) => muon(gradient, state, options));
}

/**
 * Writes the graph of one update by gradient descent with momentum, and of the weights' moving average. Inputs and outputs
 * are those of {@linkcode buildMuonGraph}, but vectors of one length.
 *
 * @param options The numbers of gradient descent.
 */
export function buildSgdGraph(options: SgdOptions = {}): Graph {
  return momentumGraph("sgd", ["length"], (gradient, state) => sgd(gradient, state, options));
}

/**
 * Writes the graph of one update by Lion, and of the weights' moving average. Inputs and outputs are those of
 * {@linkcode buildMuonGraph}, but vectors of one length.
 *
 * @param options Lion's numbers.
 */
export function buildLionGraph(options: LionOptions = {}): Graph {
  return momentumGraph("lion", ["length"], (gradient, state) => lion(gradient, state, options));
}
