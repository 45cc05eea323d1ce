/** The numbered events of one job, for watching and for resuming after a reconnect. */
import type { JobEvent } from "../wire.ts";

/** A numbered event. */
export interface Entry {
  /** Its number, from 1. */
  readonly id: number;
  /** The kind of event. */
  readonly type: JobEvent["type"];
  /** The event as JSON. */
  readonly json: string;
}

const FINAL: readonly JobEvent["type"][] = ["done", "failed", "cancelled"];

/** The default limit of kept previews, in characters. */
const LIMIT = 24_000_000;

/** The events of one job. When there are too many previews, every other old one is dropped. */
export class EventLog {
  #entries: Entry[] = [];
  #last = 0;
  #size = 0;
  #changed = Promise.withResolvers<void>();
  readonly #limit: number;

  /** @param limit How many characters are kept. */
  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /** Whether the last event was added. */
  get closed(): boolean {
    const last = this.#entries.at(-1);
    return last !== undefined && FINAL.includes(last.type);
  }

  /** The number of the next event. */
  get nextId(): number {
    return this.#last + 1;
  }

  /** The kept events, in order. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The size of the kept events, in characters. */
  get size(): number {
    return this.#size;
  }

  /** Adds an event; nothing is added after the last. */
  append(event: JobEvent): void {
    if (this.closed) return;
    // Of progress and queue events, only the latest is kept.
    const previous = this.#entries.at(-1);
    if (previous?.type === event.type && (event.type === "progress" || event.type === "queued")) {
      this.#drop(previous);
    }
    const entry = { id: ++this.#last, type: event.type, json: JSON.stringify(event) };
    this.#entries.push(entry);
    this.#size += entry.json.length;
    while (this.#size > this.#limit && this.#thin());
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }

  /**
   * The events after a number, past and future.
   *
   * @param after The number of the last known event.
   * @param signal Ends the iteration.
   */
  async *watch(after: number, signal: AbortSignal): AsyncGenerator<Entry, void, undefined> {
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true })
    );
    let known = after;
    while (!signal.aborted) {
      const changed = this.#changed.promise;
      for (const entry of [...this.#entries]) {
        if (entry.id <= known) continue;
        known = entry.id;
        yield entry;
        if (signal.aborted) return;
      }
      // Events that arrived meanwhile, including the last, are yielded on the next turn.
      if (this.closed && known >= this.#last) return;
      await Promise.race([changed, aborted]);
    }
  }

  /** Frees memory once few clients will ask. */
  forgetPreviews(): void {
    while (this.#thin());
  }

  #drop(entry: Entry): void {
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#size -= entry.json.length;
  }

  /** Drops every other preview except the latest; returns whether there were any. */
  #thin(): boolean {
    const previews = this.#entries.filter((entry) => entry.type === "preview").slice(0, -1);
    for (let i = previews.length - 1; i >= 0; i -= 2) this.#drop(previews[i]);
    return previews.length > 0;
  }
}
