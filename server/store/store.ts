/** The interface of a store of results; where they are stored is up to the implementation. */
import type { Entry } from "../jobs/event_log.ts";
import type { JobRequest } from "../jobs/job.ts";
import type { TimedRun } from "../pace.ts";
import type { WireFigure, WireResult } from "../wire.ts";

/** The sink for a result: its files one by one, then the record. Each call may be repeated. */
export interface ResultSink {
  /** Makes ready for the files of a job. */
  stage(job: string): Promise<void>;
  /** Takes a file of a job that runs. It can be seen, but is no result yet. */
  put(job: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /**
   * Keeps a result whose files were put. When this is done, it outlives the store's process; before, nothing of it is there.
   *
   * @param job The job that made it.
   * @param request The request.
   * @param figures What was made; the file of each was put.
   * @param seconds How long it took.
   * @param events How it came about.
   */
  keep(
    job: string,
    request: JobRequest,
    figures: readonly WireFigure[],
    seconds: number,
    events: readonly Entry[],
  ): Promise<void>;
  /** Forgets the files of a job that was not finished; nothing where there are none. */
  discard(job: string): Promise<void>;
  /** The events by which a result came about, for those who want to see it again; undefined if it is not kept. */
  events(key: string): Promise<Entry[] | undefined>;
}

/** Keeps results, and gives them back. */
export interface Store extends ResultSink {
  /** A result; undefined if it is not kept. */
  get(key: string): Promise<WireResult | undefined>;
  /** A file of a result; undefined if there is none. */
  file(key: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** A file of a job that runs; undefined if there is none yet, or no longer. */
  staged(job: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The latest results of a section: by which parameters, and how long each took, in seconds. */
  recent(section: string): Promise<TimedRun[]>;
  /** How many results there are, and how many bytes they have. */
  size(): Promise<StoreSize>;
}

/** The size of a store. */
export interface StoreSize {
  /** How many results. */
  readonly results: number;
  /** The bytes of their files. */
  readonly bytes: number;
}
