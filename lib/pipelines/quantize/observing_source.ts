import type { Weights } from "../../checkpoints/shards.ts";
import { FileSource } from "../../nn/file_source.ts";
import type { ConvolutionLayer } from "../../nn/scope.ts";
import { type Graph, reshape, type Value } from "../../onnx/mod.ts";
import type { Generator } from "../../random.ts";
import { sizeOf } from "../../tensor.ts";

/** The suffixes of the graph's outputs that are numbers of a layer's images. */
export const suffixes = { input: ".input", output: ".output" } as const;

/** Has the graph give a few pixels of some layers' images, as they go in and as they come out. */
export class ObservingSource extends FileSource {
  readonly #layers: ReadonlySet<string>;
  readonly #pixels: number;
  readonly #generator: Generator;

  /**
   * @param weights The network's weights.
   * @param layers The paths of the layers.
   * @param pixels How many pixels of an image.
   * @param generator Draws which.
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

  /** Some pixels of images, `[N, C, P]`: the same of all images. */
  #some(x: Value): Value {
    const all = sizeOf(x.shape.slice(2) as number[]);
    const indices = Array.from({ length: Math.min(all, this.#pixels) }, () => {
      return Math.floor(all * this.#generator.rand([1]).data[0]);
    });
    const flat = reshape(x, [x.shape[0], x.shape[1], all]);
    return x.graph.node({
      op: "Gather",
      inputs: [flat, x.graph.constant(indices, "int64")],
      attributes: { axis: { int: 2 } },
      outputs: [{ dtype: x.dtype, shape: [x.shape[0], x.shape[1], indices.length] }],
    })[0];
  }
}
