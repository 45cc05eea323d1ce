import { type AdamOptions, openSession, type Session } from "../onnx/mod.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { release } from "./release.ts";
import { buildUpdateGraph } from "./update_graph.ts";
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

/** What an update is told. */
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

const names = ["parameters", "m", "v", "average"] as const;

/** The optimiser's part of a step. */
export class ParameterUpdate implements AsyncDisposable {
  #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** Opens the update's graph, which runs on the CPU: it does little with each number that it reads. */
  static async open(options: AdamOptions & { readonly threads?: number }): Promise<ParameterUpdate> {
    const { threads } = options;
    return new ParameterUpdate(
      await openSession(buildUpdateGraph(pickOptions(options, adamOptionNames)), {
        threads,
        memoryPattern: false,
      }),
    );
  }

  /**
   * Updates the vectors, part by part.
   *
   * @param gradient As long as they are.
   */
  async run(vectors: UpdatedVectors, gradient: Float32Array, scalars: UpdateScalars): Promise<void> {
    const told: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(scalars)) {
      told[name] = tensor(Float32Array.of(value), []);
    }
    for (let start = 0; start < gradient.length; start += PART) {
      const part = (vector: Float32Array) => {
        const data = vector.subarray(start, start + PART);
        return tensor(data, [data.length]);
      };
      const inputs: Record<string, Tensor> = { ...told, gradient: part(gradient) };
      for (const name of names) inputs[name] = part(vectors[name]);
      const outputs = await this.#session.run(inputs);
      for (const name of names) {
        vectors[name].set(outputs[`next.${name}`].data, start);
        release(outputs[`next.${name}`]);
      }
    }
  }

  /** Frees the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}
