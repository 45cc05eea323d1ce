import { adam, type AdamOptions, concat, gradients, Graph, movingAverage, type Value } from "../onnx/mod.ts";
import { countOf, declare, type NetworkSpecs, VectorSource } from "../nn/sources.ts";
import { Scope } from "../nn/scope.ts";

/**
 * A network with its loss: declares its inputs in `scope.graph`, takes its parameters from `scope` and returns the loss,
 * a scalar.
 */
export type Objective = (scope: Scope) => Value;

/** A training step as one graph: forward, loss, backward, Adam, moving average. */
export interface TrainingGraph {
  /** The graph; its inputs are those of the objective and the vectors and scalars of {@linkcode buildTrainingGraph}. */
  readonly graph: Graph;
  /** The parameters and buffers, in the order in which they lie in the vectors. */
  readonly specs: NetworkSpecs;
}

/**
 * Writes the graph of one training step.
 *
 * Beside the objective's own inputs it has `parameters`, `m`, `v`, `average` (as long as all parameters), `buffers` and
 * `bufferAverage` (where there are buffers), and the scalars `step` (from 1), `learningRate` and `averageDecay`. Its
 * outputs are `loss`, `gradientNorm` and `next.NAME` of each vector.
 */
export function buildTrainingGraph(objective: Objective, options: AdamOptions = {}): TrainingGraph {
  const specs = declare(objective);
  const graph = new Graph("training");
  const vector = (name: string, length: number) => graph.input(name, "float32", [length]);
  const count = countOf(specs.parameters);
  const [parameters, m, v, average] = ["parameters", "m", "v", "average"].map((name) => vector(name, count));
  const [step, learningRate, decay] = ["step", "learningRate", "averageDecay"].map((name) => {
    return graph.input(name, "float32", []);
  });
  const bufferCount = countOf(specs.buffers);
  const buffers = bufferCount ? vector("buffers", bufferCount) : undefined;
  const source = new VectorSource(specs, parameters, buffers);
  const loss = objective(new Scope(graph, source, true));
  const [gradient] = gradients(loss, [parameters]);
  const next = adam(gradient, { parameters, m, v, step, learningRate }, options);
  graph.output("loss", loss);
  graph.output("gradientNorm", next.gradientNorm);
  graph.output("next.parameters", next.parameters);
  graph.output("next.m", next.m);
  graph.output("next.v", next.v);
  graph.output("next.average", movingAverage(average, next.parameters, decay));
  if (buffers) {
    const updated = concat(source.updated(), 0);
    graph.output("next.buffers", updated);
    graph.output("next.bufferAverage", movingAverage(vector("bufferAverage", bufferCount), updated, decay));
  }
  return { graph, specs };
}
