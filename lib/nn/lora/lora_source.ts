/** Networks with LoRAs: the weights of their files, and beside layers the low-rank updates of as many files as one likes. */
import type { Weights } from "../../checkpoints/shards.ts";
import { add, type Graph, type Value } from "../../onnx/mod.ts";
import { FileSource, type FileSourceOptions } from "../file_source.ts";
import type { ConvolutionLayer } from "../scope.ts";
import { LayerUpdates, type ScaledLora } from "./layer_updates.ts";
import { lowRank } from "./low_rank.ts";

/** Weights of files with LoRAs beside them. The files stay as they are: the matrices are small, and part of the model. */
export class LoraSource extends FileSource {
  readonly #updates: LayerUpdates;

  /**
   * Makes a source.
   *
   * @param weights The network's weights.
   * @param loras The LoRAs; their updates add up.
   * @param options As of a {@linkcode FileSource}.
   */
  constructor(weights: Weights, loras: readonly ScaledLora[], options: FileSourceOptions = {}) {
    super(weights, options);
    this.#updates = new LayerUpdates(weights, loras);
  }

  /**
   * A layer with the updates that the LoRAs have for it.
   *
   * @throws {CheckpointError} if an update has another shape than the layer.
   */
  override convolve(graph: Graph, layer: ConvolutionLayer, plain: () => Value): Value | undefined {
    const own = super.convolve(graph, layer, plain);
    const update = this.#updates.of(layer.path, layer.weightShape);
    if (!update) return own;
    const y = own ?? plain();
    const [down, up] = (["down", "up"] as const).map((part) =>
      graph.initializer(`${layer.path}.lora_${part}`, "float32", update[part])
    );
    return add(y, lowRank(layer.x, down, up, layer.options));
  }

  /**
   * Checks, once the network is built, that all tensors of the files and all layers of the LoRAs are used.
   *
   * @throws {CheckpointError} if a tensor or a layer is left over.
   */
  override assertAllUsed(isKnown?: (name: string) => boolean): void {
    super.assertAllUsed(isKnown);
    this.#updates.assertAllUsed();
  }
}
