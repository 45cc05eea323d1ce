/** The layers of a network that can be quantised. */
import type { Weights } from "../../checkpoints/shards.ts";
import { deepFloydStepGraph } from "../../models/deepfloyd_graph.ts";
import type { DeepFloydConfig } from "../../nn/deepfloyd/mod.ts";
import { FileSource } from "../../nn/file_source.ts";
import type { ConvolutionLayer } from "../../nn/scope.ts";
import type { Graph, Value } from "../../onnx/mod.ts";
import { sizeOf } from "../../tensor.ts";

/** A layer. */
export interface Layer {
  /** Its path in the network. */
  readonly path: string;
  /** The shape of its weight: `[O, C]` or `[O, C, kH, kW]`. */
  readonly weightShape: readonly number[];
  /** Multiply-adds for one image. */
  readonly multiplyAdds: number;
}

/** Lists the convolutions of a graph. */
class ListingSource extends FileSource {
  readonly layers: Layer[] = [];

  override convolve(_graph: Graph, { path, weightShape }: ConvolutionLayer, plain: () => Value): Value {
    const y = plain();
    const pixels = sizeOf(y.shape.slice(2) as number[]);
    this.layers.push({ path, weightShape, multiplyAdds: sizeOf(weightShape) * pixels });
    return y;
  }
}

/**
 * The convolutions of a network's steps, including linear layers over channels, in execution order.
 *
 * @param config The network's configuration.
 * @param weights Its weights.
 * @param textLength Positions of a text.
 */
export function stepLayers(config: DeepFloydConfig, weights: Weights, textLength: number): Layer[] {
  const source = new ListingSource(weights);
  deepFloydStepGraph(config, source, { height: config.size, width: config.size, textLength });
  return source.layers;
}
