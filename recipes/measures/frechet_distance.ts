import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Tensor } from "../../lib/tensor.ts";
import { assertFeatures } from "./squared_distances.ts";

/**
 * The Fréchet distance of two sets of features, each taken as a normal distribution (Heusel et al. 2017, "GANs trained by a two
 * time-scale update rule", eq. 6; FID where the features are those of Inception):
 *
 * |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½).
 *
 * With Σ = FᵀF for both, the trace of the root is the sum of the singular values of F₁F₂ᵀ; F are the centred features themselves
 * where there are fewer of them than they are long. Few samples make it too large: compare only what has as many.
 *
 * @param a `[N, D]`, two or more.
 * @param b `[M, D]`, two or more.
 * @throws {ArgumentError} if one has fewer rows, or their rows differ in length.
 */
export function frechetDistance(a: Tensor, b: Tensor): number {
  assertFeatures("a", a, undefined, 2);
  assertFeatures("b", b, a.shape[1], 2);
  const [one, two] = [a, b].map(distributionOf);
  const gap = one.mean.reduce((sum, value, i) => sum + (value - two.mean[i]) ** 2, 0);
  const distance = gap + one.trace + two.trace - 2 * sumOfSingularValues(one.factor, two.factor);
  // Rounding may leave little less than nothing of equal sets.
  return Math.max(0, distance);
}

/** A normal distribution, its covariance as Σ = FᵀF. */
interface Distribution {
  readonly mean: Float64Array;
  /** F, with as few rows as will do. */
  readonly factor: Matrix;
  /** tr Σ. */
  readonly trace: number;
}

function distributionOf({ data, shape: [count, width] }: Tensor): Distribution {
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] += data[i] / count;
  const scale = 1 / Math.sqrt(count - 1);
  const centred = new Matrix(count, width);
  let trace = 0;
  for (let i = 0, row = 0; row < count; row++) {
    for (let column = 0; column < width; column++, i++) {
      const value = (data[i] - mean[column]) * scale;
      centred.set(row, column, value);
      trace += value * value;
    }
  }
  return { mean, factor: count > width ? rootOf(centred.transpose().mmul(centred)) : centred, trace };
}

/** Λ^½ Vᵀ of a symmetric matrix V Λ Vᵀ. */
function rootOf(symmetric: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  return eigenvectorMatrix.mulRowVector(roots).transpose();
}

/** The sum of the singular values of F₁F₂ᵀ: the roots of the eigenvalues of its product with its own transpose. */
function sumOfSingularValues(one: Matrix, two: Matrix): number {
  const [small, large] = one.rows <= two.rows ? [one, two] : [two, one];
  const product = small.mmul(large.transpose());
  const { realEigenvalues } = new EigenvalueDecomposition(product.mmul(product.transpose()), {
    assumeSymmetric: true,
  });
  return realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}
