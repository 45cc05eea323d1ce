/** The inference graph of diffusers' `UNet2DModel`, for batches of any size. */
import { labelShape } from "../nn/unet/class_embedding.ts";
import { unet2D, type Unet2DConfig } from "../nn/unet2d/mod.ts";
import { type ParameterSource, Scope } from "../nn/scope.ts";
import { Graph, split } from "../onnx/mod.ts";

/** The symbolic size of the first axis. */
const BATCH = "batch";

/**
 * The graph for a step: `x [batch, C, height, width]`, `t [batch]` and, where the network has classes, `classLabel`, to `estimate
 * [batch, C, height, width]` and, where the network has it, `variance` of that shape.
 *
 * @param config The network's configuration.
 * @param source Where the weights come from.
 * @param size Height and width of the images, multiples of the configuration's `sizeStep`.
 */
export function unet2DGraph(
  config: Unet2DConfig,
  source: ParameterSource,
  { height, width }: { readonly height: number; readonly width: number },
): Graph {
  const graph = new Graph("unet2d");
  const { inChannels, outChannels, classes } = config;
  const x = graph.input("x", "float32", [BATCH, inChannels, height, width]);
  const t = graph.input("t", "float32", [BATCH]);
  const classLabel = classes && graph.input("classLabel", "float32", [BATCH, ...labelShape(classes)]);
  const out = unet2D(new Scope(graph, source, false), config, { x, t, classLabel });
  const parts = split(out, Array<number>(outChannels / inChannels).fill(inChannels), 1);
  parts.forEach((part, i) => graph.output(["estimate", "variance"][i], part));
  return graph;
}
