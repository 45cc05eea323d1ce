/** The sessions for the steps of a network, and which of them a step takes. */
import type { KeptFeatures, Query } from "../diffusion/types.ts";
import type { Device } from "../onnx/mod.ts";
import type { Tensor } from "../tensor.ts";
import type { BatchedSession } from "./batched_session.ts";
import { FEATURES } from "./deepfloyd_graph.ts";

/** What a step is given beside the inputs of its graph. */
export interface StepOptions {
  /** The queries that the inputs are of. */
  readonly queries: readonly Query[];
  /** The deep features of earlier steps. */
  readonly cache?: KeptFeatures;
  /** Stops with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The session of the whole step, and that of a step on the deep features of another one, which is opened when it is first
 * needed: it has the weights of the last blocks alone.
 */
export class StepSessions implements AsyncDisposable {
  readonly #whole: BatchedSession;
  readonly #openShallow: () => Promise<BatchedSession>;
  #shallow: BatchedSession | undefined;

  /** `openShallow` opens the session of a step on features. */
  constructor(whole: BatchedSession, openShallow: () => Promise<BatchedSession>) {
    this.#whole = whole;
    this.#openShallow = openShallow;
  }

  /** Where they run. */
  get device(): Device {
    return this.#whole.device;
  }

  /** How long the runtime has computed so far, in milliseconds, in both. */
  get runtimeMs(): number {
    return this.#whole.runtimeMs + (this.#shallow?.runtimeMs ?? 0);
  }

  /**
   * Runs a step: on kept features where there are some, else as a whole.
   *
   * @param inputs The inputs of the whole step by name.
   * @param options The queries, the features and the signal.
   * @returns The outputs by name.
   * @throws {SessionError} if an input does not fit the graph.
   */
  async run(
    inputs: Readonly<Record<string, Tensor>>,
    { queries, cache, signal }: StepOptions,
  ): Promise<Record<string, Tensor>> {
    const kept = cache?.take(queries);
    if (kept) {
      this.#shallow ??= await this.#openShallow();
      const all: Readonly<Record<string, Tensor>> = { ...inputs, [FEATURES]: kept };
      const own = this.#shallow.inputNames.map((name) => [name, all[name]]);
      return await this.#shallow.run(Object.fromEntries(own), signal);
    }
    const outputs = cache ? undefined : this.#whole.outputNames.filter((name) => name !== FEATURES);
    const { [FEATURES]: features, ...rest } = await this.#whole.run(inputs, signal, outputs);
    cache?.keep(queries, features);
    return rest;
  }

  /** Frees the sessions' memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#whole[Symbol.asyncDispose]();
    await this.#shallow?.[Symbol.asyncDispose]();
  }
}
