/** The class labels that networks are conditioned on. */
import { ArgumentError } from "../argument_error.ts";
import { type ClassEmbedding, labelShape } from "../nn/unet/class_embedding.ts";
import { described } from "../show_value.ts";
import { concat, reshape, type Tensor } from "../tensor.ts";

/**
 * Throws unless a label is one that a network knows.
 *
 * @param classes The network's class embedding; undefined for one without classes.
 * @param label A class or number; a vector `[width]` where classes are vectors.
 * @throws {ArgumentError} if it is not: the message names `classLabel`.
 */
export function assertLabel(classes: ClassEmbedding | undefined, label: number | Tensor | undefined): void {
  const name = "classLabel";
  if (!classes) {
    if (label === undefined) return;
    throw new ArgumentError(name, label, "none", { note: "of a network without classes" });
  }
  const [width] = labelShape(classes);
  const found = label ?? described("none");
  if (width !== undefined) {
    const fits = typeof label === "object" && label.shape.length === 1 && label.shape[0] === width;
    if (!fits) throw new ArgumentError(name, found, `a vector [${width}]`);
  } else if (classes.kind === "table") {
    const fits = typeof label === "number" && Number.isInteger(label) && label >= 0 && label < classes.count;
    if (!fits) throw new ArgumentError(name, found, `a class from 0 to ${classes.count - 1}`);
  } else if (!(typeof label === "number" && Number.isFinite(label))) {
    throw new ArgumentError(name, found, "a finite number");
  }
}

/** Labels of one kind as one tensor, `[N]` or `[N, width]`. */
export function joinLabels(labels: readonly (number | Tensor)[]): Tensor {
  return concat(labels.map((label): Tensor => {
    return typeof label === "number"
      ? { data: Float32Array.of(label), shape: [1] }
      : reshape(label, [1, ...label.shape]);
  }));
}
