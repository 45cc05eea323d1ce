import { adam, type AdamOptions, Graph, movingAverage } from "../onnx/mod.ts";

/** What a training run carries for each parameter, beside its value. */
const vectors = ["parameters", "m", "v", "average"] as const;

/** What an update is told. */
const scalars = ["gradientNorm", "step", "learningRate", "averageDecay"] as const;

/**
 * Writes the graph of one update: Adam or AdamW, with clipping and decay as asked, and the weights' moving average.
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
