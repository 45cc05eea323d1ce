/** Models that several jobs of one process use at a time. */
import type { Model } from "../../lib/diffusion/mod.ts";
import type { ModelShelf, TextModel } from "../../report/mod.ts";
import { GatheredRuns } from "./gathered_runs.ts";

/** What one job sees of it; disposing of it says that the job is over. */
export interface JobShelf extends ModelShelf, Disposable {}

/**
 * Lets jobs share the models of a shelf: what they ask of a network at the same time is one batch, and what opens something for a
 * moment is done by one after another.
 */
export class SharedShelf {
  readonly #shelf: ModelShelf;
  // A model with LoRAs is closed when others are asked for.
  readonly #runs = new WeakMap<Model, GatheredRuns>();
  #turn: Promise<unknown> = Promise.resolve();

  /** @param shelf The models. */
  constructor(shelf: ModelShelf) {
    this.#shelf = shelf;
  }

  /** The shelf for a job. */
  forJob(): JobShelf {
    const shelf = this.#shelf;
    const who = {};
    const views = new Map<Model, Model>();
    const view = <M extends Model>(model: M): M => {
      const found = views.get(model) ?? this.#viewOf(model, who);
      views.set(model, found);
      return found as M;
    };
    const once = <Args extends unknown[], T>(f: (...args: Args) => Promise<T>) => (...args: Args) =>
      this.#inTurn(() => f(...args));
    return {
      described: shelf.described,
      folder: shelf.folder,
      digitDenoiser: shelf.digitDenoiser,
      digits: async (name) => view(await shelf.digits(name)),
      textToImage: async (name, added): Promise<TextModel> => {
        const text = await shelf.textToImage(name, added);
        return {
          ...text,
          // An encoder may take more memory than all else.
          encode: once(text.encode),
          network: async () => view(await this.#inTurn(text.network)),
        };
      },
      superResolution: async (name, first, added) => {
        const second = await shelf.superResolution(name, first, added);
        return second && { ...second, network: async () => view(await this.#inTurn(second.network)) };
      },
      textAttention: async (name) => {
        const attention = await shelf.textAttention(name);
        return { at: once(attention.at.bind(attention)) };
      },
      [Symbol.dispose]: () => {
        for (const model of views.keys()) this.#runs.get(model)?.leave(who);
      },
    };
  }

  /** A network as a job sees it: the same, but that its questions are gathered with those of others. */
  #viewOf<M extends Model>(model: M, who: object): M {
    const runs = this.#runs.get(model) ?? new GatheredRuns(model);
    this.#runs.set(model, runs);
    const own: Pick<Model, "run" | "prepare"> = {
      run: (queries, options) => runs.run(who, queries, options),
      prepare: (conditions) => this.#inTurn(() => model.prepare(conditions)),
    };
    return new Proxy(model, {
      get(target, name) {
        if (Object.hasOwn(own, name)) return own[name as keyof typeof own];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  async #inTurn<T>(f: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(f);
    this.#turn = result.catch(() => {});
    return await result;
  }
}
