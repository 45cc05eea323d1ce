import { openSession, type Session } from "../onnx/mod.ts";
import type { AdamOptions, LionOptions, MuonOptions, SgdOptions } from "../onnx/optimizers.ts";
import { sizeOf, type Tensor, tensor } from "../tensor.ts";
import type { ParameterGroup } from "./parameter_groups.ts";
import { freeTensor } from "./free_tensor.ts";
import { buildLionGraph, buildMuonGraph, buildSgdGraph, buildUpdateGraph } from "./update_graph.ts";
import { adamOptionNames } from "../onnx/adam_option_names.ts";
import { pickOptions } from "../options.ts";

/** What an update changes, in place: vectors of one length. */
export interface UpdatedVectors {
  /** The parameters. */
  readonly parameters: Float32Array;
  /** The mean of the gradients, or the momentum. */
  readonly m: Float32Array;
  /** Adam's mean of the squared gradients; other optimisers leave it as it is. */
  readonly v: Float32Array;
  /** The moving average of the parameters. */
  readonly average: Float32Array;
}

/** The options of an update. */
export interface UpdateScalars {
  /** Which update it is, from 1. */
  readonly step: number;
  /** The norm of the whole gradient, before clipping. */
  readonly gradientNorm: number;
  /** How far to go. */
  readonly learningRate: number;
  /** The decay of the moving average, in 0..1. */
  readonly averageDecay: number;
}

/** Values that are updated at a time: few enough for all vectors of a part to stay in the cache between its passes. */
const PART = 2 ** 18;

/** How a {@linkcode ParameterUpdate} is set up. */
export interface ParameterUpdateOptions extends AdamOptions {
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Muon's numbers, for the groups that are matrices. `weightDecay` and `clipNorm` default to Adam's. */
  readonly muon?: MuonOptions;
  /** The numbers of gradient descent, where it takes Adam's place. `weightDecay` and `clipNorm` default to Adam's. */
  readonly sgd?: SgdOptions;
  /** Lion's numbers, where it takes Adam's place. `weightDecay` and `clipNorm` default to Adam's. */
  readonly lion?: LionOptions;
}

/** The graph of an update in a session, and the vectors that it changes. */
interface OpenUpdate {
  readonly session: Session;
  readonly names: readonly (keyof UpdatedVectors)[];
}

/** The optimiser's part of a step. */
export class ParameterUpdate implements AsyncDisposable {
  #updates: ReadonlyMap<string, OpenUpdate>;
  #groups: readonly ParameterGroup[];

  private constructor(updates: ReadonlyMap<string, OpenUpdate>, groups: readonly ParameterGroup[]) {
    this.#updates = updates;
    this.#groups = groups;
  }

  /**
   * Opens the graphs of the update, which run on the CPU: they do little with each number that they read.
   *
   * @param groups The parts of the vectors, those for Muon and those for the other optimiser.
   */
  static async open(
    groups: readonly ParameterGroup[],
    options: ParameterUpdateOptions,
  ): Promise<ParameterUpdate> {
    const updates = new Map<string, OpenUpdate>();
    try {
      for (const group of groups) {
        const key = keyOf(group);
        if (updates.has(key)) continue;
        const { graph, names } = updateOf(group, options);
        const session = await openSession(graph, { threads: options.threads, memoryPattern: false });
        updates.set(key, { session, names });
      }
    } catch (error) {
      for (const { session } of updates.values()) await session[Symbol.asyncDispose]();
      throw error;
    }
    return new ParameterUpdate(updates, groups);
  }

  /**
   * Updates the vectors, part by part.
   *
   * @param gradient As long as they are.
   */
  async run(vectors: UpdatedVectors, gradient: Float32Array, scalars: UpdateScalars): Promise<void> {
    const { step, gradientNorm, learningRate, averageDecay } = scalars;
    const scalar = (value: number) => tensor(Float32Array.of(value), []);
    const all = { ...vectors, gradient };
    for (const group of this.#groups) {
      const { start, end, matrix, rateFactor = 1 } = group;
      const { session, names } = this.#updates.get(keyOf(group))!;
      const inputs = {
        gradientNorm: scalar(gradientNorm),
        learningRate: scalar(learningRate * rateFactor),
        averageDecay: scalar(averageDecay),
        ...(names.includes("v") && { step: scalar(step) }),
      };
      if (matrix) {
        await runPart(session, all, names, start, matrix, inputs);
        continue;
      }
      for (let first = start; first < end; first += PART) {
        await runPart(session, all, names, first, [Math.min(PART, end - first)], inputs);
      }
    }
  }

  /** Frees the sessions. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { session } of this.#updates.values()) await session[Symbol.asyncDispose]();
  }
}

/** Groups of one key share a graph. */
function keyOf({ matrix, weightDecay }: ParameterGroup): string {
  return `[${matrix ?? ""}] ${weightDecay ?? ""}`;
}

/** The graph of a group's update, and the vectors that it changes. */
function updateOf({ matrix, weightDecay: own }: ParameterGroup, options: ParameterUpdateOptions) {
  const { weightDecay, clipNorm, muon, sgd, lion } = options;
  const decay = own === undefined ? {} : { weightDecay: own };
  const shared = { weightDecay, clipNorm };
  const withMomentum = ["parameters", "m", "average"] as const;
  if (matrix) return { graph: buildMuonGraph(matrix, { ...shared, ...muon, ...decay }), names: withMomentum };
  if (sgd) return { graph: buildSgdGraph({ ...shared, ...sgd, ...decay }), names: withMomentum };
  if (lion) return { graph: buildLionGraph({ ...shared, ...lion, ...decay }), names: withMomentum };
  const graph = buildUpdateGraph({ ...pickOptions(options, adamOptionNames), ...decay });
  return { graph, names: ["parameters", "m", "v", "average"] as const };
}

/** Updates one part of the vectors in place, seen as tensors of a shape. */
async function runPart(
  session: Session,
  vectors: UpdatedVectors & { readonly gradient: Float32Array },
  names: readonly (keyof UpdatedVectors)[],
  start: number,
  shape: readonly number[],
  scalars: Readonly<Record<string, Tensor>>,
): Promise<void> {
  const inputs: Record<string, Tensor> = { ...scalars };
  for (const name of [...names, "gradient"] as const) {
    inputs[name] = tensor(vectors[name].subarray(start, start + sizeOf(shape)), shape);
  }
  const outputs = await session.run(inputs);
  for (const name of names) {
    vectors[name].set(outputs[`next.${name}`].data, start);
    freeTensor(outputs[`next.${name}`]);
  }
}
