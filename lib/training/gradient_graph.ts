import { concat, gradients, Graph, type Value } from "../onnx/mod.ts";
import { countOf, declare, type NetworkSpecs, VectorSource } from "../nn/sources.ts";
import { Scope } from "../nn/scope.ts";

/**
 * A network with its loss: declares its inputs in `scope.graph`, takes its parameters from `scope` and returns the loss,
 * a scalar that is a mean over the images of the batch.
 */
export type Objective = (scope: Scope) => Value;

/** The loss of a batch and its gradient, as a graph. */
export interface GradientGraph {
  /** The graph; its inputs are those of the objective and the vectors of {@linkcode buildGradientGraph}. */
  readonly graph: Graph;
  /** The parameters and buffers, in their order in the vectors. */
  readonly specs: NetworkSpecs;
}

/**
 * Writes the graph of a network's loss and its gradient.
 *
 * Beside the objective's own inputs it has the vectors `parameters` and, where there are any, `buffers`. Its outputs are
 * the scalar `loss`, the vector `gradient`, and where there are buffers `next.buffers`.
 */
export function buildGradientGraph(objective: Objective): GradientGraph {
  const specs = declare(objective);
  const graph = new Graph("gradient");
  const parameters = graph.input("parameters", "float32", [countOf(specs.parameters)]);
  const bufferCount = countOf(specs.buffers);
  const buffers = bufferCount ? graph.input("buffers", "float32", [bufferCount]) : undefined;
  const source = new VectorSource(specs, parameters, buffers);
  const loss = objective(new Scope(graph, source, true));
  graph.output("loss", loss);
  graph.output("gradient", gradients(loss, [parameters])[0]);
  if (buffers) graph.output("next.buffers", concat(source.updated(), 0));
  return { graph, specs };
}
