import type { Weights } from "../../checkpoints/shards.ts";
import { FileSource } from "../../nn/file_source.ts";
import type { ConvolutionLayer } from "../../nn/scope.ts";
import { kernelShape, quantizedLayer, quantizedNames } from "../../nn/quantized_layer.ts";
import type { Graph, Value } from "../../onnx/mod.ts";
import type { QuantizedLayer } from "./quantize_layer.ts";

/** Does some layers in integers, whose weights are in memory, and the others as a file of float weights has them. */
export class QuantizingSource extends FileSource {
  readonly #layers: ReadonlyMap<string, QuantizedLayer>;

  /**
   * @param weights The network's weights.
   * @param layers Those in integers, by path.
   */
  constructor(weights: Weights, layers: ReadonlyMap<string, QuantizedLayer>) {
    super(weights);
    this.#layers = layers;
  }

  override convolve(graph: Graph, layer: ConvolutionLayer): Value | undefined {
    const { path, weightShape } = layer;
    const own = this.#layers.get(path);
    if (!own) return undefined;
    const floats = (name: string, data: Float32Array) => {
      return graph.initializer(name, "float32", { data, shape: [data.length] });
    };
    const names = quantizedNames(path);
    // What these stand for in the file counts as used.
    this.parameter(graph, names.weight, weightShape);
    const zero = { data: Uint8Array.of(own.inputZeroPoint), shape: [] };
    const weight = { data: own.weight, shape: kernelShape(weightShape) };
    return quantizedLayer(layer, {
      weight: graph.initializer(`${names.weight} (int8)`, "int8", weight),
      weightScale: floats(names.weightScale, own.weightScale),
      inputScale: floats(names.inputScale, own.inputScale),
      inputZeroPoint: graph.initializer(names.inputZeroPoint, "uint8", zero),
      outputScale: floats(names.outputScale, own.outputScale),
      outputCentre: floats(names.outputCentre, own.outputCentre),
      bias: layer.bias ? this.parameter(graph, `${path}.bias`, [weightShape[0]]) : undefined,
    });
  }
}
