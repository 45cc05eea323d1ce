/** A queue in Redis, before workers on any machine: BullMQ hands jobs out and finds those whose worker is gone. */
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Entry } from "../jobs/event_log.ts";
import type { JobRequest } from "../jobs/job.ts";
import { type JobQueue, NoWorkerError, type QueueCounts, QueueFullError } from "../jobs/queue.ts";
import type { ClientLimit } from "../http/rate_limit.ts";
import type { JobEvent, JobState, JobStatus } from "../wire.ts";
import { connectRedis, partInTime } from "./connect.ts";
import { JobNews } from "./job_news.ts";
import { listMembers, type Member, Membership } from "./members.ts";
import { RedisRateLimit } from "./redis_rate_limit.ts";
import { type FleetRedis, withScripts } from "./scripts.ts";

/** What the names of a fleet's keys begin with by default. */
export const FLEET_PREFIX = "denoise";

/** How a {@linkcode RedisQueue} works. */
export interface RedisQueueOptions {
  /** The address of the Redis. */
  readonly address: string;
  /** What the names of all keys begin with. */
  readonly prefix?: string;
  /** Who asks. */
  readonly member: Member;
  /** How many jobs may wait for workers of a kind. */
  readonly limit: number;
  /** How long a job goes on that nobody watches, in milliseconds. */
  readonly unwatched: number;
  /** How long a job may take, in milliseconds. */
  readonly jobTime: number;
  /** How long a job stays whose workers have all gone, in milliseconds. */
  readonly patience?: number;
}

/** How long the list of members holds, in milliseconds. */
const LOOK_AGAIN = 500;

/** How long without news until a watcher looks by itself, in milliseconds. */
const LOOK_ANYWAY = 1000;

/** How many events are read at a time: previews have pictures. */
const AT_A_TIME = 64;

const FINAL: readonly string[] = ["done", "failed", "cancelled"];

/** Under which name a store takes the files of a job, each time that it is begun. */
export function stageName(id: string, attempt: number | string): string {
  return `${id}.${attempt}`;
}

/** Hands jobs to the workers of a fleet. */
export class RedisQueue implements JobQueue {
  readonly #options: RedisQueueOptions;
  readonly #prefix: string;
  readonly #redis: FleetRedis;
  readonly #news: JobNews;
  readonly #membership: Membership;
  readonly #queues = new Map<string, Queue>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** Since when jobs have had nobody who could run them. */
  readonly #orphans = new Map<string, number>();
  #members: Promise<Member[]> = Promise.resolve([]);
  #membersAt = 0;
  #sweeping: Promise<void> | undefined;

  private constructor(options: RedisQueueOptions, redis: FleetRedis, news: Redis, membership: Membership) {
    this.#options = options;
    this.#prefix = options.prefix ?? FLEET_PREFIX;
    this.#redis = redis;
    this.#news = new JobNews(news, `${this.#prefix}:news:`);
    this.#membership = membership;
    this.#timer = setInterval(() => {
      this.#sweeping ??= this.#sweep().catch((error) => console.error("fleet:", error)).finally(() => {
        this.#sweeping = undefined;
      });
    }, Math.min(1000, options.unwatched / 2));
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /**
   * Joins the fleet as a gallery.
   *
   * @throws {ArgumentError} if the Redis does not answer.
   * @throws {FleetVersionError} if others of the fleet have another version.
   */
  static async open(options: RedisQueueOptions): Promise<RedisQueue> {
    const redis = withScripts(await connectRedis(options.address));
    try {
      const membership = await Membership.join(redis, options.prefix ?? FLEET_PREFIX, options.member);
      return new RedisQueue(options, redis, await connectRedis(options.address), membership);
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  /**
   * How often each client may ask the galleries of the fleet, all together.
   *
   * @param perMinute How often in a minute; as often at once.
   */
  clientLimit(perMinute: number): ClientLimit {
    return new RedisRateLimit(this.#redis, this.#prefix, perMinute);
  }

  async start(request: JobRequest): Promise<JobStatus> {
    const { queue, slots } = await this.#queueFor(request);
    const id = crypto.randomUUID();
    const [found, waiting] = await this.#redis.fleetStart(
      this.#prefix,
      id,
      request.key,
      queue,
      slots,
      this.#options.limit,
      request.section,
      JSON.stringify(request),
      Object.keys(request.models).join(),
    ) as [string, number];
    if (found === "") throw new QueueFullError(waiting, Math.max(1, await this.#waitIn(queue)));
    if (found === id) await this.#add(queue, id);
    return (await this.status(found))!;
  }

  async status(id: string): Promise<JobStatus | undefined> {
    const [job] = await Promise.all([
      this.#redis.hgetall(this.#keyOf("job", id)),
      this.#redis.fleetTouch(this.#prefix, id),
    ]);
    if (!job.state) return undefined;
    const rank = job.state === "queued"
      ? await this.#redis.zrank(this.#keyOf("waiting", job.queue), id)
      : null;
    const { section, parameters, key } = JSON.parse(job.request) as JobRequest;
    const status: JobStatus = {
      id,
      section,
      parameters,
      key,
      state: job.state as JobState,
      position: rank === null ? 0 : rank + 1,
      wait: job.state === "queued" ? Number(job.wait ?? 0) : 0,
      cached: false,
    };
    if (job.state !== "failed") return status;
    const { type: _, ...error } = JSON.parse(job.outcome) as Extract<JobEvent, { type: "failed" }>;
    return { ...status, error };
  }

  async watch(
    id: string,
    after: number,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<Entry, void, undefined> | undefined> {
    return await this.#redis.exists(this.#keyOf("job", id)) ? this.#watch(id, after, signal) : undefined;
  }

  async cancel(id: string): Promise<boolean> {
    return await this.#redis.fleetCancel(this.#prefix, id) !== "";
  }

  async stageOf(key: string): Promise<string | undefined> {
    const id = await this.#redis.get(this.#keyOf("active", key));
    const attempt = id && await this.#redis.hget(this.#keyOf("job", id), "attempts");
    return attempt && attempt !== "0" ? stageName(id, attempt) : undefined;
  }

  async counts(): Promise<QueueCounts> {
    const [live, ended, runs, seconds, waits, replaced, members] = await Promise.all([
      this.#live(),
      this.#redis.hgetall(`${this.#prefix}:ended`),
      this.#redis.hgetall(`${this.#prefix}:runs`),
      this.#redis.hvals(`${this.#prefix}:seconds`),
      this.#redis.hgetall(`${this.#prefix}:waits`),
      this.#redis.get(`${this.#prefix}:replaced`),
      this.#currentMembers(),
    ]);
    const isIn = (state: JobState, queue?: string) =>
      live.filter((job) => job.state === state && (queue === undefined || job.queue === queue)).length;
    const workers = members.filter(({ kind }) => kind === "worker");
    return {
      waiting: isIn("queued"),
      running: isIn("running"),
      workers: workers.reduce((sum, { jobs }) => sum + jobs, 0),
      replaced: Number(replaced ?? 0),
      ended: {
        done: Number(ended.done ?? 0),
        failed: Number(ended.failed ?? 0),
        cancelled: Number(ended.cancelled ?? 0),
      },
      seconds: seconds.reduce((sum, value) => sum + Number(value), 0),
      fleet: {
        queues: [...new Set(workers.map(({ queue }) => queue))].map((queue) => ({
          models: Object.values(workers.find((worker) => worker.queue === queue)!.models),
          waiting: isIn("queued", queue),
          running: isIn("running", queue),
        })),
        workers: workers.map(({ id, host, device, jobs, models, megabytes }) => ({
          host,
          device,
          models: Object.values(models),
          megabytes,
          jobs,
          running: live.filter(({ state, worker }) => state === "running" && worker === id).length,
        })),
        runs: Object.entries(runs).map(([names, count]) => {
          const [section, models, host, how] = JSON.parse(names) as string[];
          return { section, models, host, how, count: Number(count) };
        }),
        waits: { jobs: Number(waits.jobs ?? 0), seconds: Number(waits.seconds ?? 0) },
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await partInTime(this.#part());
    this.#news[Symbol.dispose]();
    this.#redis.disconnect();
  }

  async #part(): Promise<void> {
    await this.#sweeping;
    for (const queue of this.#queues.values()) await queue.close();
    await this.#membership[Symbol.asyncDispose]();
  }

  /** The queue with the least work for each worker, of those whose workers have all models of a request. */
  async #queueFor({ models }: JobRequest): Promise<{ readonly queue: string; readonly slots: number }> {
    const workers = (await this.#currentMembers()).filter(({ kind }) => kind === "worker");
    if (workers.length === 0) throw new NoWorkerError("No worker is there that could compute this.");
    const able = workers.filter((worker) => Object.values(models).every((digest) => digest in worker.models));
    if (able.length === 0) {
      const missing = Object.entries(models).find(([, digest]) =>
        workers.every((worker) => !(digest in worker.models))
      );
      throw new NoWorkerError(
        missing
          ? `No worker has the model ${missing[0]} (${missing[1]}).`
          : `No worker has all of the models ${Object.keys(models).join(", ")}.`,
      );
    }
    const slots = new Map<string, number>();
    for (const { queue, jobs } of able) slots.set(queue, (slots.get(queue) ?? 0) + jobs);
    const loads = await Promise.all(Array.from(slots, async ([queue, slots]) => {
      const waiting = await this.#redis.zcard(this.#keyOf("waiting", queue));
      const running = await this.#redis.scard(this.#keyOf("running", queue));
      return { queue, slots, load: (waiting + running) / slots };
    }));
    return loads.reduce((best, other) => other.load < best.load ? other : best);
  }

  /** Hands a job to the engine; one that it has already stays. */
  async #add(name: string, id: string): Promise<void> {
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = new Queue(name, { connection: this.#redis, prefix: this.#prefix });
      queue.on("error", (error) => console.error("fleet:", error.message));
      this.#queues.set(name, queue);
    }
    await queue.add("section", {}, { jobId: id, removeOnComplete: true, removeOnFail: true });
  }

  async *#watch(id: string, after: number, signal: AbortSignal): AsyncGenerator<Entry, void, undefined> {
    using news = await this.#news.of(id);
    using _watched = this.#touching(id);
    let known = after;
    while (!signal.aborted) {
      const changed = news.next(LOOK_ANYWAY, signal);
      const entries = await this.#redis.xrange(
        this.#keyOf("events", id),
        `0-${known + 1}`,
        "+",
        "COUNT",
        AT_A_TIME,
      );
      for (const [name, [, type, , json]] of entries) {
        known = Number(name.slice(2));
        yield { id: known, type: type as JobEvent["type"], json };
        if (signal.aborted || FINAL.includes(type)) return;
      }
      if (entries.length === AT_A_TIME) continue;
      if (entries.length > 0) {
        // What has come since they were asked for has settled it.
        await changed;
        continue;
      }
      const state = await this.#redis.hget(this.#keyOf("job", id), "state");
      if (state === null) {
        const message = "The queue was started anew and has lost this job: start it again.";
        yield { id: known + 1, type: "failed", json: JSON.stringify({ type: "failed", message }) };
        return;
      }
      if (FINAL.includes(state)) {
        // It ended since the events were read, or all of its events are known.
        const [last] = await this.#redis.xrevrange(this.#keyOf("events", id), "+", "-", "COUNT", 1);
        if (!last || Number(last[0].slice(2)) <= known) return;
        continue;
      }
      await changed;
    }
  }

  /** Tells again and again that somebody watches a job. */
  #touching(id: string): Disposable {
    const touch = () => void this.#redis.fleetTouch(this.#prefix, id).catch(() => {});
    touch();
    const timer = setInterval(touch, this.#options.unwatched / 3);
    return {
      [Symbol.dispose]: () => {
        clearInterval(timer);
        touch();
      },
    };
  }

  /** Once in a while: ends what nobody watches, takes too long or has no worker any more. */
  async #sweep(): Promise<void> {
    const live = await this.#live();
    const members = await this.#currentMembers();
    const served = new Set(members.map(({ queue }) => queue));
    const there = new Set(members.map(({ id }) => id));
    for (const { id, state, queue, worker, late, age } of live) {
      if (late) await this.cancel(id);
      // The server that asked may have been killed before the engine knew.
      if (state === "queued" && age > 5000) await this.#add(queue, id);
      if (served.has(queue) || (state === "running" && there.has(worker))) {
        this.#orphans.delete(id);
        continue;
      }
      const since = this.#orphans.get(id) ?? Date.now();
      this.#orphans.set(id, since);
      if (Date.now() - since < (this.#options.patience ?? 30_000)) continue;
      const message = "The workers that could compute this have gone.";
      await this.#redis.fleetFinish(
        this.#prefix,
        id,
        "",
        "failed",
        JSON.stringify({ type: "failed", message }),
        0,
      );
    }
    const lives = new Set(live.map(({ id }) => id));
    for (const id of this.#orphans.keys()) if (!lives.has(id)) this.#orphans.delete(id);
  }

  async #live() {
    const { unwatched, jobTime } = this.#options;
    const jobs = await this.#redis.fleetLive(this.#prefix, unwatched, jobTime) as [
      string,
      JobState,
      string,
      string,
      number,
      number,
    ][];
    return jobs.map(([id, state, queue, worker, late, age]) => ({
      id,
      state,
      queue,
      worker,
      late: late === 1,
      age,
    }));
  }

  #currentMembers(): Promise<Member[]> {
    if (Date.now() - this.#membersAt > LOOK_AGAIN) {
      this.#membersAt = Date.now();
      this.#members = listMembers(this.#redis, this.#prefix);
    }
    return this.#members;
  }

  async #waitIn(queue: string): Promise<number> {
    const [last] = await this.#redis.zrange(this.#keyOf("waiting", queue), 0, 0);
    return last === undefined ? 1 : Number(await this.#redis.hget(this.#keyOf("job", last), "wait") ?? 0) + 1;
  }

  #keyOf(kind: string, name: string): string {
    return `${this.#prefix}:${kind}:${name}`;
  }
}
