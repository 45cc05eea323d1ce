import { adam, type AdamOptions, Graph, movingAverage } from "../onnx/mod.ts";

/** What a training run carries for each parameter, beside its value. */
const vectors = ["parameters", "m", "v", "average"] as const;

/**
 * Writes the graph of one update: Adam or AdamW, with clipping and decay as asked, and the weights' moving average.
 *
 * Its inputs are the vectors `parameters`, `m`, `v`, `average` and `gradient`, all as long as the parameters together,
 * and the scalars `step` (from 1), `learningRate` and `averageDecay`; where there are buffers (running statistics), also
 * their new values `buffers` and their `bufferAverage`. Its outputs are `gradientNorm` and `next.NAME` of each vector
 * that is carried from step to step.
 *
 * @param count How many values are trained.
 * @param bufferCount How many are kept beside them.
 * @param options Adam's numbers.
 */
export function buildUpdateGraph(count: number, bufferCount: number, options: AdamOptions = {}): Graph {
  const graph = new Graph("update");
  const vector = (name: string, length: number) => graph.input(name, "float32", [length]);
  const [parameters, m, v, average] = vectors.map((name) => vector(name, count));
  const gradient = vector("gradient", count);
  const [step, learningRate, decay] = ["step", "learningRate", "averageDecay"].map((name) => {
    return graph.input(name, "float32", []);
  });
  const next = adam(gradient, { parameters, m, v, step, learningRate }, options);
  graph.output("gradientNorm", next.gradientNorm);
  graph.output("next.parameters", next.parameters);
  graph.output("next.m", next.m);
  graph.output("next.v", next.v);
  graph.output("next.average", movingAverage(average, next.parameters, decay));
  if (bufferCount) {
    const moved = movingAverage(vector("bufferAverage", bufferCount), vector("buffers", bufferCount), decay);
    graph.output("next.bufferAverage", moved);
  }
  return graph;
}
