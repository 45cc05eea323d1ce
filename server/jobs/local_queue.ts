/** A queue within the server, with worker processes on the same machine. */
import type { ResultSink } from "../store/store.ts";
import type { JobStatus } from "../wire.ts";
import { SectionRunner } from "../worker/section_runner.ts";
import type { WorkerCommand } from "../worker/worker_process.ts";
import type { Entry } from "./event_log.ts";
import { Job, type JobRequest } from "./job.ts";
import { tracedRun } from "./traced_run.ts";
import { publishKeptResult } from "./kept_result.ts";
import { type JobQueue, type QueueCounts, QueueFullError } from "./queue.ts";
import { runJob } from "./run_job.ts";

/** The options of a {@linkcode LocalQueue}. */
export interface LocalQueueOptions {
  /** How workers are started. */
  readonly command: WorkerCommand;
  /** The store of results. */
  readonly store: ResultSink;
  /** How long a section has taken lately, in seconds; unknown by default. */
  readonly typicalSeconds?: (section: string) => number | undefined;
  /** How many workers there are. */
  readonly workers: number;
  /** The maximum number of waiting jobs. */
  readonly limit: number;
  /** How long a job that nobody watches goes on, in milliseconds. */
  readonly unwatched: number;
  /** The time limit of a job, in milliseconds. */
  readonly jobTime: number;
  /** Whether the models of a job are unchanged since it was requested; by default always true. */
  readonly isCurrent?: (request: JobRequest) => Promise<boolean>;
  /** The memory limit, in megabytes, beyond which a worker is replaced after its job. */
  readonly workerMegabytes: number;
}

/** How long a finished job is kept, in milliseconds. */
const MEMORY = 600_000;

/** How long a finished job's previews are kept in memory; those of results are on disk too. */
const PREVIEW_MEMORY = 15_000;

/** The initial estimate of a job's time, in seconds. */
const GUESS = 20;

/** A worker slot, with one job at a time. */
interface Slot {
  readonly runner: SectionRunner;
  job: Job | undefined;
  /** Settles when its job is over. */
  work: Promise<void>;
}

/** Runs jobs in order; each worker runs one at a time. */
export class LocalQueue implements JobQueue {
  readonly #options: LocalQueueOptions;
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  readonly #slots: readonly Slot[];
  readonly #ended = { done: 0, failed: 0, cancelled: 0 };
  readonly #timer: ReturnType<typeof setInterval>;
  /** The jobs whose files are being stored. */
  readonly #staged = new Set<Job>();
  #replaced = 0;
  #seconds = 0;
  #closing = false;

  /** Starts the workers. */
  constructor(options: LocalQueueOptions) {
    this.#options = options;
    const { command, workers, workerMegabytes } = options;
    this.#slots = Array.from({ length: workers }, () => ({
      runner: new SectionRunner(command, {
        megabytes: workerMegabytes,
        onReplaced: () => this.#replaced++,
      }),
      job: undefined,
      work: Promise.resolve(),
    }));
    this.#timer = setInterval(() => this.#sweep(), Math.min(1000, options.unwatched / 2));
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  // deno-lint-ignore require-await
  async start(request: JobRequest): Promise<JobStatus> {
    const same = [...this.#jobs.values()].find((job) => job.request.key === request.key && !job.over);
    if (same) {
      same.touch();
      return this.#statusOf(same);
    }
    if (this.#waiting.length >= this.#options.limit) {
      throw new QueueFullError(this.#waiting.length, Math.max(1, Math.ceil(this.#waitAt(0) + 1)));
    }
    const job = new Job(request);
    this.#jobs.set(job.id, job);
    this.#waiting.push(job);
    this.#next();
    if (job.state === "queued") this.#publishPositions();
    return this.#statusOf(job);
  }

  // deno-lint-ignore require-await
  async status(id: string): Promise<JobStatus | undefined> {
    const job = this.#jobs.get(id);
    job?.touch();
    return job && this.#statusOf(job);
  }

  // deno-lint-ignore require-await
  async watch(
    id: string,
    after: number,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<Entry, void, undefined> | undefined> {
    const job = this.#jobs.get(id);
    if (!job) return undefined;
    return (async function* () {
      using _watcher = job.watch();
      yield* job.log.watch(after, signal);
    })();
  }

  // deno-lint-ignore require-await
  async cancel(id: string): Promise<boolean> {
    const job = this.#jobs.get(id);
    if (!job || job.over) return false;
    this.#cancel(job);
    return true;
  }

  // deno-lint-ignore require-await
  async stageOf(key: string): Promise<string | undefined> {
    const job = [...this.#jobs.values()].find(({ request, over }) => request.key === key && !over);
    return job && this.#staged.has(job) ? job.id : undefined;
  }

  /** The ids of the processes that are idle or working. */
  get workerPids(): number[] {
    return this.#slots.flatMap(({ runner }) => runner.pid ?? []);
  }

  // deno-lint-ignore require-await
  async counts(): Promise<QueueCounts> {
    return {
      waiting: this.#waiting.length,
      running: this.#slots.filter(({ job }) => job).length,
      workers: this.workerPids.length,
      replaced: this.#replaced,
      ended: { ...this.#ended },
      seconds: this.#seconds,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    for (const job of this.#waiting.splice(0)) this.#end(job, "cancelled", { type: "cancelled" });
    await Promise.all(this.#slots.map(async ({ runner, work }) => {
      await runner[Symbol.asyncDispose]();
      await work;
    }));
  }

  /** Assigns waiting jobs to idle workers. */
  #next(): void {
    for (const slot of this.#slots) {
      if (slot.job || this.#closing) continue;
      const job = this.#waiting.shift();
      if (!job) return;
      slot.job = job;
      job.state = "running";
      job.started = Date.now();
      job.log.append({ type: "started" });
      slot.work = this.#run(slot, job);
      this.#publishPositions();
    }
  }

  async #run(slot: Slot, job: Job): Promise<void> {
    const { store, isCurrent } = this.#options;
    const { section, parameters, models } = job.request;
    await tracedRun(job.id, job.request, {}, async () => {
      const kept = await publishKeptResult(store, job.request.key, (event) => job.log.append(event));
      const last = kept ?? await runJob({
        stage: job.id,
        request: job.request,
        run: { job: job.id, section, parameters, models: Object.keys(models) },
        runner: slot.runner,
        sink: store,
        remaining: job.remaining,
        signal: job.abort.signal,
        onStaged: () => this.#staged.add(job),
        isCurrent: async () => await isCurrent?.(job.request) ?? true,
        tell: (event) => job.log.append(event),
        entries: () => job.log.entries,
      });
      this.#end(job, last.type, last);
      return last.type;
    });
    slot.job = undefined;
    this.#next();
  }

  #cancel(job: Job): void {
    job.abort.abort();
    const at = this.#waiting.indexOf(job);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      this.#end(job, "cancelled", { type: "cancelled" });
      this.#publishPositions();
      return;
    }
  }

  #end(job: Job, state: "done" | "failed" | "cancelled", event: Parameters<Job["end"]>[1]): void {
    if (job.over) return;
    job.end(state, event);
    this.#staged.delete(job);
    this.#ended[state]++;
    if (job.started) this.#seconds += (job.ended! - job.started) / 1000;
  }

  /** Runs periodically: cancels jobs that nobody watches or that take too long, and forgets old ones. */
  #sweep(): void {
    const now = Date.now();
    for (const job of this.#jobs.values()) {
      if (job.over) {
        if (now - job.ended! > PREVIEW_MEMORY) job.log.forgetPreviews();
        if (now - job.ended! > MEMORY) this.#jobs.delete(job.id);
        continue;
      }
      const { unwatchedSince, started } = job;
      const unwatched = unwatchedSince !== undefined && now - unwatchedSince > this.#options.unwatched;
      const late = started !== undefined && now - started > this.#options.jobTime;
      if ((unwatched || late) && !job.abort.signal.aborted) this.#cancel(job);
    }
  }

  #publishPositions(): void {
    for (const [i, job] of this.#waiting.entries()) {
      job.log.append({ type: "queued", position: i + 1, wait: Math.round(this.#waitAt(i)) });
    }
  }

  /** The seconds until the job at a position in the queue starts. */
  #waitAt(index: number): number {
    let seconds = 0;
    for (const { job } of this.#slots) if (job) seconds += job.remaining.seconds ?? this.#typical(job);
    for (const job of this.#waiting.slice(0, index)) seconds += this.#typical(job);
    return seconds / this.#slots.length;
  }

  #typical(job: Job): number {
    return this.#options.typicalSeconds?.(job.request.section) ?? GUESS;
  }

  #statusOf(job: Job): JobStatus {
    const { section, parameters, key } = job.request;
    const index = this.#waiting.indexOf(job);
    return {
      id: job.id,
      section,
      parameters,
      key,
      state: job.state,
      position: index + 1,
      wait: index < 0 ? 0 : Math.round(this.#waitAt(index)),
      cached: false,
      ...(job.error && { error: job.error }),
    };
  }
}
