/** One wish to see a section run with certain parameters. */
import type { JobEvent, JobState, JobStatus, Parameters } from "../wire.ts";
import { EventLog } from "./event_log.ts";
import { RemainingTime } from "./remaining.ts";

/** What is to be run. */
export interface JobRequest {
  /** The section's id. */
  readonly section: string;
  /** All parameters, checked. */
  readonly parameters: Parameters;
  /** The name of the result. */
  readonly key: string;
  /** The models by name, and what their weights are known by. */
  readonly models: Readonly<Record<string, string>>;
  /** The span of the request, as `traceParent` gives it, where traces are recorded. */
  readonly trace?: string;
}

/** A job, from the queue to its end. */
export class Job {
  /** Its name, which cannot be guessed. */
  readonly id: string = crypto.randomUUID();
  /** What it is to run. */
  readonly request: JobRequest;
  /** Its events. */
  readonly log: EventLog = new EventLog();
  /** Aborts it. */
  readonly abort: AbortController = new AbortController();
  /** Where it is. */
  state: JobState = "queued";
  /** When it was asked for, started and over, in milliseconds. */
  readonly created: number = Date.now();
  started: number | undefined;
  ended: number | undefined;
  /** What went wrong. */
  error: JobStatus["error"];
  /** How long it still takes. */
  readonly remaining: RemainingTime = new RemainingTime();
  #watchers = 0;
  #seen = Date.now();

  constructor(request: JobRequest) {
    this.request = request;
  }

  /** Whether it is over. */
  get over(): boolean {
    return this.state !== "queued" && this.state !== "running";
  }

  /** Since when nobody watches, in milliseconds; undefined while somebody does. */
  get unwatchedSince(): number | undefined {
    return this.#watchers > 0 ? undefined : this.#seen;
  }

  /** Somebody looks at it. The outcome tells that they do no longer. */
  watch(): Disposable {
    this.#watchers++;
    return {
      [Symbol.dispose]: () => {
        this.#watchers--;
        this.#seen = Date.now();
      },
    };
  }

  /** Somebody has asked how it is. */
  touch(): void {
    this.#seen = Date.now();
  }

  /** It is over. Later calls change nothing. */
  end(state: "done" | "failed" | "cancelled", event: JobEvent): void {
    if (this.over) return;
    this.state = state;
    this.ended = Date.now();
    if (event.type === "failed") {
      const { type: _, ...error } = event;
      this.error = error;
    }
    this.log.append(event);
  }
}
