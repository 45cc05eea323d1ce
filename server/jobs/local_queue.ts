/** A queue within the server, before worker processes on the same machine. */
import { textHtml } from "../rich_text.ts";
import { DISK_FULL, isDiskFull } from "../store/disk_full.ts";
import type { ResultSink } from "../store/store.ts";
import type { JobStatus, WireFigure } from "../wire.ts";
import type { FromWorker } from "../worker/protocol.ts";
import { type WorkerCommand, WorkerProcess } from "../worker/worker_process.ts";
import type { Entry } from "./event_log.ts";
import { Job, type JobRequest } from "./job.ts";
import { type JobQueue, type QueueCounts, QueueFullError } from "./queue.ts";

/** How a {@linkcode LocalQueue} works. */
export interface LocalQueueOptions {
  /** How workers are started. */
  readonly command: WorkerCommand;
  /** Where results are kept. */
  readonly store: ResultSink;
  /** How long a section has taken lately, in seconds; nothing is known unless given. */
  readonly typicalSeconds?: (section: string) => number | undefined;
  /** How many workers there are. */
  readonly workers: number;
  /** How many jobs may wait. */
  readonly limit: number;
  /** How long a job goes on that nobody watches, in milliseconds. */
  readonly unwatched: number;
  /** How long a job may take, in milliseconds. */
  readonly jobTime: number;
  /** Whether the models of a job are still those that it was asked for with; by default they always are. */
  readonly isCurrent?: (request: JobRequest) => Promise<boolean>;
  /** A worker that has used more megabytes is replaced after its job. */
  readonly workerMegabytes: number;
}

/** How long a worker may take to respond to a cancellation, before it is killed, in milliseconds. */
const PATIENCE = 5000;

/** How long a job can be asked for when it is over, in milliseconds. */
const MEMORY = 600_000;

/** How long after the end of a job its previews are in memory; those of results are on the disk too. */
const PREVIEW_MEMORY = 15_000;

/** A worker that ends within this time of its start is not started again at once, in milliseconds. */
const TOO_SOON = 1000;

/** What the first guess of a job's time is, in seconds. */
const GUESS = 20;

/** The message for a job whose models were trained on in the meantime: its pictures may be of either. */
const CHANGED = "The files of a model were changed while this was computed: start it again.";

/** A slot for a worker process. */
interface WorkerSlot {
  worker: WorkerProcess | undefined;
  job: Job | undefined;
  figures: WireFigure[];
  /** The messages that are being handled, in order. */
  work: Promise<void>;
  since: number;
  /** Whether the job was sent to the worker. */
  sent: boolean;
  /** Whether the worker is to be replaced: it uses too much memory, or does not respond. */
  retired: boolean;
}

/** Runs jobs in turn; each worker one at a time. */
export class LocalQueue implements JobQueue {
  readonly #options: LocalQueueOptions;
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  readonly #slots: WorkerSlot[];
  readonly #ended = { done: 0, failed: 0, cancelled: 0 };
  readonly #timer: ReturnType<typeof setInterval>;
  /** The jobs whose files the store takes. */
  readonly #staged = new Set<Job>();
  #replaced = 0;
  #seconds = 0;
  #closing = false;

  /** Starts the workers. */
  constructor(options: LocalQueueOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.workers }, () => ({
      worker: undefined,
      job: undefined,
      figures: [],
      work: Promise.resolve(),
      since: 0,
      sent: false,
      retired: false,
    }));
    for (const slot of this.#slots) this.#spawn(slot);
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
    if (job.state === "queued") this.#tellPositions();
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

  /** The numbers of the processes that stand ready or work. */
  get workerPids(): number[] {
    return this.#slots.flatMap(({ worker }) => worker ? [worker.pid] : []);
  }

  // deno-lint-ignore require-await
  async counts(): Promise<QueueCounts> {
    return {
      waiting: this.#waiting.length,
      running: this.#slots.filter(({ job }) => job).length,
      workers: this.#slots.filter(({ worker }) => worker).length,
      replaced: this.#replaced,
      ended: { ...this.#ended },
      seconds: this.#seconds,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    for (const job of this.#waiting.splice(0)) this.#end(job, "cancelled", { type: "cancelled" });
    await Promise.all(this.#slots.map(async (slot) => {
      await slot.work;
      await slot.worker?.kill();
      await slot.work;
    }));
  }

  /** Spawns the worker of a slot. */
  #spawn(slot: WorkerSlot): void {
    if (this.#closing) return;
    slot.since = Date.now();
    slot.retired = false;
    const worker = new WorkerProcess(this.#options.command, (message) => {
      if (slot.worker === worker) slot.work = slot.work.then(() => this.#onMessage(slot, message));
    });
    slot.worker = worker;
    worker.ended.then(async (how) => {
      await slot.work;
      if (slot.worker !== worker) return;
      slot.worker = undefined;
      await this.#onExit(slot, how);
    });
  }

  /** Handles the end of a worker, by itself or because it was killed. */
  async #onExit(slot: WorkerSlot, how: string): Promise<void> {
    const { job } = slot;
    if (job) {
      await this.#options.store.discard(job.id);
      if (job.abort.signal.aborted) this.#end(job, "cancelled", { type: "cancelled" });
      else if (!slot.sent && !this.#closing) this.#requeue(job);
      else {
        const message = `The process that computed this ended (${how}): it may have run out of memory. ` +
          "Another one has taken its place.";
        console.error(`job ${job.id}: ${job.request.section}: worker ended: ${how}`);
        this.#end(job, "failed", { type: "failed", message });
      }
      slot.job = undefined;
    }
    if (this.#closing) return;
    this.#replaced++;
    if (Date.now() - slot.since < TOO_SOON) await new Promise((resolve) => setTimeout(resolve, TOO_SOON));
    this.#spawn(slot);
    this.#next();
  }

  /** Puts a job back that was never sent to its worker. */
  #requeue(job: Job): void {
    job.state = "queued";
    job.started = undefined;
    this.#staged.delete(job);
    this.#waiting.unshift(job);
  }

  /** Hands waiting jobs to idle workers. */
  #next(): void {
    for (const slot of this.#slots) {
      if (slot.job || !slot.worker || slot.retired) continue;
      const job = this.#waiting.shift();
      if (!job) return;
      slot.job = job;
      slot.figures = [];
      slot.sent = false;
      job.state = "running";
      job.started = Date.now();
      job.log.append({ type: "started" });
      const { worker } = slot;
      slot.work = slot.work.then(async () => {
        try {
          await this.#options.store.stage(job.id);
          this.#staged.add(job);
          if (job.abort.signal.aborted) {
            this.#end(job, "cancelled", { type: "cancelled" });
            slot.job = undefined;
            return this.#next();
          }
          const { section, parameters, models } = job.request;
          if (slot.worker !== worker || slot.retired) return;
          slot.sent = true;
          worker.tell({ type: "run", job: job.id, section, parameters, models: Object.keys(models) });
        } catch (error) {
          await this.#failed(slot, job, error);
        }
      });
      this.#tellPositions();
    }
  }

  /** Handles a message of a worker. */
  async #onMessage(slot: WorkerSlot, message: FromWorker): Promise<void> {
    if (message.type === "ready") return;
    const { job } = slot;
    if (!job || job.id !== message.job) return;
    try {
      switch (message.type) {
        case "event": {
          const { event } = message;
          if (event.type !== "progress") return job.log.append(event);
          job.remaining.told(event.done, event.total);
          return job.log.append({ ...event, remaining: job.remaining.seconds });
        }
        case "figure": {
          const { data } = message;
          const figure = { ...message.figure, caption: textHtml(message.figure.caption) };
          await this.#options.store.put(job.id, figure.file, Uint8Array.fromBase64(data));
          slot.figures.push(figure);
          return job.log.append({ type: "figure", figure });
        }
        case "end": {
          const seconds = (Date.now() - job.started!) / 1000;
          const done = { type: "done", seconds } as const;
          const last = { id: job.log.nextId, type: done.type, json: JSON.stringify(done) };
          const { store, workerMegabytes, isCurrent } = this.#options;
          slot.retired = message.megabytes > workerMegabytes;
          if (isCurrent && !await isCurrent(job.request)) {
            await store.discard(job.id);
            this.#end(job, "failed", { type: "failed", message: CHANGED });
            break;
          }
          await store.keep(job.id, job.request, slot.figures, seconds, [...job.log.entries, last]);
          this.#end(job, "done", done);
          break;
        }
        case "error": {
          const { message: text, fault } = message;
          await this.#options.store.discard(job.id);
          this.#end(job, "failed", { type: "failed", message: text, ...fault });
          break;
        }
        case "aborted":
          await this.#options.store.discard(job.id);
          this.#end(job, "cancelled", { type: "cancelled" });
      }
    } catch (error) {
      return await this.#failed(slot, job, error);
    }
    slot.job = undefined;
    if (slot.retired) slot.worker?.kill();
    this.#next();
  }

  /** The server itself could not go on with a job: a full disk, most likely. */
  async #failed(slot: WorkerSlot, job: Job, error: unknown): Promise<void> {
    console.error(`job ${job.id}:`, error);
    const message = isDiskFull(error)
      ? `${DISK_FULL}: the result could not be kept.`
      : "The result could not be kept.";
    await this.#options.store.discard(job.id).catch(() => {});
    const wasRunning = !job.over;
    this.#end(job, "failed", { type: "failed", message });
    // The worker does not know; it is to stop, and its next word is about another job.
    if (wasRunning && slot.worker) {
      job.abort.abort();
      slot.worker.tell({ type: "cancel", job: job.id });
    }
    slot.job = undefined;
    this.#next();
  }

  #cancel(job: Job): void {
    job.abort.abort();
    const at = this.#waiting.indexOf(job);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      this.#end(job, "cancelled", { type: "cancelled" });
      this.#tellPositions();
      return;
    }
    const slot = this.#slots.find((slot) => slot.job === job);
    const worker = slot?.worker;
    if (!worker) return;
    worker.tell({ type: "cancel", job: job.id });
    const timer = setTimeout(() => {
      if (slot.job !== job || slot.worker !== worker) return;
      slot.retired = true;
      worker.kill();
    }, PATIENCE);
    Deno.unrefTimer(timer as unknown as number);
  }

  #end(job: Job, state: "done" | "failed" | "cancelled", event: Parameters<Job["end"]>[1]): void {
    if (job.over) return;
    job.end(state, event);
    this.#staged.delete(job);
    this.#ended[state]++;
    if (job.started) this.#seconds += (job.ended! - job.started) / 1000;
  }

  /** Once in a while: ends what nobody watches or takes too long, forgets what was over long ago. */
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

  #tellPositions(): void {
    for (const [i, job] of this.#waiting.entries()) {
      job.log.append({ type: "queued", position: i + 1, wait: Math.round(this.#waitAt(i)) });
    }
  }

  /** The seconds until the job at a place in the queue starts. */
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
