/** A worker of a fleet: takes jobs from its queue, runs them in processes of this machine, and hands results over. */
import { type Job, WaitingError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { JobRequest } from "../jobs/job.ts";
import type { Entry } from "../jobs/event_log.ts";
import { tracedRun } from "../jobs/traced_run.ts";
import { publishKeptResult } from "../jobs/kept_result.ts";
import { RemainingTime } from "../jobs/remaining.ts";
import { CHANGED, CompanyLostError, type LastEvent, LostJobError, runJob } from "../jobs/run_job.ts";
import type { ResultSink } from "../store/store.ts";
import type { JobEvent } from "../wire.ts";
import { type SectionRun, SectionRunner } from "../worker/section_runner.ts";
import type { WorkerCommand } from "../worker/worker_process.ts";
import { connectRedis, partInTime } from "./connect.ts";
import { type Member, Membership } from "./members.ts";
import { companyOf, Places } from "./places.ts";
import { FLEET_PREFIX, stageName } from "./redis_queue.ts";
import { type FleetRedis, withScripts } from "./scripts.ts";

/** How a {@linkcode FleetWorker} works. */
export interface FleetWorkerOptions {
  /** The address of the Redis. */
  readonly address: string;
  /** What the names of all keys begin with. */
  readonly prefix?: string;
  /** Who works. */
  readonly member: Member;
  /** How many jobs of the same models may share a process, of the member's `jobs`; defaults to 1. */
  readonly batch?: number;
  /** How the processes are started that compute. */
  readonly command: WorkerCommand;
  /** Where results go. */
  readonly sink: ResultSink;
  /**
   * What a job's request is here: models are found by their digests under other names, uploads are fetched. Undefined where a
   * model's files are no longer those of the digest.
   */
  readonly prepare: (request: JobRequest) => Promise<Omit<SectionRun, "job"> | undefined>;
  /** How long after its last sign of life a worker's job is given to another, in milliseconds. */
  readonly lease?: number;
}

/** How long until a job is given to another, in milliseconds, by default. */
const LEASE = 10_000;

/** Takes jobs until it is disposed of: then it waits for those that run, or hands them back. */
export class FleetWorker implements AsyncDisposable {
  readonly #options: FleetWorkerOptions;
  readonly #prefix: string;
  readonly #redis: FleetRedis;
  readonly #news: Redis;
  readonly #membership: Membership;
  readonly #places: Places;
  readonly #runners: readonly SectionRunner[];
  readonly #worker: Worker;
  readonly #running = new Map<string, AbortController>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #handBack = new AbortController();
  #stopping = false;

  private constructor(options: FleetWorkerOptions, redis: FleetRedis, news: Redis, membership: Membership) {
    this.#options = options;
    this.#prefix = options.prefix ?? FLEET_PREFIX;
    this.#redis = redis;
    this.#news = news;
    this.#membership = membership;
    const { member, command, batch = 1, lease = LEASE } = options;
    this.#runners = Array.from({ length: Math.ceil(member.jobs / batch) }, () =>
      new SectionRunner(command, {
        megabytes: member.megabytes,
        onReplaced: () => void redis.incr(`${this.#prefix}:replaced`).catch(() => {}),
      }));
    this.#places = new Places(this.#runners, batch);
    news.on("message", (_channel: string, id: string) => this.#running.get(id)?.abort());
    // A word that was published while there was no connection is received here.
    this.#timer = setInterval(() => void this.#lookForCancelled().catch(() => {}), lease / 2);
    Deno.unrefTimer(this.#timer as unknown as number);
    this.#worker = new Worker(member.queue, (job, token) => this.#process(job, token!), {
      connection: redis,
      prefix: this.#prefix,
      concurrency: member.jobs,
      lockDuration: lease,
      stalledInterval: lease / 2,
      // How often a job is begun is counted by ourselves, with the reason published to those who watch.
      maxStalledCount: 100,
      name: member.id,
    });
    this.#worker.on("error", (error) => console.error(`fleet: ${error.message}`));
  }

  /**
   * Joins a fleet and begins to work.
   *
   * @throws {ArgumentError} if the Redis does not answer.
   * @throws {FleetVersionError} if others of the fleet have another version.
   */
  static async open(options: FleetWorkerOptions): Promise<FleetWorker> {
    const prefix = options.prefix ?? FLEET_PREFIX;
    const redis = withScripts(await connectRedis(options.address));
    try {
      const membership = await Membership.join(redis, prefix, options.member);
      const news = await connectRedis(options.address);
      await news.subscribe(`${prefix}:cancel`);
      return new FleetWorker(options, redis, news, membership);
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  /** The jobs that run here. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Hands back what runs, instead of waiting for its end. */
  handBack(): void {
    this.#handBack.abort();
    this.#stopping = true;
    for (const abort of this.#running.values()) abort.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    // Nobody is to give it new jobs any more.
    await partInTime(this.#membership[Symbol.asyncDispose]());
    const closed = this.#worker.close();
    // What runs may go on to its end, unless it is to be handed back.
    if (this.#running.size > 0) await Promise.race([closed.catch(() => {}), this.#handedBack()]);
    await partInTime(closed);
    clearInterval(this.#timer);
    for (const runner of this.#runners) await runner[Symbol.asyncDispose]();
    this.#news.disconnect();
    this.#redis.disconnect();
  }

  #handedBack(): Promise<void> {
    const { signal } = this.#handBack;
    return new Promise((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true })
    );
  }

  async #process(job: Job, token: string): Promise<void> {
    const id = job.id!;
    const { member } = this.#options;
    using place = await this.#places.take(await this.#companyOf(id));
    // It has waited for a place, and is not begun.
    if (this.#stopping) return await this.#giveBack(job, token);
    const [attempt, text] = await this.#redis.fleetBegin(
      this.#prefix,
      id,
      member.id,
      member.host,
      crypto.randomUUID(),
    ) as [
      number,
      string,
    ];
    if (attempt === 0) return;
    const abort = new AbortController();
    this.#running.set(id, abort);
    let alone = false;
    try {
      const request = JSON.parse(text) as JobRequest;
      const attributes = { "job.attempt": attempt, "host.name": member.host };
      await tracedRun(id, request, attributes, async () => {
        const tell = this.#publisher(id, attempt);
        const kept = await publishKeptResult(this.#options.sink, request.key, tell);
        const last = kept ?? await this.#run(id, attempt, request, tell, place.runner, abort.signal);
        if (last) await this.#finish(id, attempt, last, kept !== undefined);
        return last?.type ?? "handed back";
      });
    } catch (error) {
      if (error instanceof LostJobError) return;
      console.error(`job ${id}:`, error);
      alone = error instanceof CompanyLostError;
      const message = "What this takes could not be fetched: start it again.";
      if (!alone) await this.#finish(id, attempt, { type: "failed", message });
    } finally {
      this.#running.delete(id);
    }
    if (!this.#handBack.signal.aborted && !alone) return;
    if (await this.#redis.fleetHandBack(this.#prefix, id, attempt, alone ? 1 : 0) === 0) return;
    await this.#giveBack(job, token);
  }

  /** Lets the engine hand a job to whoever takes one next. */
  async #giveBack(job: Job, token: string): Promise<never> {
    await job.moveToWait(token);
    throw new WaitingError();
  }

  /** What a job has in common with others; undefined where it is to be alone, as all are where none share a process. */
  async #companyOf(id: string): Promise<string | undefined> {
    if ((this.#options.batch ?? 1) === 1) return undefined;
    const [alone, text] = await this.#redis.hmget(`${this.#prefix}:job:${id}`, "alone", "request");
    return alone || !text ? undefined : companyOf(JSON.parse(text));
  }

  /** Runs a job that was begun; undefined where it is handed back. */
  async #run(
    id: string,
    attempt: number,
    request: JobRequest,
    tell: (event: JobEvent) => Promise<void>,
    runner: SectionRunner,
    signal: AbortSignal,
  ): Promise<LastEvent | undefined> {
    const { sink, prepare } = this.#options;
    const run = await prepare(request);
    if (!run) return { type: "failed", message: CHANGED };
    const last = await runJob({
      // Of its own: an attempt that was given up may still be at work.
      stage: stageName(id, attempt),
      request,
      run: { ...run, job: id },
      runner,
      sink,
      remaining: new RemainingTime(),
      signal,
      isCurrent: async () => await prepare(request) !== undefined,
      tell,
      entries: () => this.#entries(id),
    });
    return last.type === "cancelled" && this.#handBack.signal.aborted ? undefined : last;
  }

  /** Publishes the events of an attempt for as long as the job is assigned to it. */
  #publisher(id: string, attempt: number): (event: JobEvent) => Promise<void> {
    let published = 0;
    return async (event) => {
      const seconds = event.type === "progress" ? event.remaining ?? "" : "";
      const json = JSON.stringify(event);
      const number = ++published;
      const taken = await this.#redis.fleetPublish(
        this.#prefix,
        id,
        attempt,
        number,
        event.type,
        json,
        seconds,
      );
      if (taken === 0) throw new LostJobError();
    };
  }

  /** `kept`: there was nothing to run. */
  async #finish(id: string, attempt: number, last: LastEvent, kept = false): Promise<void> {
    const json = JSON.stringify(last);
    await this.#redis.fleetFinish(this.#prefix, id, attempt, last.type, json, kept ? 1 : 0);
  }

  async #entries(id: string): Promise<Entry[]> {
    const entries = await this.#redis.xrange(`${this.#prefix}:events:${id}`, "-", "+");
    return entries.map(([name, [, type, , json]]) => ({
      id: Number(name.slice(2)),
      type: type as JobEvent["type"],
      json,
    }));
  }

  async #lookForCancelled(): Promise<void> {
    for (const [id, abort] of this.#running) {
      if (await this.#redis.hget(`${this.#prefix}:job:${id}`, "cancel")) abort.abort();
    }
  }
}
