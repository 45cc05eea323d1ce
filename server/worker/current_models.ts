/** Models that are open, as long as their files are those that were read. */
import { findModel } from "../../lib/models/mod.ts";
import type { OpenModels } from "../../report/mod.ts";
import { stateOf } from "../model_digest.ts";

/** Keeps models open from job to job, and opens them again where their files were written again. */
export class CurrentModels {
  readonly #open: () => OpenModels;
  readonly #states = new Map<string, string>();
  #models: OpenModels;

  /** @param open Gives a shelf on which nothing is open yet. */
  constructor(open: () => OpenModels) {
    this.#open = open;
    this.#models = open();
  }

  /** The shelf for a job. No other may run. */
  async for(names: readonly string[]): Promise<OpenModels> {
    const states = new Map<string, string>();
    for (const name of names) {
      const state = await findModel(name).then(stateOf).catch(() => undefined);
      if (state !== undefined) states.set(name, state);
    }
    const changed = [...states].some(([name, state]) => (this.#states.get(name) ?? state) !== state);
    if (changed) {
      const old = this.#models;
      this.#models = this.#open();
      this.#states.clear();
      await old[Symbol.asyncDispose]();
    }
    // Before anything is opened: what is written in between is seen the next time.
    for (const [name, state] of states) this.#states.set(name, state);
    return this.#models;
  }
}
