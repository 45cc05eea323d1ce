import type { Weights } from "../../checkpoints/shards.ts";
import { FileSource } from "../../nn/file_source.ts";
import type { ConvolutionLayer } from "../../nn/scope.ts";
import { kernelShape, quantizedLayer, quantizedNames } from "../../nn/quantized_layer.ts";
import { add, type Graph, mul, slice, sub, type Value } from "../../onnx/mod.ts";
import type { Tensor } from "../../tensor.ts";
import type { QuantizedLayer } from "./quantize_layer.ts";

/** The graph input that selects integers or floats for each layer. */
const SWITCHES = "in integers";

/**
 * Runs layers in integers, with weights in memory, or in floats as in their file, selected by an input of the graph, so that one
 * session can test them all.
 */
export class QuantizingSource extends FileSource {
  readonly #layers: ReadonlyMap<string, QuantizedLayer>;
  readonly #paths: readonly string[];
  #switches: Value | undefined;

  /**
   * Makes the source of one graph.
   *
   * @param weights The network's weights.
   * @param layers The quantised layers, by path.
   */
  constructor(weights: Weights, layers: ReadonlyMap<string, QuantizedLayer>) {
    super(weights);
    this.#layers = layers;
    this.#paths = [...layers.keys()];
  }

  /** The graph's further input: whether each layer is in integers. */
  switches(isInIntegers: (path: string) => boolean): Record<string, Tensor> {
    const data = Float32Array.from(this.#paths, (path) => isInIntegers(path) ? 1 : 0);
    return { [SWITCHES]: { data, shape: [data.length] } };
  }

  override convolve(graph: Graph, layer: ConvolutionLayer, plain: () => Value): Value | undefined {
    const { path, weightShape } = layer;
    const own = this.#layers.get(path);
    if (!own) return undefined;
    const floats = (name: string, data: Float32Array) => {
      return graph.initializer(name, "float32", { data, shape: [data.length] });
    };
    const names = quantizedNames(path);
    const zero = { data: Uint8Array.of(own.inputZeroPoint), shape: [] };
    const weight = { data: own.weight, shape: kernelShape(weightShape) };
    const inFloats = plain();
    const integers = quantizedLayer(layer, {
      weight: graph.initializer(`${names.weight} (int8)`, "int8", weight),
      weightScale: floats(names.weightScale, own.weightScale),
      inputScale: floats(names.inputScale, own.inputScale),
      inputZeroPoint: graph.initializer(names.inputZeroPoint, "uint8", zero),
      outputScale: floats(names.outputScale, own.outputScale),
      outputCentre: floats(names.outputCentre, own.outputCentre),
      bias: layer.bias ? this.parameter(graph, `${path}.bias`, [weightShape[0]]) : undefined,
    });
    this.#switches ??= graph.input(SWITCHES, "float32", [this.#paths.length]);
    const at = this.#paths.indexOf(path);
    const isOn = slice(this.#switches, 0, { start: at, end: at + 1 });
    return add(inFloats, mul(isOn, sub(integers, inFloats)));
  }
}
