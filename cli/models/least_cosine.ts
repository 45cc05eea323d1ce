import type { Tensor } from "../../lib/tensor.ts";

/**
 * The cosine similarity of embeddings to others in the worst case: the least cosine of the angle between a text's embeddings, all positions
 * together, and the others'.
 *
 * @param text `[N, L, D]`
 * @param others Of the same shape.
 */
export function leastCosine(text: Tensor, others: Tensor): number {
  const [count] = text.shape;
  const size = text.data.length / count;
  const cosines = Array.from({ length: count }, (_, n) => {
    let [product, square, other] = [0, 0, 0];
    for (let i = n * size; i < (n + 1) * size; i++) {
      const [a, b] = [text.data[i], others.data[i]];
      product += a * b;
      square += a * a;
      other += b * b;
    }
    return product / Math.sqrt(square * other);
  });
  return Math.min(...cosines);
}
