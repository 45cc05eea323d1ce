import { type AdamOptions, type Graph, type MuonOptions, openSession, type Session } from "../onnx/mod.ts";
import { sizeOf, type Tensor, tensor } from "../tensor.ts";
import type { ParameterGroup } from "./muon_matrices.ts";
import { freeTensor } from "./free_tensor.ts";
import { buildMuonGraph, buildUpdateGraph } from "./update_graph.ts";
import { adamOptionNames } from "../onnx/adam_option_names.ts";
import { pickOptions } from "../options.ts";

/** What an update changes, in place: vectors of one length. */
export interface UpdatedVectors {
  /** The parameters. */
  readonly parameters: Float32Array;
  /** Adam's mean of the gradients. */
  readonly m: Float32Array;
  /** Adam's mean of the squared gradients. */
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
}

/** The optimiser's part of a step. */
export class ParameterUpdate implements AsyncDisposable {
  #adam: Session;
  #muon: ReadonlyMap<string, Session>;
  #groups: readonly ParameterGroup[];

  private constructor(adam: Session, muon: ReadonlyMap<string, Session>, groups: readonly ParameterGroup[]) {
    this.#adam = adam;
    this.#muon = muon;
    this.#groups = groups;
  }

  /**
   * Opens the graphs of the update, which run on the CPU: they do little with each number that they read.
   *
   * @param groups The parts of the vectors, those for Muon and those for Adam.
   */
  static async open(
    groups: readonly ParameterGroup[],
    options: ParameterUpdateOptions,
  ): Promise<ParameterUpdate> {
    const { threads, weightDecay, clipNorm } = options;
    const session = (graph: Graph) => openSession(graph, { threads, memoryPattern: false });
    const muon = new Map<string, Session>();
    const adam = await session(buildUpdateGraph(pickOptions(options, adamOptionNames)));
    try {
      for (const { matrix } of groups) {
        if (!matrix || muon.has(`${matrix}`)) continue;
        muon.set(
          `${matrix}`,
          await session(buildMuonGraph(matrix, { weightDecay, clipNorm, ...options.muon })),
        );
      }
    } catch (error) {
      for (const opened of [adam, ...muon.values()]) await opened[Symbol.asyncDispose]();
      throw error;
    }
    return new ParameterUpdate(adam, muon, groups);
  }

  /**
   * Updates the vectors, part by part.
   *
   * @param gradient As long as they are.
   */
  async run(vectors: UpdatedVectors, gradient: Float32Array, scalars: UpdateScalars): Promise<void> {
    const { step, gradientNorm, learningRate, averageDecay } = scalars;
    const scalar = (value: number) => tensor(Float32Array.of(value), []);
    const shared = {
      gradientNorm: scalar(gradientNorm),
      learningRate: scalar(learningRate),
      averageDecay: scalar(averageDecay),
    };
    const all = { ...vectors, gradient };
    for (const { start, end, matrix } of this.#groups) {
      if (matrix) {
        const names = ["parameters", "m", "average"] as const;
        await runPart(this.#muon.get(`${matrix}`)!, all, names, start, matrix, shared);
        continue;
      }
      const names = ["parameters", "m", "v", "average"] as const;
      const inputs = { ...shared, step: scalar(step) };
      for (let first = start; first < end; first += PART) {
        await runPart(this.#adam, all, names, first, [Math.min(PART, end - first)], inputs);
      }
    }
  }

  /** Frees the sessions. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of [this.#adam, ...this.#muon.values()]) await session[Symbol.asyncDispose]();
  }
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
