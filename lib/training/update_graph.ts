import { adam, type AdamOptions, Graph, movingAverage, muon, type MuonOptions } from "../onnx/mod.ts";

/** What a training run carries for each parameter, beside its value. */
const vectors = ["parameters", "m", "v", "average"] as const;

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
  const [parameters, m, v, average] = vectors.map(vector);
  const gradient = vector("gradient");
  const [gradientNorm, step, learningRate, decay] = scalars.map((name) => graph.input(name, "float32", []));
  const next = adam(gradient, { parameters, m, v, step, learningRate, gradientNorm }, options);
  graph.output("next.parameters", next.parameters);
  graph.output("next.m", next.m);
  graph.output("next.v", next.v);
  graph.output("next.average", movingAverage(average, next.parameters, decay));
  return graph;
}

/** What is carried for a matrix that Muon updates: there are no squares. */
const matrixVectors = ["parameters", "m", "average"] as const;

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
  const graph = new Graph("muon");
  const [parameters, m, average] = matrixVectors.map((name) => graph.input(name, "float32", shape));
  const gradient = graph.input("gradient", "float32", shape);
  const scalar = (name: string) => graph.input(name, "float32", []);
  const [gradientNorm, learningRate] = [scalar("gradientNorm"), scalar("learningRate")];
  const next = muon(gradient, { parameters, m, learningRate, gradientNorm }, options);
  graph.output("next.parameters", next.parameters);
  graph.output("next.m", next.m);
  graph.output("next.average", movingAverage(average, next.parameters, scalar("averageDecay")));
  return graph;
}
