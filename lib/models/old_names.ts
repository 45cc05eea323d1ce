/** The weights of networks that were saved before diffusers had one class of attention. */
import { FileSource } from "../nn/file_source.ts";
import type { Weights } from "../checkpoints/shards.ts";
import type { Initializer } from "../nn/init.ts";
import type { Graph, Value } from "../onnx/mod.ts";

/** What the layers of an attention were called. */
const OLD: Readonly<Record<string, string>> = {
  to_q: "query",
  to_k: "key",
  to_v: "value",
  "to_out.0": "proj_attn",
};

const LAYER = /\.(to_q|to_k|to_v|to_out\.0)\.(weight|bias)$/;

/**
 * The name that a tensor has in a file: its own, or where there is none of it, in an attention, the one of old (`query`, `key`, `value`,
 * `proj_attn`).
 */
export function storedName({ tensors }: Pick<Weights, "tensors">, name: string): string {
  if (tensors.has(name)) return name;
  const old = name.replace(LAYER, (_, layer, kind) => `.${OLD[layer]}.${kind}`);
  return tensors.has(old) ? old : name;
}

/** A {@linkcode FileSource} that finds the layers of attention by their old names too. */
export class OldNamesSource extends FileSource {
  readonly #weights: Weights;

  /** As {@linkcode FileSource}. */
  constructor(weights: Weights) {
    super(weights);
    this.#weights = weights;
  }

  /** As {@linkcode FileSource.parameter}. */
  override parameter(graph: Graph, name: string, shape: readonly number[], _init?: Initializer): Value {
    return super.parameter(graph, storedName(this.#weights, name), shape);
  }

  /** As {@linkcode FileSource.rows}. */
  override rows(graph: Graph, name: string, shape: readonly number[]): readonly Value[] {
    return super.rows(graph, storedName(this.#weights, name), shape);
  }
}
