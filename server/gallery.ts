/** The gallery behind its pages and its API. */
import { resolve } from "node:path";
import { ArgumentError } from "../lib/errors.ts";
import { parseParameters, type Section } from "../report/mod.ts";
import { Catalog, resultKey } from "./catalog.ts";
import { requestJob } from "./jobs/request_job.ts";
import { RequestError, tooMany } from "./http/problem.ts";
import { TokenAttempts } from "./http/token_attempts.ts";
import { type ClientLimit, RateLimit } from "./http/rate_limit.ts";
import type { RedisQueue } from "./fleet/redis_queue.ts";
import { galleryMember } from "./fleet/members.ts";
import { LocalQueue } from "./jobs/local_queue.ts";
import { type JobQueue, NoWorkerError, QueueFullError } from "./jobs/queue.ts";
import { Metrics } from "./metrics.ts";
import type { Settings } from "./settings.ts";
import { lockData } from "./store/lock.ts";
import { ObjectStore } from "./store/object_store.ts";
import { openObjects } from "./store/open_objects.ts";
import { ResultStore } from "./store/result_store.ts";
import { StoreAwayError } from "./store/objects.ts";
import type { Store } from "./store/store.ts";
import { uploadPixels } from "./store/upload_pixels.ts";
import { Uploads } from "./store/uploads.ts";
import type { JobStatus } from "./wire.ts";
import type { WorkerCommand } from "./worker/worker_process.ts";

/** The gallery behind its pages. */
export interface Gallery extends AsyncDisposable {
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly queue: JobQueue;
  readonly store: Store;
  readonly uploads: Uploads;
  readonly metrics: Metrics;
  /** How often a client may start jobs and send pictures. */
  readonly rate: ClientLimit;
  /** How often a client may try access tokens. */
  readonly tokenAttempts: TokenAttempts;
}

/** Replaceable parts of the gallery. */
export interface GalleryParts {
  /** What can be run. */
  readonly sections: readonly Section[];
  /** How worker processes are started; a function is called when the folder of the data is this server's. */
  readonly command: WorkerCommand | (() => Promise<WorkerCommand>);
}

/** Opens the store and the queue, and starts the workers. */
export async function openGallery(settings: Settings, { sections, command }: GalleryParts): Promise<Gallery> {
  const data = resolve(settings.data);
  await using opened = new AsyncDisposableStack();
  opened.use(await lockData(data));
  const kept = settings.store === undefined
    ? opened.use(await ResultStore.open(data, settings.storeBytes))
    : undefined;
  const objects = settings.store === undefined ? undefined : await openObjects(settings.store);
  const store: Store = kept ?? new ObjectStore(objects!);
  const pixels = uploadPixels(settings.workerMegabytes);
  const uploads = objects
    ? new Uploads(objects, settings.uploadAge, pixels)
    : await Uploads.open(resolve(data, "uploads"), settings.uploadAge, pixels);
  const catalog = new Catalog(sections, settings.models, { portable: settings.queue !== undefined });
  const fleet = settings.queue === undefined
    ? undefined
    : await openFleetQueue(settings.queue, settings, sections);
  const queue: JobQueue = fleet ??
    new LocalQueue({
      command: typeof command === "function" ? await command() : command,
      store,
      typicalSeconds: (section) => kept?.typicalSeconds(section),
      isCurrent: (request) => catalog.isCurrent(request.models),
      workers: settings.workers,
      limit: settings.waiting,
      unwatched: settings.unwatched,
      jobTime: settings.jobTime,
      workerMegabytes: settings.workerMegabytes,
    });
  opened.use(queue);
  const expiry = setInterval(() => {
    uploads.expire().catch((error) => console.error("uploads:", error));
    if (store instanceof ObjectStore) store.tidy().catch((error) => console.error("results:", error));
  }, Math.min(settings.uploadAge, 600_000));
  Deno.unrefTimer(expiry as unknown as number);
  opened.defer(() => clearInterval(expiry));
  const closing = opened.move();
  return {
    settings,
    catalog,
    queue,
    store,
    uploads,
    metrics: new Metrics(),
    rate: fleet?.clientLimit(settings.jobsPerMinute) ?? new RateLimit(settings.jobsPerMinute),
    tokenAttempts: new TokenAttempts(),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** The queue of a fleet. Its packages need permissions when loaded, so they are loaded only for a fleet. */
async function openFleetQueue(
  address: string,
  { waiting, unwatched, jobTime }: Settings,
  sections: readonly Section[],
): Promise<RedisQueue> {
  const { RedisQueue } = await import("./fleet/redis_queue.ts");
  return await RedisQueue.open({
    address,
    member: galleryMember(sections),
    limit: waiting,
    unwatched,
    jobTime,
  });
}

/**
 * Requests a run of a section: known results are returned at once, others are queued.
 *
 * @param gallery The gallery.
 * @param section The section's id.
 * @param input Parameters from outside.
 * @param client The client.
 * @throws {RequestError} if there is no such section, a parameter is wrong, or the client exceeds its limit.
 */
export async function startJob(
  gallery: Gallery,
  section: string,
  input: unknown,
  client: string,
): Promise<JobStatus> {
  const { catalog, queue, store, rate } = gallery;
  const found = catalog.section(section);
  if (!found) {
    const ids = catalog.sections.map(({ id }) => id).join(", ");
    throw RequestError.of(new ArgumentError("section", section, `one of ${ids}`), 404);
  }
  const { parameters, models } = await checked(gallery, found, input);
  const key = resultKey(section, parameters, models);
  if (await isKept(store, key)) {
    return { id: key, section, parameters, key, state: "done", position: 0, wait: 0, cached: true };
  }
  const seconds = await rate.take(client);
  if (seconds > 0) {
    throw tooMany(`Too many requests; try again in ${seconds} s.`, seconds);
  }
  try {
    return await requestJob({ section, parameters, key, models }, (request) => queue.start(request));
  } catch (error) {
    if (error instanceof QueueFullError) throw tooMany(`${error.message}.`, error.retryAfter);
    if (error instanceof NoWorkerError) throw new RequestError(503, error.message);
    throw error;
  }
}

/** Whether a result is there. Of a store that does not answer nothing is known: a worker looks again before it begins. */
async function isKept(store: Store, key: string): Promise<boolean> {
  try {
    return await store.get(key) !== undefined;
  } catch (error) {
    if (!(error instanceof StoreAwayError)) throw error;
    console.error("results:", error.message);
    return false;
  }
}

async function checked(gallery: Gallery, section: Section, input: unknown) {
  try {
    const parameters = parseParameters(section, input);
    const models = await gallery.catalog.modelsOf(section, parameters);
    const known = new Set(gallery.catalog.images().map(({ id }) => id));
    for (const { path, id } of gallery.catalog.imagesOf(section, parameters)) {
      if (known.has(id) || await gallery.uploads.has(id)) continue;
      const what = Uploads.isId(id)
        ? "an upload that is still kept"
        : `one of ${[...known].join(", ")} or an upload`;
      throw new ArgumentError(path, id, what);
    }
    return { parameters, models };
  } catch (error) {
    throw error instanceof ArgumentError ? RequestError.of(error) : error;
  }
}
