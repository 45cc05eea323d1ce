/** Models that are open, as long as their files are those that were read. */
import { findModel } from "../../lib/models/mod.ts";
import type { OpenModels } from "../../report/mod.ts";
import { stateOf } from "../model_digest.ts";
import { type JobShelf, SharedShelf } from "./shared_shelf.ts";

/** A shelf, and how many jobs use it. */
interface Opened {
  readonly models: OpenModels;
  readonly shared: SharedShelf;
  jobs: number;
  /** Whether another one has taken its place. */
  old: boolean;
}

/** Models for one job. */
export interface ModelsOfJob extends AsyncDisposable {
  /** The shelf. */
  readonly models: JobShelf;
}

/** Keeps models open from job to job, and opens them again where their files were written again. */
export class CurrentModels {
  readonly #open: () => OpenModels;
  readonly #states = new Map<string, string>();
  #opened: Opened;

  /** @param open Gives a shelf on which nothing is open yet. */
  constructor(open: () => OpenModels) {
    this.#open = open;
    this.#opened = opened(open());
  }

  /**
   * The models for a job, until it disposes of them. Jobs that run at the same time have the same, unless files were written in
   * between: then those that came before go on with what they have.
   */
  async for(names: readonly string[]): Promise<ModelsOfJob> {
    const states = new Map<string, string>();
    for (const name of names) {
      const state = await findModel(name).then(stateOf).catch(() => undefined);
      if (state !== undefined) states.set(name, state);
    }
    const changed = [...states].some(([name, state]) => (this.#states.get(name) ?? state) !== state);
    if (changed) {
      const old = this.#opened;
      this.#opened = opened(this.#open());
      this.#states.clear();
      old.old = true;
      await closeIfUnused(old);
    }
    // Before anything is opened: what is written in between is seen the next time.
    for (const [name, state] of states) this.#states.set(name, state);
    const own = this.#opened;
    own.jobs++;
    const models = own.shared.forJob();
    return {
      models,
      async [Symbol.asyncDispose]() {
        models[Symbol.dispose]();
        own.jobs--;
        await closeIfUnused(own);
      },
    };
  }
}

function opened(models: OpenModels): Opened {
  return { models, shared: new SharedShelf(models), jobs: 0, old: false };
}

async function closeIfUnused({ models, jobs, old }: Opened): Promise<void> {
  if (old && jobs === 0) await models[Symbol.asyncDispose]();
}
