import type { Tensor, TensorData } from "../tensor.ts";

/** Gives a tensor's memory back at once: the garbage collector does not see how large these are, and lets them pile up. */
export function release({ data }: Tensor<TensorData>): void {
  (data.buffer as ArrayBuffer).transfer(0);
}
