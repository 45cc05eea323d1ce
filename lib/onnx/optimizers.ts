/**
 * Optimisers as nodes of a training graph: Adam and AdamW, gradient descent with momentum, Lion and Muon. A `Trainer` takes them as
 * options.
 *
 * @example Two steps of Lion, by hand.
 * ```ts
 * import { Graph, openSession } from "@denoise/denoise/onnx";
 * import { lion } from "@denoise/denoise/optimizers";
 * import { full, tensor, zeros } from "@denoise/denoise/tensors";
 *
 * const graph = new Graph();
 * const [gradient, parameters, m] = ["gradient", "parameters", "m"].map((name) => graph.input(name, "float32", [3]));
 * const learningRate = graph.input("learningRate", "float32", []);
 * const next = lion(gradient, { parameters, m, learningRate }, { weightDecay: 0.1 });
 * graph.output("next.parameters", next.parameters);
 * graph.output("next.m", next.m);
 *
 * await using session = await openSession(graph);
 * const given = { gradient: full([3], 2), learningRate: tensor(Float32Array.of(0.01), []) };
 * const first = await session.run({ ...given, parameters: full([3], 1), m: zeros([3]) });
 * const second = await session.run({ ...given, parameters: first["next.parameters"], m: first["next.m"] });
 * console.log(second["next.parameters"].data); // a little below 0.98, by the decay
 * ```
 *
 * @module
 */
export * from "./optimizer.ts";
export { lion, type LionOptions, type LionState, type LionUpdate } from "./lion.ts";
export { muon, type MuonOptions, type MuonState, type MuonUpdate, orthogonalize } from "./muon.ts";
export { sgd, type SgdOptions, type SgdState, type SgdUpdate } from "./sgd.ts";
