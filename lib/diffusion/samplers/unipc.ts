/**
 * The unified predictor and corrector.
 *
 * @module
 */

import { ArgumentError } from "../../argument_error.ts";
import type { Config } from "../../checkpoints/config.ts";
import { solverVisits } from "../level_visits.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { noiseFromClean } from "../prediction.ts";
import { alpha, alphaBar, halfLogSnr, type NoiseSchedule, noiseVariance, sigma } from "../schedule.ts";
import type { Sampler, SamplerStep } from "../types.ts";
import { type Term, weightedSum } from "../weighted_sum.ts";
import { noisyEnd } from "./noisy_end.ts";
import type { SamplerRegistration } from "./registration.ts";

/** The options of {@linkcode uniPc}. */
export interface UniPcOptions {
  /** The order of the predictor, by default 2; the corrector's is one higher. */
  readonly order?: 1 | 2 | 3;
  /** The function `B(h)` of the paper: `bh2`, `exp(h) - 1`, by default; `bh1` is `h`, better in very few steps without guidance. */
  readonly solverType?: "bh1" | "bh2";
  /** Whether the clean image is what is extrapolated, by default; or the noise. */
  readonly predictX0?: boolean;
  /** The steps, counted from 0, after which nothing is corrected; by default none. */
  readonly disableCorrector?: readonly number[];
  /** Whether the last steps are of lower order; by default they are. */
  readonly lowerOrderFinal?: boolean;
  /** Where the last step ends: at the clean image (`zero`, the default), or at the noise level of timestep 0 (`sigma_min`). */
  readonly finalSigmas?: "zero" | "sigma_min";
}

const optionNames: OptionNames<UniPcOptions> = {
  order: true,
  solverType: true,
  predictX0: true,
  disableCorrector: true,
  lowerOrderFinal: true,
  finalSigmas: true,
};

/** Where the corrected images of the step before are kept. */
const CORRECTED = "unipc";

type Point = Pick<SamplerStep, "x" | "x0" | "t">;

/**
 * UniPC (Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion Models", algorithms 5 to 8): a
 * multistep predictor as DPM-Solver++'s, and once the denoiser has seen what it predicts, a corrector that takes the new estimate into
 * account. That costs no evaluation more: the step goes on from the corrected images with the estimate for those that were predicted.
 * Evaluates the denoiser once a step, and draws no noise.
 *
 * @param options The order, the kind, and how a run ends.
 * @throws {ArgumentError} if an option is unknown; the sampler, if `finalSigmas` is `sigma_min` in a continuous schedule.
 */
export function uniPc(options: UniPcOptions = {}): Sampler {
  assertOptions(options, optionNames);
  const { order = 2, solverType = "bh2", finalSigmas = "zero", lowerOrderFinal = true } = options;
  const { predictX0 = true, disableCorrector = [] } = options;
  if (![1, 2, 3].includes(order)) throw new ArgumentError("order", order, "1, 2 or 3");
  if (solverType !== "bh1" && solverType !== "bh2") {
    throw new ArgumentError("solverType", solverType, "bh1 or bh2");
  }
  if (finalSigmas !== "zero" && finalSigmas !== "sigma_min") {
    throw new ArgumentError("finalSigmas", finalSigmas, "zero or sigma_min");
  }
  const orderOf = (index: number, count: number, known: number) =>
    Math.min(lowerOrderFinal ? Math.min(order, count - index) : order, known);
  return (step, schedule) => {
    const { t, tNext, index, count, history, memory } = step;
    const estimate = ({ x, x0, t }: Point) => predictX0 ? x0 : noiseFromClean(x, x0, t, schedule);
    const move = (to: number, x: Tensor, points: readonly Point[], next?: Tensor) =>
      unifiedStep({ to, x, points, next, estimate, schedule, solverType, predictX0 });
    let { x } = step;
    const before = history.at(-1);
    const kept = memory?.get(CORRECTED);
    if (before && kept?.t === before.t && !disableCorrector.includes(index - 1)) {
      const points = history.toReversed().slice(0, orderOf(index - 1, count, history.length));
      x = move(t, kept.x, points, estimate(step));
    }
    memory?.set(CORRECTED, { t, x });
    const end = finalSigmas === "zero"
      ? tNext
      : noisyEnd(schedule, tNext, ["finalSigmas", finalSigmas, "zero"]);
    if (end === t) return x;
    const points = [step, ...history.toReversed()].slice(0, orderOf(index, count, history.length + 1));
    return move(end, x, points);
  };
}

/** A step of the predictor, or with the estimate at its end of the corrector. */
interface UnifiedStep {
  /** The timestep that it leads to. */
  readonly to: number;
  /** The images that it leads from, at the timestep of the first point. */
  readonly x: Tensor;
  /** The points whose estimates are used, the latest first. */
  readonly points: readonly Point[];
  /** The estimate at the end: the corrector's. */
  readonly next?: Tensor;
  readonly estimate: (point: Point) => Tensor;
  readonly schedule: NoiseSchedule;
  readonly solverType: "bh1" | "bh2";
  readonly predictX0: boolean;
}

/** UniP and UniC (Zhao et al. 2023, eq. 3 and 5, with the coefficients of eq. 6). */
function unifiedStep(
  { to, x, points, next, estimate, schedule, solverType, predictX0 }: UnifiedStep,
): Tensor {
  const { t } = points[0];
  const lambda = (at: number) => halfLogSnr(schedule, at);
  const h = lambda(to) - lambda(t);
  const signed = predictX0 ? -h : h;
  const growth = Math.expm1(signed);
  const scale = predictX0 ? alpha(schedule, to) : sigma(schedule, to);
  const onX = predictX0
    ? Math.sqrt(noiseVariance(schedule, to) / noiseVariance(schedule, t))
    : Math.sqrt(alphaBar(schedule, to) / alphaBar(schedule, t));
  // A point without any signal is infinitely far away, and says nothing of the slope.
  const others = points.slice(1).filter((point) => lambda(point.t) > -Infinity);
  const nodes = others.map((point) => (lambda(point.t) - lambda(t)) / h);
  const coefficients = next ? correctorOf(nodes, signed, solverType) : predictorOf(nodes, signed, solverType);
  const bh = -scale * (solverType === "bh1" ? signed : growth);
  const first = estimate(points[0]);
  // Each difference (m_i - m_0) / r_i by its coefficient.
  const terms = nodes.map((r, i): Term => [bh * coefficients[i] / r, estimate(others[i])]);
  if (next) terms.push([bh * coefficients[nodes.length], next]);
  const onFirst = terms.reduce((sum, [factor]) => sum - (factor as number), -scale * growth);
  return weightedSum([onX, x], [onFirst, first], ...terms);
}

/** The predictor's coefficients; half for one difference, as the authors have it. */
function predictorOf(nodes: readonly number[], h: number, type: "bh1" | "bh2"): number[] {
  if (nodes.length === 0) return [];
  return nodes.length === 1 ? [0.5] : solved(nodes, moments(nodes.length, h, type));
}

/** The corrector's, of the differences and of the one to the new estimate; half for that one alone. */
function correctorOf(nodes: readonly number[], h: number, type: "bh1" | "bh2"): number[] {
  return nodes.length === 0 ? [0.5] : solved([...nodes, 1], moments(nodes.length + 1, h, type));
}

/** The right hand side of eq. 6: `phi_(k+1)(h) k! h / B(h)` for k from 1. */
function moments(count: number, h: number, type: "bh1" | "bh2"): number[] {
  const bh = type === "bh1" ? h : Math.expm1(h);
  // On the way to the clean image h is infinite, and phi falls to 0 at once.
  let phi = Math.expm1(h) / h - 1;
  let factorial = 1;
  return Array.from({ length: count }, (_, i) => {
    const moment = phi * factorial / bh;
    factorial *= i + 2;
    phi = phi / h - 1 / factorial;
    return moment;
  });
}

/** Solves the system of Vandermonde `sum_k r_k^i c_k = b_i` for two or three unknowns, by polynomials that are 1 at one node. */
function solved(nodes: readonly number[], b: readonly number[]): number[] {
  return nodes.map((node, k) => {
    const others = nodes.filter((_, j) => j !== k);
    const scale = others.reduce((product, other) => product * (node - other), 1);
    if (others.length === 1) return (b[1] - others[0] * b[0]) / scale;
    const [p, q] = others;
    return (b[2] - (p + q) * b[1] + p * q * b[0]) / scale;
  });
}

/** What UniPC alone reads of a configuration. */
function readUniPcKeys(config: Config): Partial<UniPcOptions> {
  if (config.has("solver_p")) config.fail("solver_p", "null");
  const type = config.choice("solver_type", ["bh1", "bh2", "midpoint", "heun", "logrho"], "bh2");
  return {
    ...(config.has("solver_order") && { order: config.choice("solver_order", [1, 2, 3]) }),
    ...(type === "bh1" && { solverType: type }),
    ...(config.has("predict_x0") && { predictX0: config.boolean("predict_x0") }),
    ...(config.has("disable_corrector") && { disableCorrector: config.numbers("disable_corrector") }),
    ...(config.has("lower_order_final") && { lowerOrderFinal: config.boolean("lower_order_final") }),
    ...(config.has("final_sigmas_type") &&
      { finalSigmas: config.choice("final_sigmas_type", ["zero", "sigma_min"]) }),
  };
}

/** {@linkcode uniPc} by its name. */
export const uniPcSampler: SamplerRegistration<"unipc", UniPcOptions, Partial<UniPcOptions>> = {
  name: "unipc",
  title: "UniPC",
  year: 2023,
  create: uniPc,
  read: readUniPcKeys,
  configure: (_settings, _run, own = {}) => own,
  spacings: ["karras", "exponential", "beta", "flow"],
  visits: (count, settings) =>
    solverVisits(count, settings, {
      spacings: ["karras", "exponential", "beta", "flow"],
      rounds: "always",
      flow: "from-start",
    }),
};
