import type { Tensor, TensorData } from "../tensor.ts";

/**
 * Frees the memory of a tensor at once, unless its buffer is shared. The garbage collector does not know how large these
 * buffers are, and lets them pile up.
 */
export function freeTensor({ data }: Tensor<TensorData>): void {
  if (data.buffer instanceof ArrayBuffer) data.buffer.transfer(0);
}
