/** Spans of what a job does with models: encoding prompts, opening networks, and each stage from its first step to its last. */
import type { Model } from "../../lib/diffusion/mod.ts";
import type { ModelShelf } from "../../report/mod.ts";
import { spanFrom, traced } from "../tracing.ts";

/** A shelf whose use is traced; disposing of it ends the stage that is under way. */
export interface TracedShelf extends ModelShelf, Disposable {}

/**
 * Traces the use of a shelf by one job.
 *
 * @param shelf The models.
 * @param parent The span that they are part of.
 */
export function tracedShelf(shelf: ModelShelf, parent: string): TracedShelf {
  const stages = new Stages(parent);
  const opened = <M extends Model>(model: string, open: () => Promise<M>) =>
    traced(
      "job open network",
      { parent, attributes: { "model": model } },
      async () => stages.observed(model, await open()),
    );
  return {
    ...shelf,
    digits: (name) => opened(name, () => shelf.digits(name)),
    async textToImage(name, added) {
      const text = await shelf.textToImage(name, added);
      return {
        ...text,
        encode: (prompts) => {
          const attributes = { "model": name, "prompts": prompts.length };
          return traced("job encode", { parent, attributes }, () => text.encode(prompts));
        },
        network: () => opened(name, text.network),
      };
    },
    async superResolution(name, first, added) {
      const second = await shelf.superResolution(name, first, added);
      return second && { ...second, network: () => opened(second.name, second.network) };
    },
    [Symbol.dispose]: () => stages[Symbol.dispose](),
  };
}

/** The stages of a job: runs of one network are one until another is asked. */
class Stages implements Disposable {
  readonly #parent: string;
  readonly #views = new WeakMap<Model, Model>();
  #current: { readonly model: Model; readonly end: () => void } | undefined;
  #runs = 0;
  #queries = 0;

  constructor(parent: string) {
    this.#parent = parent;
  }

  /** A network as it is, but that its runs are seen. */
  observed<M extends Model>(name: string, model: M): M {
    const found = this.#views.get(model);
    if (found) return found as M;
    const run: Model["run"] = async (queries, options) => {
      this.#enter(name, model);
      this.#runs++;
      this.#queries += queries.length;
      return await model.run(queries, options);
    };
    const view = new Proxy(model, {
      get(target, key) {
        if (key === "run") return run;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    this.#views.set(model, view);
    return view;
  }

  [Symbol.dispose](): void {
    this.#current?.end();
    this.#current = undefined;
  }

  #enter(name: string, model: Model): void {
    if (this.#current?.model === model) return;
    this.#current?.end();
    [this.#runs, this.#queries] = [0, 0];
    const span = spanFrom("job stage", { parent: this.#parent, attributes: { "model": name } });
    this.#current = {
      model,
      end: () => {
        span.setAttributes({ "stage.runs": this.#runs, "stage.queries": this.#queries });
        span.end();
      },
    };
  }
}
