/**
 * Results as files that all of a fleet can reach. `results/KEY/` has those of a result: its record is written last, and it is
 * there when that is. `staging/` has the files of jobs that run, `recent/SECTION/` how long the latest took.
 *
 * @module
 */
import type { Entry } from "../jobs/event_log.ts";
import type { JobRequest } from "../jobs/job.ts";
import type { TimedRun } from "../pace.ts";
import type { WireFigure, WireResult } from "../wire.ts";
import type { Objects } from "./objects.ts";
import type { Store, StoreSize } from "./store.ts";

/** How many of the latest results of a section are remembered. */
const RECENT = 5;

/** How long it holds how much there is: it takes a list of all that there is to know, in milliseconds. */
const LOOK_AGAIN = 60_000;

/** How long the files of a job stay whose worker was lost, in milliseconds. */
const STAGED = 24 * 3_600_000;

/** Keeps results as files of any kind. */
export class ObjectStore implements Store {
  readonly #objects: Objects;
  #size: Promise<StoreSize> | undefined;
  #sizeAt = 0;

  /** @param objects Where the files are kept. */
  constructor(objects: Objects) {
    this.#objects = objects;
  }

  async get(key: string): Promise<WireResult | undefined> {
    return await this.#read<WireResult>(`results/${key}/record.json`);
  }

  async events(key: string): Promise<Entry[] | undefined> {
    // They are written before the record: by themselves they say nothing.
    return await this.get(key) && await this.#read<Entry[]>(`results/${key}/events.json`);
  }

  async file(key: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await this.#objects.get(`results/${key}/${name}`);
  }

  async staged(job: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await this.#objects.get(`staging/${job}/${name}`);
  }

  async stage(): Promise<void> {
    // Folders come with their files.
  }

  async put(job: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#objects.put(`staging/${job}/${file}`, bytes);
  }

  async keep(
    job: string,
    request: JobRequest,
    figures: readonly WireFigure[],
    seconds: number,
    events: readonly Entry[],
  ): Promise<void> {
    const { key, section, parameters, models } = request;
    for (const { file } of figures) {
      const bytes = await this.staged(job, file) ?? await this.file(key, file);
      if (!bytes) throw new Error(`${file} of job ${job} was not put`);
      await this.#objects.put(`results/${key}/${file}`, bytes);
    }
    await this.#write(`results/${key}/events.json`, events);
    const created = new Date();
    const record: WireResult = {
      key,
      section,
      parameters,
      models,
      figures,
      seconds,
      created: created.toISOString(),
    };
    await this.#write(`results/${key}/record.json`, record);
    // It is kept; that what follows could not be done is no fault of its.
    await this.#note(record, created.getTime()).catch((error) => console.error("results:", error));
    await this.discard(job).catch((error) => console.error("results:", error));
  }

  async discard(job: string): Promise<void> {
    for (const { name } of await this.#objects.list(`staging/${job}`)) await this.#objects.remove(name);
  }

  async recent(section: string): Promise<TimedRun[]> {
    const latest = (await this.#objects.list(`recent/${section}`)).slice(-RECENT).reverse();
    const runs = await Promise.all(latest.map(({ name }) => this.#read<TimedRun>(name)));
    return runs.filter((run) => run !== undefined);
  }

  size(): Promise<StoreSize> {
    if (!this.#size || Date.now() - this.#sizeAt > LOOK_AGAIN) {
      this.#sizeAt = Date.now();
      this.#size = this.#objects.list("results").then((files) => ({
        results: files.filter(({ name }) => name.endsWith("/record.json")).length,
        bytes: files.reduce((sum, { size }) => sum + size, 0),
      }));
    }
    return this.#size;
  }

  /** Removes the files of jobs whose workers were lost long ago. */
  async tidy(): Promise<void> {
    for (const { name, written } of await this.#objects.list("staging")) {
      if (Date.now() - written > STAGED) await this.#objects.remove(name);
    }
  }

  /** Remembers how long a result took, and forgets what is no longer among the latest. */
  async #note({ key, section, parameters, seconds }: WireResult, created: number): Promise<void> {
    // As long as the number of milliseconds has as many digits, names are in the order of time.
    await this.#write(`recent/${section}/${created}-${key}.json`, { parameters, seconds });
    for (const { name } of (await this.#objects.list(`recent/${section}`)).slice(0, -RECENT)) {
      await this.#objects.remove(name);
    }
  }

  async #read<T>(name: string): Promise<T | undefined> {
    const bytes = await this.#objects.get(name);
    return bytes && JSON.parse(new TextDecoder().decode(bytes)) as T;
  }

  async #write(name: string, value: unknown): Promise<void> {
    await this.#objects.put(name, new TextEncoder().encode(JSON.stringify(value)));
  }
}
