/** A fleet whose parts are killed while many ask it: what came of it. */
import { assertEquals } from "@std/assert";
import { encodePng } from "../../lib/image/png.ts";
import { full } from "../../lib/tensor.ts";
import { FolderObjects } from "../../server/store/folder_objects.ts";
import { BucketObjects } from "../../server/store/bucket_objects.ts";
import { ObjectStore } from "../../server/store/object_store.ts";
import type { JobRequest } from "../../server/jobs/job.ts";
import type { Store } from "../../server/store/store.ts";
import { until } from "../server/gallery.ts";
import { type FaultyProxy, startProxy } from "./faulty_proxy.ts";
import { startProgram, type TestProgram } from "./program.ts";
import { startRedis } from "./redis.ts";
import { request } from "./request.ts";
import { startS3 } from "./s3.ts";
import { openVisit, type Visit } from "./visitor.ts";

/** How many there are of what, and how often something is killed. */
export interface ChaosOptions {
  /** Galleries, each a process. */
  readonly replicas: number;
  /** Workers, each a process with another one that computes. */
  readonly workers: number;
  /** How many ask. */
  readonly visitors: number;
  /** How many different results they ask for. */
  readonly keys: number;
  /** How long a result takes, in steps of 50 ms. */
  readonly steps: number;
  /** Over which time the visitors come, in milliseconds. */
  readonly arrivals: number;
  /** How often a worker or a gallery is killed, in milliseconds. */
  readonly every: number;
  /** How many of them are killed at most. */
  readonly kills: number;
  /** How often Redis is killed and started again. */
  readonly restarts: number;
  /** Where results are kept: in a bucket, what the fleet asks of it is slow, refused, cut or not answered for a third of the time. */
  readonly store: "folder" | "bucket";
}

/** What came of it. */
export interface ChaosReport {
  /** How many of each were killed. */
  readonly killed: Readonly<Record<"workers" | "galleries" | "redis", number>>;
  /** What each visitor met with. */
  readonly visits: readonly Visit[];
  /** Results that the store has. */
  readonly results: number;
  /** Runs that ended, by how. */
  readonly runs: Readonly<Record<string, number>>;
  /** How many connections with the bucket were slow or came to nothing. */
  readonly faults: number;
  /** How long it took, in seconds. */
  readonly seconds: number;
}

/** Where results are kept, and how programs are told of it. */
interface Place {
  readonly place: string;
  readonly store: Store;
  readonly env: Readonly<Record<string, string>>;
  /** Stands between it and the programs. */
  readonly proxy?: FaultyProxy;
}

/** A part that is started again whenever it is killed. */
interface Part {
  program: Promise<TestProgram>;
  /** Whether it answers. */
  up: boolean;
}

/** How long a worker's silence lasts until its job is given to another, in milliseconds. */
const LEASE = 3000;

/** How often a program is started until it is up. */
const STARTS = 20;

/** How long the bucket is out of order each time, in milliseconds. */
const FAULT = 1500;

/** By when all must be answered, in milliseconds. */
const PATIENCE = 500_000;

/**
 * Starts a fleet, lets visitors ask and kills its parts in turn until all are answered. Each result is compared with what one
 * machine makes of the request.
 *
 * @throws {AssertionError} if a result is missing, wrong, or made of more than one attempt.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  await using opened = new AsyncDisposableStack();
  const redis = opened.use(await startRedis());
  const { place, store, env, proxy } = await openPlace(options.store, opened);
  const parts: Part[] = [];
  const begin = (name: string, args: readonly string[]): Part => {
    const part = { program: startProgram(name, args, env), up: true };
    opened.defer(async () => await (await part.program)[Symbol.asyncDispose]());
    parts.push(part);
    return part;
  };
  /** Kills one of a kind and starts it again, the longest alive first; false where that would be the last one that is up. */
  const strike = (kind: Part[], name: string, args: readonly string[]): Promise<Part> | undefined => {
    const [part, ...others] = kind.filter(({ up }) => up);
    if (!part || others.length === 0) return undefined;
    kind.push(...kind.splice(kind.indexOf(part), 1));
    part.up = false;
    return (async () => {
      await using old = await part.program;
      await old.kill();
      part.program = startAgain(name, args, env);
      await part.program;
      part.up = true;
      return part;
    })();
  };
  const galleryArgs = ["./gallery_program.ts", [redis.address, place]] as const;
  const workerArgs = ["./worker_program.ts", [redis.address, place, "", String(LEASE)]] as const;
  const galleries = Array.from({ length: options.replicas }, () => begin(...galleryArgs));
  const workers = Array.from({ length: options.workers }, () => begin(...workerArgs));
  await Promise.all(parts.map(({ program }) => program));
  const addresses = await Promise.all(galleries.map(async ({ program }) => (await program).said));
  const places = new Map(galleries.map((part, at) => [part, at]));
  await until(
    async () => (await metric(addresses[0], "gallery_workers")) === options.workers,
    "all are there",
  );

  const wishes = Array.from(
    { length: options.keys },
    // Pictures of different sizes: none can be taken for another.
    (_, key) => request({ seed: key, steps: options.steps, wait: 50, size: 8 + key }),
  );
  const killed = { workers: 0, galleries: 0, redis: 0 };
  let answers = 0;
  const start = performance.now();
  const visits = Promise.all(Array.from({ length: options.visitors }, async (_, i) => {
    await new Promise((resolve) => setTimeout(resolve, options.arrivals * i / options.visitors));
    const wish = wishes[i % wishes.length];
    const visit = await openVisit(addresses, i, wish, pictureOf(wish));
    answers++;
    return visit;
  }));
  let over = false;
  const late = AbortSignal.timeout(PATIENCE);
  const never = new Promise<never>((_, reject) => {
    late.addEventListener(
      "abort",
      () =>
        reject(
          new Error(`${answers} of ${options.visitors} visitors have an answer; ${JSON.stringify(killed)}`),
        ),
    );
  });
  const answered = Promise.race([visits, never]).finally(() => over = true);
  const restarting: Promise<unknown>[] = [];
  const faulty = proxy && disturb(proxy);
  for (let turn = 1; !over; turn++) {
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, options.every))]);
    if (over) break;
    const kinds = turn % 2 === 1 ? ["workers", "galleries"] as const : ["galleries", "workers"] as const;
    for (const kind of killed.workers + killed.galleries < options.kills ? kinds : []) {
      const struck = kind === "workers" ? strike(workers, ...workerArgs) : strike(galleries, ...galleryArgs);
      if (!struck) continue;
      killed[kind]++;
      restarting.push(struck);
      if (kind === "galleries") {
        restarting.push(struck.then(async (part) => {
          addresses[places.get(part)!] = (await part.program).said;
        }));
      }
      break;
    }
    // Beside the others, not in their place: early and late.
    if (killed.redis < options.restarts && turn === 3 + 8 * killed.redis) {
      killed.redis++;
      restarting.push(redis.restart());
    }
  }
  const all = await answered;
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(restarting);
  faulty?.[Symbol.dispose]();
  for (const { key, parameters } of wishes) {
    const result = (await store.get(key))!;
    assertEquals([result.parameters, result.figures.length], [parameters, 1]);
    const events = (await store.events(key))!;
    const points = events.filter(({ type }) => type === "points").length;
    assertEquals(points, options.steps, "how it came about is told of one attempt, whole");
  }
  const [gallery] = await Promise.all(galleries.map(({ program }) => program));
  const runs = Object.fromEntries(
    await Promise.all(
      ["done", "failed", "cancelled"].map(async (how) =>
        [how, await metric(gallery.said, "gallery_fleet_runs_total", `how="${how}"`)] as const
      ),
    ),
  );
  const faults = proxy?.faults ?? 0;
  return { killed, visits: all, results: (await store.size()).results, runs, faults, seconds };
}

/** Lets a proxy do its worst for a third of the time, each kind in turn. */
function disturb(proxy: FaultyProxy): Disposable {
  const modes = ["slow", "refuse", "cut", "hang", "forbid"] as const;
  let turn = 0;
  const timer = setInterval(() => {
    const [kind, part] = [Math.floor(turn / 3) % modes.length, turn++ % 3];
    if (part === 0) proxy.turn(modes[kind]);
    if (part === 1) proxy.turn("pass");
  }, FAULT);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      proxy.turn("pass");
    },
  };
}

/** Starts a program as a supervisor does: a worker ends at its start where Redis is away, and is started once more. */
async function startAgain(...program: Parameters<typeof startProgram>): Promise<TestProgram> {
  for (let attempt = 1;; attempt++) {
    try {
      return await startProgram(...program);
    } catch (error) {
      if (attempt === STARTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** The only picture of a request, as one machine draws it. */
function pictureOf({ parameters }: JobRequest): Uint8Array {
  const size = parameters.size as number;
  return encodePng(full([1, size, size], 1), { range: [0, 1] });
}

/** The sum of a metric's values, of those with a label where that matters. */
async function metric(address: string, name: string, label = ""): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const lines = text.split("\n").filter((line) =>
    /[ {]/.test(line[name.length] ?? "") && line.startsWith(name)
  );
  return lines.filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** A place for results that all of the fleet reach, and how its programs are told of it. */
async function openPlace(kind: ChaosOptions["store"], opened: AsyncDisposableStack): Promise<Place> {
  if (kind === "folder") {
    const folder = await Deno.makeTempDir({ prefix: "shared-" });
    opened.defer(() => Deno.remove(folder, { recursive: true }));
    return { place: folder, store: new ObjectStore(new FolderObjects(folder)), env: {} };
  }
  const { address, keys } = opened.use(await startS3());
  const { endpoint, bucket, region } = address;
  const proxy = opened.use(startProxy({ hostname: "127.0.0.1", port: Number(new URL(endpoint).port) }));
  return {
    proxy,
    place: `s3://${bucket}?endpoint=http://127.0.0.1:${proxy.port}&region=${region}`,
    store: new ObjectStore(await BucketObjects.open(address, keys)),
    env: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
  };
}
