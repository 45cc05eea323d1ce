/** Asks a fleet for results from the command line: without pages, with the same queue and the same store. */
import { ArgumentError, described } from "../../lib/errors.ts";
import type { JobRequest } from "../jobs/job.ts";
import { requestJob } from "../jobs/request_job.ts";
import { QueueFullError } from "../jobs/queue.ts";
import type { JobEvent, JobStatus, WireResult } from "../wire.ts";
import type { FleetResults } from "./fleet_results.ts";
import type { Member } from "./members.ts";
import { RedisQueue } from "./redis_queue.ts";

/** How a {@linkcode FleetClient} asks. */
export interface FleetClientOptions {
  /** The address of the Redis. */
  readonly address: string;
  /** Who asks. */
  readonly member: Member;
  /** Where results are. */
  readonly results: FleetResults;
  /** How many jobs may wait for workers of a kind. */
  readonly limit: number;
  /** How long a job goes on that nobody watches, in milliseconds. */
  readonly unwatched: number;
  /** How long a job may take, in milliseconds. */
  readonly jobTime: number;
}

/** A job that came to nothing; its message says why. */
export class FleetJobError extends Error {
  override name = "FleetJobError";
}

/** A place in a fleet of somebody who asks. */
export class FleetClient implements AsyncDisposable {
  readonly #queue: RedisQueue;
  readonly #results: FleetResults;

  private constructor(queue: RedisQueue, results: FleetResults) {
    this.#queue = queue;
    this.#results = results;
  }

  /**
   * Joins a fleet.
   *
   * @throws {ArgumentError} if the Redis does not answer.
   * @throws {FleetVersionError} if others of the fleet have another version.
   */
  static async open({ results, ...options }: FleetClientOptions): Promise<FleetClient> {
    return new FleetClient(await RedisQueue.open(options), results);
  }

  /** Where results are. */
  get results(): FleetResults {
    return this.#results;
  }

  /**
   * Runs a job, or takes its result from the store. Where too many wait, it waits until there is room.
   *
   * @param request What to run.
   * @param onProgress Is called with how far it is, from 0 to 1; less again where the job begins anew.
   * @param signal Cancels it.
   * @throws {NoWorkerError} if nobody is there who could run it.
   * @throws {ArgumentError} if the job finds an argument wrong.
   * @throws {FleetJobError} if it comes to nothing.
   * @throws The signal's reason, once it is aborted.
   */
  async run(
    request: JobRequest,
    onProgress: (part: number) => void,
    signal: AbortSignal,
  ): Promise<WireResult> {
    const kept = await this.#results.get(request.key);
    if (kept) return kept;
    const { id } = await this.#start(request, signal);
    for await (const { json } of await this.#queue.watch(id, 0, signal) ?? []) {
      const event = JSON.parse(json) as JobEvent;
      if (event.type === "started") onProgress(0);
      if (event.type === "progress") onProgress(event.total > 0 ? event.done / event.total : 0);
      if (event.type === "failed") throw errorOf(event);
      if (event.type === "cancelled") throw new FleetJobError("The job was cancelled.");
    }
    if (signal.aborted) {
      await this.#queue.cancel(id);
      throw signal.reason;
    }
    const made = await this.#results.get(request.key);
    if (made) return made;
    throw new FleetJobError(
      "The job is done, and its result is not where the workers' results should be: " +
        "give the --store or the --gallery that they have.",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
  }

  async #start(request: JobRequest, signal: AbortSignal): Promise<JobStatus> {
    while (true) {
      signal.throwIfAborted();
      try {
        return await requestJob(request, (request) => this.#queue.start(request));
      } catch (error) {
        if (!(error instanceof QueueFullError)) throw error;
        await sleep(Math.min(1000 * error.retryAfter, 2000), signal);
      }
    }
  }
}

function errorOf(event: Extract<JobEvent, { type: "failed" }>): Error {
  const { message, argument, found, expected } = event;
  if (argument === undefined) return new FleetJobError(message);
  return new ArgumentError(argument, described(found!), expected!);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
