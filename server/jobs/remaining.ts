/** Estimates the remaining time of a job from its progress. */

/** Follows one job. Time before its first progress event, such as opening a model, does not count. */
export class RemainingTime {
  #first: { readonly left: number; readonly at: number } | undefined;
  #left = 1;

  /**
   * Records a progress event.
   *
   * @param done How many steps are done.
   * @param total Of how many.
   */
  update(done: number, total: number): void {
    this.#left = total > 0 ? Math.max(0, 1 - done / total) : 1;
    this.#first ??= { left: this.#left, at: Date.now() };
  }

  /** The remaining seconds, to a tenth; null if not known yet. */
  get seconds(): number | null {
    const first = this.#first;
    if (!first || this.#left >= first.left) return null;
    return Math.round(10 * this.#left * (Date.now() - first.at) / 1000 / (first.left - this.#left)) / 10;
  }
}
