import type { Tensor, TensorData } from "../tensor.ts";

/** Gives a tensor's memory back at once, unless others share it: the garbage collector does not see how large these are, and lets them pile up. */
export function release({ data }: Tensor<TensorData>): void {
  if (data.buffer instanceof ArrayBuffer) data.buffer.transfer(0);
}
