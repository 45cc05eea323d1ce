import type { SectionEvent } from "../section.ts";

/** Counts a section's work. */
export class Progress {
  readonly #total: number;
  #done = 0;

  /** `total` is the total work, in any unit. */
  constructor(total: number) {
    this.#total = total;
  }

  /** Records finished work. */
  advance(label: string, work = 1): SectionEvent {
    this.#done = Math.min(this.#done + work, this.#total);
    return { type: "progress", done: this.#done, total: this.#total, label };
  }
}
