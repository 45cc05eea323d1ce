/**
 * Asks one question at a time, and of those that come meanwhile the last alone: what is dragged asks faster than a network answers.
 */
export class Latest {
  #running = false;
  #waiting: ((go: boolean) => void) | undefined;

  /** Whether a question is under way, or waits. */
  get busy(): boolean {
    return this.#running;
  }

  /**
   * Asks, once what is under way is answered.
   *
   * @param ask What asks.
   * @returns The answer; undefined where a later question has come before this one was asked.
   * @throws What `ask` throws.
   */
  async run<T>(ask: () => Promise<T>): Promise<T | undefined> {
    this.#waiting?.(false);
    this.#waiting = undefined;
    if (this.#running) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      this.#waiting = resolve;
      if (!await promise) return undefined;
    }
    this.#running = true;
    try {
      return await ask();
    } finally {
      const next = this.#waiting;
      this.#waiting = undefined;
      this.#running = next !== undefined;
      next?.(true);
    }
  }
}
