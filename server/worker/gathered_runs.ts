/** The questions of several jobs for one network, asked as one batch. */
import type { Model, Prediction, Query, RunOptions } from "../../lib/diffusion/mod.ts";

/** How long who asks waits for those who asked with it the last time, in milliseconds: between two steps a job draws its previews. */
const PATIENCE = 30;

/** A job's questions, and what becomes of them. */
interface Ask {
  readonly who: object;
  readonly queries: readonly Query[];
  readonly signal: AbortSignal | undefined;
  readonly resolve: (predictions: Prediction[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what jobs ask of a network that each asks step by step. The first asks at once; those who were answered together
 * are waited for a moment, so that they stay together from step to step, whichever timesteps they are at.
 */
export class GatheredRuns {
  readonly #model: Pick<Model, "run">;
  #waiting: Ask[] = [];
  /** Who was answered together the last time. */
  #together = new Set<object>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;

  /** @param model The network. */
  constructor(model: Pick<Model, "run">) {
    this.#model = model;
  }

  /**
   * Asks. The answers are those that the network gives to these questions alone, but for rounding.
   *
   * @param who The job.
   * @param queries Its questions.
   * @param options With features of earlier steps, which are one job's own, the network is asked for these questions alone.
   * @throws what the network throws for the batch, and the signal's reason, once it is aborted.
   */
  async run(who: object, queries: Query[], options: RunOptions = {}): Promise<Prediction[]> {
    const { signal, features } = options;
    signal?.throwIfAborted();
    if (features || queries.length === 0) return await this.#model.run(queries, options);
    const { promise, resolve, reject } = Promise.withResolvers<Prediction[]>();
    this.#waiting.push({ who, queries, signal, resolve, reject });
    this.#next();
    return await promise;
  }

  /** A job asks no more. */
  leave(who: object): void {
    if (this.#together.delete(who)) this.#next();
  }

  #next(): void {
    if (this.#busy || this.#waiting.length === 0) return;
    const here = new Set(this.#waiting.map(({ who }) => who));
    const missing = [...this.#together].some((who) => !here.has(who));
    if (missing) {
      this.#timer ??= setTimeout(() => void this.#ask(), PATIENCE);
      return;
    }
    void this.#ask();
  }

  /** Asks what all who wait have to ask, of images of one size. */
  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#busy) return;
    const all = this.#waiting;
    for (const { signal, reject } of all) if (signal?.aborted) reject(signal.reason);
    const live = all.filter(({ signal }) => !signal?.aborted);
    const batch = live.filter(({ queries }) => sizeOf(queries) === sizeOf(live[0].queries));
    this.#waiting = live.filter((ask) => !batch.includes(ask));
    if (batch.length === 0) return;
    this.#busy = true;
    this.#together = new Set(live.map(({ who }) => who));
    try {
      const [only] = batch;
      const options = batch.length === 1 ? { signal: only.signal } : {};
      const predictions = await this.#model.run(batch.flatMap(({ queries }) => queries), options);
      let end = 0;
      for (const { queries, resolve } of batch) {
        const [start] = [end, end += queries.length];
        resolve(predictions.slice(start, end));
      }
    } catch (error) {
      await this.#alone(batch, error);
    } finally {
      this.#busy = false;
      this.#next();
    }
  }

  /** Asks one by one where the batch failed, so that no run fails by another's mistake. */
  async #alone(batch: readonly Ask[], error: unknown): Promise<void> {
    if (batch.length === 1) return batch[0].reject(error);
    for (const { queries, signal, resolve, reject } of batch) {
      await this.#model.run([...queries], { signal }).then(resolve, reject);
    }
  }
}

function sizeOf([{ input: { x } }]: readonly Query[]): string {
  return x.shape.slice(1).join();
}
