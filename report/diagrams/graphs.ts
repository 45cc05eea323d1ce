import { type MnistUnetConfig, mnistUnetGraph } from "../../lib/models/mod.ts";
import type { Graph } from "../../lib/onnx/mod.ts";
import type { ParameterSource } from "../../lib/nn/mod.ts";

/** Parameters without values: inputs of the graph, by their names. */
const named: ParameterSource = {
  parameter: (graph, name, shape) => graph.input(name, "float32", shape),
  buffer: (graph, name, shape) => graph.input(name, "float32", shape),
  update() {},
};

/** The graph of a UNet for digits as it is run, without weights. */
export function unetGraph(width: number, { time = false, classes = 0 } = {}): Graph {
  const config: MnistUnetConfig = {
    width,
    timeConditioned: time,
    classes,
    timesteps: time ? 300 : 0,
    range: [0, 1],
  };
  return mnistUnetGraph(config, named);
}
