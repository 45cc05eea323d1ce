/**
 * The quantile function of a beta distribution that is symmetric.
 *
 * @module
 */

/** Both parameters of the distribution (Lee et al. 2024, "Beta Sampling is All You Need"). */
const SHAPE = 0.6;
/** The beta function of the two: `gamma(0.6)^2 / gamma(1.2)`. */
const BETA = 2.4153442080024723;
/** Halvings after which a double has no more digits to be found. */
const HALVINGS = 60;

/**
 * The number below which a beta-distributed number lies with a given probability, both parameters 0.6.
 *
 * @param p The probability, in [0, 1].
 */
export function betaQuantile(p: number): number {
  if (p > 0.5) return 1 - betaQuantile(1 - p);
  let [low, high] = [0, 0.5];
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2;
    if (distribution(middle) < p) low = middle;
    else high = middle;
  }
  return p === 0 ? 0 : (low + high) / 2;
}

/**
 * The regularised incomplete beta function, at most at 1/2: its power series (Abramowitz and Stegun, 26.5.4 with 15.1.1), whose
 * terms fall by `x` at least.
 */
function distribution(x: number): number {
  let term = 1 / SHAPE;
  let sum = term;
  for (let n = 1; term > sum * Number.EPSILON / 4; n++) {
    const factor = (n - SHAPE) / n * x;
    term *= factor * (SHAPE + n - 1) / (SHAPE + n);
    sum += term;
  }
  return x ** SHAPE * sum / BETA;
}
