/** What several LoRAs together add to the layers of a network. */
import { CheckpointError } from "../../checkpoints/error.ts";
import type { Lora, LoraLayer } from "../../checkpoints/lora.ts";
import type { Weights } from "../../checkpoints/shards.ts";
import type { Tensor } from "../../tensor.ts";

/** A LoRA, and how much it counts. */
export interface ScaledLora {
  /** The updates. */
  readonly lora: Lora;
  /** What they are multiplied by, of any sign; defaults to 1, which is as they were trained. */
  readonly scale?: number;
}

/** The updates of one layer: those of all LoRAs are one of the rank of all together. */
export interface LayerUpdate {
  /** `A`, `[rank, in]`; of a convolution `[rank, in, kH, kW]`. */
  readonly down: Tensor;
  /** `B` with all factors, `[out, rank]`; of a convolution `[out, rank, 1, 1]`. */
  readonly up: Tensor;
}

/** How many layers an error names. */
const NAMED = 3;

/** The updates of LoRAs, by the paths of a network's layers. */
export class LayerUpdates {
  readonly #loras: readonly ScaledLora[];
  readonly #paths: ReadonlyMap<string, string>;
  readonly #used = new Set<string>();

  /**
   * Prepares the updates.
   *
   * @param weights The network's weights: its layers.
   * @param loras The LoRAs; their updates add up.
   */
  constructor(weights: Weights, loras: readonly ScaledLora[]) {
    this.#loras = loras;
    const layers = [...weights.tensors.keys()]
      .filter((name) => name.endsWith(".weight"))
      .map((name) => name.slice(0, -".weight".length));
    this.#paths = new Map(layers.map((path) => [path.replaceAll(".", "_"), path]));
  }

  /**
   * The update of a layer; undefined where no LoRA has one.
   *
   * @param path The layer's path in the network.
   * @param weightShape The shape of its weight.
   * @throws {CheckpointError} if an update has another shape than the layer.
   */
  of(path: string, weightShape: readonly number[]): LayerUpdate | undefined {
    const found = this.#loras.flatMap(({ lora, scale = 1 }) => {
      const own = lora.underscored ? path.replaceAll(".", "_") : path;
      const layer = lora.layers.get(own);
      if (!layer) return [];
      assertFits(layer, weightShape, `${lora.path}: layer "${own}"`);
      return [{ ...layer, factor: scale * layer.alpha / layer.down.shape[0] }];
    });
    if (found.length === 0) return undefined;
    this.#used.add(path);
    return joined(found);
  }

  /**
   * Checks, once all layers were requested, that all updates are used.
   *
   * @throws {CheckpointError} if one is left over.
   */
  assertAllUsed(): void {
    for (const { lora } of this.#loras) {
      const pathOf = (path: string) => lora.underscored ? this.#paths.get(path) ?? path : path;
      const unused = [...lora.layers.keys()].filter((path) => !this.#used.has(pathOf(path)));
      if (unused.length === 0) continue;
      const names = unused.slice(0, NAMED).map((name) => `"${name}"`).join(", ");
      const more = unused.length > NAMED ? ` and ${unused.length - NAMED} more` : "";
      throw new CheckpointError(
        `${lora.path}: layers that the network does not have, or that take no LoRA: ${names}${more}; a LoRA of this network is expected`,
      );
    }
  }
}

function assertFits({ down, up }: LoraLayer, weightShape: readonly number[], label: string): void {
  const [out, channels, ...kernel] = weightShape;
  const rank = down.shape[0];
  const expected = [[rank, channels, ...kernel], [out, rank, ...kernel.map(() => 1)]];
  if (`${down.shape}` === `${expected[0]}` && `${up.shape}` === `${expected[1]}`) return;
  throw new CheckpointError(
    `${label}: matrices of [${down.shape}] and [${up.shape}] where [${expected[0]}] and [${
      expected[1]
    }] are expected`,
  );
}

/** Several updates as one: the rows of all `A` below each other, the columns of all `B`, each with its factor, side by side. */
function joined(updates: readonly (LoraLayer & { readonly factor: number })[]): LayerUpdate {
  const ranks = updates.map(({ down }) => down.shape[0]);
  const rank = ranks.reduce((sum, n) => sum + n, 0);
  const [{ down: first, up: { shape: [out, , ...ones] } }] = updates;
  const inputs = first.data.length / ranks[0];
  const down = new Float32Array(rank * inputs);
  const up = new Float32Array(out * rank);
  let start = 0;
  for (const [n, update] of updates.entries()) {
    down.set(update.down.data, start * inputs);
    for (let row = 0; row < out; row++) {
      for (let column = 0; column < ranks[n]; column++) {
        up[row * rank + start + column] = update.factor * update.up.data[row * ranks[n] + column];
      }
    }
    start += ranks[n];
  }
  return {
    down: { data: down, shape: [rank, ...first.shape.slice(1)] },
    up: { data: up, shape: [out, rank, ...ones] },
  };
}
