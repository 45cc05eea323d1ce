/** How long a job still takes, by how far it is. */

/** Follows one job. What goes before its first word, such as opening a model, is no measure of its pace. */
export class RemainingTime {
  #first: { readonly left: number; readonly at: number } | undefined;
  #left = 1;

  /**
   * The job has told how far it is.
   *
   * @param done How many steps are done.
   * @param total Of how many.
   */
  told(done: number, total: number): void {
    this.#left = total > 0 ? Math.max(0, 1 - done / total) : 1;
    this.#first ??= { left: this.#left, at: Date.now() };
  }

  /** The seconds that are left, to a tenth; null where nothing can be said yet. */
  get seconds(): number | null {
    const first = this.#first;
    if (!first || this.#left >= first.left) return null;
    return Math.round(10 * this.#left * (Date.now() - first.at) / 1000 / (first.left - this.#left)) / 10;
  }
}
