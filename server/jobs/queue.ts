/** The interface of a job queue; where jobs run is up to the implementation. */
import type { JobStatus } from "../wire.ts";
import type { Entry } from "./event_log.ts";
import type { JobRequest } from "./job.ts";

/** Accepts jobs, runs them in order, and reports their status. */
export interface JobQueue extends AsyncDisposable {
  /**
   * Requests a job. If one with the same key is waiting or running, returns that: nothing is run twice.
   *
   * @throws {QueueFullError} if too many wait.
   * @throws {NoWorkerError} if no worker could run it.
   */
  start(request: JobRequest): Promise<JobStatus>;
  /** The status of a job; undefined if it does not exist or ended long ago. */
  status(id: string): Promise<JobStatus | undefined>;
  /**
   * The events of a job after a number, past and future, up to the last.
   *
   * @returns undefined if there is no such job.
   */
  watch(
    id: string,
    after: number,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<Entry, void, undefined> | undefined>;
  /** Cancels a job; returns whether there was one to cancel. */
  cancel(id: string): Promise<boolean>;
  /** The name under which the store takes the files of the job running for a key; undefined if there is none. */
  stageOf(key: string): Promise<string | undefined>;
  /** Its counts. */
  counts(): Promise<QueueCounts>;
}

/** The counts of a queue. */
export interface QueueCounts {
  /** Jobs that wait. */
  readonly waiting: number;
  /** Jobs that run. */
  readonly running: number;
  /** Workers that are idle or working. */
  readonly workers: number;
  /** Workers that were replaced. */
  readonly replaced: number;
  /** Jobs that ended, by outcome. */
  readonly ended: Readonly<Record<"done" | "failed" | "cancelled", number>>;
  /** The total running time of jobs, in seconds. */
  readonly seconds: number;
  /** The counts of a fleet; undefined for a local queue. */
  readonly fleet?: FleetCounts;
}

/** The counts of a fleet. */
export interface FleetCounts {
  /** Workers that have the same models share a queue. */
  readonly queues: readonly {
    readonly models: readonly string[];
    readonly waiting: number;
    readonly running: number;
  }[];
  /** The live workers; `jobs` is how many they run at a time, each with so many megabytes. */
  readonly workers: readonly {
    readonly host: string;
    readonly device: string;
    readonly models: readonly string[];
    readonly megabytes: number;
    readonly jobs: number;
    readonly running: number;
  }[];
  /** Finished runs by section, models, place and outcome. */
  readonly runs: readonly {
    readonly section: string;
    readonly models: string;
    readonly host: string;
    readonly how: string;
    readonly count: number;
  }[];
  /** Started jobs, and their total waiting time in seconds. */
  readonly waits: { readonly jobs: number; readonly seconds: number };
}

/** Too many jobs wait. */
export class QueueFullError extends Error {
  override name = "QueueFullError";
  /** When to try again, in seconds. */
  readonly retryAfter: number;

  /**
   * @param waiting How many wait.
   * @param retryAfter When to try again, in seconds.
   */
  constructor(waiting: number, retryAfter: number) {
    super(`${waiting} jobs wait already; there may be room in ${retryAfter} s`);
    this.retryAfter = retryAfter;
  }
}

/** No worker can run a job: the message says what is missing. */
export class NoWorkerError extends Error {
  override name = "NoWorkerError";
}
