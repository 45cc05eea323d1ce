import type { Weights } from "../../checkpoints/shards.ts";
import { FileSource } from "../../nn/file_source.ts";
import type { ConvolutionLayer } from "../../nn/scope.ts";
import { concat, type Graph, reshape, type Value } from "../../onnx/mod.ts";
import type { Generator } from "../../random.ts";
import { sizeOf } from "../../tensor.ts";

/** The suffixes of the graph's outputs with a layer's samples. */
export const suffixes = { input: ".input", output: ".output" } as const;

/** Adds outputs to the graph with a few pixels of some layers' inputs and outputs. */
export class ObservingSource extends FileSource {
  readonly #layers: ReadonlySet<string>;
  readonly #pixels: number;
  readonly #generator: Generator;

  /**
   * @param weights The network's weights.
   * @param layers The paths of the layers.
   * @param pixels How many pixels per image.
   * @param generator Chooses the pixels.
   */
  constructor(weights: Weights, layers: ReadonlySet<string>, pixels: number, generator: Generator) {
    super(weights);
    this.#layers = layers;
    this.#pixels = pixels;
    this.#generator = generator;
  }

  override convolve(graph: Graph, { path, x }: ConvolutionLayer, plain: () => Value): Value | undefined {
    if (!this.#layers.has(path)) return undefined;
    const y = plain();
    graph.output(`${path}${suffixes.input}`, this.#some(x));
    graph.output(`${path}${suffixes.output}`, this.#some(y));
    return y;
  }

  /** Some pixels of images, the same of all, and the extremes of each channel of each image: `[N, C, P]`. */
  #some(x: Value): Value {
    const { graph } = x;
    const all = sizeOf(x.shape.slice(2) as number[]);
    const indices = Array.from({ length: Math.min(all, this.#pixels) }, () => {
      return Math.floor(all * this.#generator.rand([1]).data[0]);
    });
    const [images, channels] = x.shape;
    const flat = reshape(x, [images, channels, all]);
    const [pixels] = graph.node({
      op: "Gather",
      inputs: [flat, graph.constant(indices, "int64")],
      attributes: { axis: { int: 2 } },
      outputs: [{ dtype: x.dtype, shape: [images, channels, indices.length] }],
    });
    const extremes = ["ReduceMin", "ReduceMax"].map((op) => {
      return graph.node({
        op,
        inputs: [flat, graph.constant([2], "int64")],
        outputs: [{ dtype: x.dtype, shape: [images, channels, 1] }],
      })[0];
    });
    return concat([pixels, ...extremes], 2);
  }
}
