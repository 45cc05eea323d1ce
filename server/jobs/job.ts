/** A request to run a section with certain parameters. */
import type { JobEvent, JobState, JobStatus, Parameters } from "../wire.ts";
import { EventLog } from "./event_log.ts";
import { RemainingTime } from "./remaining.ts";

/** The request. */
export interface JobRequest {
  /** The section's id. */
  readonly section: string;
  /** All parameters, checked. */
  readonly parameters: Parameters;
  /** The name of the result. */
  readonly key: string;
  /** The models by name, with the digests of their weights. */
  readonly models: Readonly<Record<string, string>>;
  /** The span of the request, as `traceParent` gives it, if traces are recorded. */
  readonly trace?: string;
}

/** A job, from the queue to its end. */
export class Job {
  /** Its id, which cannot be guessed. */
  readonly id: string = crypto.randomUUID();
  /** The request. */
  readonly request: JobRequest;
  /** Its events. */
  readonly log: EventLog = new EventLog();
  /** Aborts it. */
  readonly abort: AbortController = new AbortController();
  /** Its state. */
  state: JobState = "queued";
  /** When it was requested, started and ended, in milliseconds. */
  readonly created: number = Date.now();
  started: number | undefined;
  ended: number | undefined;
  /** What went wrong. */
  error: JobStatus["error"];
  /** The estimate of the remaining time. */
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

  /** Since when nobody has been watching, in milliseconds; undefined while somebody is. */
  get unwatchedSince(): number | undefined {
    return this.#watchers > 0 ? undefined : this.#seen;
  }

  /** Adds a watcher. Call the returned function when it leaves. */
  watch(): Disposable {
    this.#watchers++;
    return {
      [Symbol.dispose]: () => {
        this.#watchers--;
        this.#seen = Date.now();
      },
    };
  }

  /** Records a status request. */
  touch(): void {
    this.#seen = Date.now();
  }

  /** Ends it. Later calls have no effect. */
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
