import type { SafetensorsFile } from "../checkpoints/safetensors.ts";
import { FileSource } from "../nn/file_source.ts";
import type { ParameterSource } from "../nn/scope.ts";
import { type Graph, openSession, type Session, type SessionOptions } from "../onnx/mod.ts";
import { concat, slice, type Tensor } from "../tensor.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** How a model is opened: the device, the threads, and what is called for devices that do not work. */
export type OpenOptions = Pick<SessionOptions, "device" | "threads" | "onFallback">;

/** The names of {@linkcode OpenOptions}. */
export const openOptionNames: OptionNames<OpenOptions> = { device: true, threads: true, onFallback: true };

/** The images of one run of a session, unless a model says otherwise. */
const BATCH = 64;

/** A session whose inputs and outputs have a batch on their first axis, run in parts that fit the memory. */
export class BatchedSession implements AsyncDisposable {
  readonly #session: Session;
  readonly #limit: number;

  /** `limit` is the largest batch of one run of the session. */
  constructor(session: Session, limit: number = BATCH) {
    this.#session = session;
    this.#limit = limit;
  }

  /** Where it runs. */
  get device(): Session["device"] {
    return this.#session.device;
  }

  /** The names of the inputs. */
  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  /** The names of the outputs. */
  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  /** How long the runtime has computed so far, in milliseconds. */
  get runtimeMs(): number {
    return this.#session.runtimeMs;
  }

  /**
   * Runs the session on a batch, in as few and as equal parts as its limit allows.
   *
   * @param inputs The inputs by name, all of the same first size N.
   * @param signal Stops between the parts, with its reason.
   * @param outputNames Which outputs to compute; defaults to all.
   * @returns The outputs by name, each of the first size N.
   * @throws {SessionError} if an input does not fit the graph.
   */
  async run(
    inputs: Readonly<Record<string, Tensor>>,
    signal?: AbortSignal,
    outputNames?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const options = { outputs: outputNames, signal };
    const names = Object.keys(inputs);
    const total = inputs[names[0]].shape[0];
    const parts = Math.ceil(total / this.#limit);
    if (parts <= 1) return await this.#session.run(inputs, options);
    const outputs: Record<string, Tensor>[] = [];
    for (let i = 0; i < parts; i++) {
      const [start, end] = [Math.floor(i * total / parts), Math.floor((i + 1) * total / parts)];
      const part = Object.fromEntries(names.map((name) => [name, slice(inputs[name], start, end)]));
      outputs.push(await this.#session.run(part, options));
    }
    return Object.fromEntries(
      Object.keys(outputs[0]).map((name) => [name, concat(outputs.map((output) => output[name]))]),
    );
  }

  /** Frees the session's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

/**
 * Opens a network on the weights of a file, which must hold what the network asks for and nothing else.
 *
 * @param weights The file; the graph refers to it in place.
 * @param build Writes the network's graph, with a symbolic size on the first axis of its inputs and outputs.
 * @param options The device and the threads.
 * @throws {CheckpointError} if the weights are those of another network.
 * @throws {SessionError} if the device does not work.
 */
export async function openNetwork(
  weights: SafetensorsFile,
  build: (source: ParameterSource) => Graph,
  options: OpenOptions = {},
): Promise<BatchedSession> {
  assertOptions(options, openOptionNames);
  const source = new FileSource(weights);
  const graph = build(source);
  source.assertAllUsed();
  return new BatchedSession(await openSession(graph, { ...options, folder: source.folder }));
}
