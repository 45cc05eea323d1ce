/** The embedding of what an image is of, beside that of its timestep. */
import type { Config } from "../../checkpoints/config.ts";
import { cast, type Value } from "../../onnx/mod.ts";
import { embeddingLayer, linearLayer } from "../layers.ts";
import type { Scope } from "../scope.ts";
import { WIDTHS } from "./config_values.ts";
import { type EmbeddingStyle, vectorEmbedding } from "./timestep_embedding.ts";

/** How a network is conditioned on an image's class, by `class_embed_type` of diffusers. */
export type ClassEmbedding =
  /** A row of a table for each of `count` classes: no type, but `num_class_embeds`. */
  | { readonly kind: "table"; readonly count: number }
  /** A number, as a timestep is. */
  | { readonly kind: "timestep" }
  /** A vector that is the embedding itself. */
  | { readonly kind: "identity"; readonly width: number }
  /** A vector, through two linear layers. */
  | { readonly kind: "projection"; readonly width: number }
  /** A vector, through one linear layer. */
  | { readonly kind: "simple_projection"; readonly width: number };

/** The most classes of a table. */
const MAX_CLASSES = 2 ** 20;

/**
 * Reads `class_embed_type` and what belongs to it.
 *
 * @param kinds The types that the network's class knows.
 * @param embeddingWidth Channels of the time embedding.
 * @returns Undefined for a network without classes.
 * @throws {CheckpointError} if the type is none of these.
 */
export function readClassEmbedding<Kind extends Exclude<ClassEmbedding["kind"], "table">>(
  config: Config,
  kinds: readonly Kind[],
  embeddingWidth: number,
): ClassEmbedding | undefined {
  if (!config.has("class_embed_type")) {
    if (!config.has("num_class_embeds")) return undefined;
    return { kind: "table", count: config.whole("num_class_embeds", { min: 1, max: MAX_CLASSES }) };
  }
  const kind: ClassEmbedding["kind"] = config.choice("class_embed_type", kinds);
  switch (kind) {
    case "projection":
    case "simple_projection":
      return { kind, width: config.whole("projection_class_embeddings_input_dim", WIDTHS) };
    case "identity":
      return { kind, width: embeddingWidth };
    default:
      return { kind: "timestep" };
  }
}

/** The shape of a network's class label: one number, or a vector. */
export function labelShape(classes: ClassEmbedding): readonly number[] {
  return classes.kind === "table" || classes.kind === "timestep" ? [] : [classes.width];
}

/**
 * The embedding of classes.
 *
 * Parameters: `weight` of a table or of one linear layer, `linear_1` and `linear_2` of two; none for vectors that are embeddings.
 *
 * @param label A class, a number or a vector for each image, float32 `[N]` or `[N, width]`.
 * @param waves The sines and cosines of numbers, as of the network's timesteps.
 * @returns `[N, embeddingWidth]`
 */
export function classEmbedding(
  scope: Scope,
  label: Value,
  classes: ClassEmbedding,
  waves: (numbers: Value) => Value,
  style: EmbeddingStyle,
): Value {
  switch (classes.kind) {
    case "table":
      return embeddingLayer(
        scope,
        scope.build(() => cast(label, "int64")),
        classes.count,
        style.embeddingWidth,
      );
    case "timestep":
      return vectorEmbedding(scope, scope.build(() => waves(label)), style);
    case "identity":
      return label;
    case "projection":
      // Whatever the network's activation is.
      return vectorEmbedding(scope, label, { ...style, activation: "silu" });
    case "simple_projection":
      return linearLayer(scope, label, style.embeddingWidth);
  }
}
