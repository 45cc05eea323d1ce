/** What the gallery asks of a queue of jobs; where the jobs are run is the queue's own affair. */
import type { JobStatus } from "../wire.ts";
import type { Entry } from "./event_log.ts";
import type { JobRequest } from "./job.ts";

/** Takes jobs, runs them in turn, and tells how they fare. */
export interface JobQueue extends AsyncDisposable {
  /**
   * Asks for a job. While one with the same key waits or runs, it is that one: nothing is run twice.
   *
   * @throws {QueueFullError} if too many wait.
   * @throws {NoWorkerError} if nobody is there who could run it.
   */
  start(request: JobRequest): Promise<JobStatus>;
  /** How a job fares; undefined if there is none, or it was over long ago. */
  status(id: string): Promise<JobStatus | undefined>;
  /**
   * What happens to a job: all events after a number, and those to come, to the last.
   *
   * @returns undefined if there is no such job.
   */
  watch(
    id: string,
    after: number,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<Entry, void, undefined> | undefined>;
  /** Ends a job; whether there was one that was not over. */
  cancel(id: string): Promise<boolean>;
  /** The name under which the store takes the files of the job that runs for a key; undefined if none does. */
  stageOf(key: string): Promise<string | undefined>;
  /** What can be counted. */
  counts(): Promise<QueueCounts>;
}

/** Numbers of a queue. */
export interface QueueCounts {
  /** Jobs that wait. */
  readonly waiting: number;
  /** Jobs that run. */
  readonly running: number;
  /** Workers that stand ready or work. */
  readonly workers: number;
  /** Workers that were replaced. */
  readonly replaced: number;
  /** Jobs that ended, by how they did. */
  readonly ended: Readonly<Record<"done" | "failed" | "cancelled", number>>;
  /** Seconds that jobs have run, all together. */
  readonly seconds: number;
  /** What can be counted of a fleet; undefined where all is on this machine. */
  readonly fleet?: FleetCounts;
}

/** Numbers of a fleet. */
export interface FleetCounts {
  /** Workers that have the same models share a queue. */
  readonly queues: readonly {
    readonly models: readonly string[];
    readonly waiting: number;
    readonly running: number;
  }[];
  /** The workers that are there; `jobs` is how many they run at a time, each with so many megabytes. */
  readonly workers: readonly {
    readonly host: string;
    readonly device: string;
    readonly models: readonly string[];
    readonly megabytes: number;
    readonly jobs: number;
    readonly running: number;
  }[];
  /** Runs that are over: of which section, with which models, where, and how they ended. */
  readonly runs: readonly {
    readonly section: string;
    readonly models: string;
    readonly host: string;
    readonly how: string;
    readonly count: number;
  }[];
  /** Jobs that have begun, and the seconds that they have waited, all together. */
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

/** Nobody is there who could run a job: its message says what is missing. */
export class NoWorkerError extends Error {
  override name = "NoWorkerError";
}
