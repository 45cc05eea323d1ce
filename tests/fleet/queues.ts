/** Queues of both kinds, each with a store and workers, for tests that hold for both. */
import { FleetWorker } from "../../server/fleet/fleet_worker.ts";
import { galleryMember, type Member, workerMember } from "../../server/fleet/members.ts";
import { RedisQueue } from "../../server/fleet/redis_queue.ts";
import { LocalQueue } from "../../server/jobs/local_queue.ts";
import type { JobQueue } from "../../server/jobs/queue.ts";
import { ResultStore } from "../../server/store/result_store.ts";
import type { ResultSink } from "../../server/store/store.ts";
import { testCommand, until } from "../server/gallery.ts";
import { testSections } from "../server/sections.ts";
import { hasRedis, startRedis, type TestRedis } from "./redis.ts";

/** How a queue is set up. */
export interface QueueSetup {
  readonly workers?: number;
  readonly limit?: number;
  readonly unwatched?: number;
  readonly jobTime?: number;
}

/** A queue with its store. */
export interface TestQueue extends AsyncDisposable {
  readonly queue: JobQueue;
  readonly store: ResultStore;
}

/** A kind of queue. */
export interface QueueKind {
  readonly name: string;
  /** Whether it cannot be tested here. */
  readonly ignore: boolean;
  open(setup?: QueueSetup): Promise<TestQueue>;
}

/** Opens a store in a folder of its own. */
export async function openStore(): Promise<{ store: ResultStore } & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "store-" });
  const store = await ResultStore.open(folder, 1e9);
  return {
    store,
    async [Symbol.asyncDispose]() {
      store[Symbol.dispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A worker that has some models. */
export function testWorkerMember(models: Record<string, string> = {}, jobs = 1): Member {
  return workerMember(testSections, { models, jobs, device: "cpu", megabytes: 4000 });
}

/** A worker of the tests in this process. */
export async function openTestWorker(
  { address }: TestRedis,
  sink: ResultSink,
  { member = testWorkerMember(), lease = 1000, batch = 1 }: {
    member?: Member;
    lease?: number;
    batch?: number;
  } = {},
): Promise<FleetWorker> {
  return await FleetWorker.open({
    address,
    member,
    batch,
    command: testCommand,
    sink,
    prepare: ({ section, parameters, models }) =>
      Promise.resolve({ section, parameters, models: Object.keys(models) }),
    lease,
  });
}

/** A gallery's end of a queue in Redis. */
export async function openRedisQueue(redis: TestRedis, setup: QueueSetup = {}): Promise<RedisQueue> {
  const { limit = 16, unwatched = 60_000, jobTime = 60_000 } = setup;
  const member = galleryMember(testSections);
  return await RedisQueue.open({ address: redis.address, member, limit, unwatched, jobTime, patience: 1000 });
}

/** Both kinds. */
export const queueKinds: readonly QueueKind[] = [
  {
    name: "local",
    ignore: false,
    async open({ workers = 1, limit = 16, unwatched = 60_000, jobTime = 60_000 } = {}) {
      await using opened = new AsyncDisposableStack();
      const { store } = opened.use(await openStore());
      const queue = opened.use(
        new LocalQueue({
          command: testCommand,
          store,
          workers,
          limit,
          unwatched,
          jobTime,
          workerMegabytes: 4000,
        }),
      );
      return stacked({ queue, store }, opened.move());
    },
  },
  {
    name: "Redis",
    ignore: !hasRedis,
    async open(setup = {}) {
      await using opened = new AsyncDisposableStack();
      const redis = opened.use(await startRedis({ appendfsync: "everysec" }));
      const { store } = opened.use(await openStore());
      const queue = opened.use(await openRedisQueue(redis, setup));
      opened.use(await openTestWorker(redis, store, { member: testWorkerMember({}, setup.workers) }));
      await until(async () => (await queue.counts()).workers > 0, "the worker is known");
      return stacked({ queue, store }, opened.move());
    },
  },
];

function stacked<T extends object>(value: T, stack: AsyncDisposableStack): T & AsyncDisposable {
  return { ...value, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
