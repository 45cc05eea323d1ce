/**
 * Training: the trainer, learning rates, averages of weights, and the graph of a step by itself.
 *
 * @example Fit a line to points.
 * ```ts
 * import { linearLayer, type Scope } from "@denoise/denoise/nn";
 * import { mean, square, sub } from "@denoise/denoise/onnx";
 * import { Generator } from "@denoise/denoise/random";
 * import { tensor } from "@denoise/denoise/tensors";
 * import { Trainer } from "@denoise/denoise/train";
 *
 * function objective(scope: Scope) {
 *   const x = scope.graph.input("x", "float32", [4, 1]);
 *   const y = scope.graph.input("y", "float32", [4, 1]);
 *   return mean(square(sub(linearLayer(scope.at("line"), x, 1), y)));
 * }
 * await using trainer = await Trainer.create(objective, { generator: new Generator(0) });
 * const x = tensor(Float32Array.of(1, 2, 3, 4), [4, 1]);
 * const y = tensor(Float32Array.of(2, 4, 6, 8), [4, 1]);
 * for (let i = 0; i < 100; i++) await trainer.step({ x, y }, 0.1);
 * ```
 *
 * @module
 */
export * from "./trainer.ts";
export * from "./training_state.ts";
export { assertSound, DivergenceError } from "./divergence.ts";
export * from "./learning_rate.ts";
export * from "./power_average.ts";
export * from "./post_hoc_average.ts";
export { buildGradientGraph, type GradientGraph, type Objective } from "./gradient_graph.ts";
export type { GroupOptions, MuonRule, ParameterRule } from "./parameter_groups.ts";
export { buildLionGraph, buildMuonGraph, buildSgdGraph, buildUpdateGraph } from "./update_graph.ts";
export { varianceBound, type VarianceLevels, varianceLevels } from "./variance_bound.ts";
