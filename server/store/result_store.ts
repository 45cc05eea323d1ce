/**
 * Results that are kept: what is known of them in SQLite, their files and a record of the same in a folder each. A result is
 * there when its row is; its folder was moved to its place before that. Reading writes nothing, so that a full disk does not
 * keep anybody from what is there.
 *
 * @module
 */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { JobRequest } from "../jobs/job.ts";
import type { Entry } from "../jobs/event_log.ts";
import type { TimedRun } from "../pace.ts";
import type { WireFigure, WireResult } from "../wire.ts";
import { moveFolder, readIfThere, removeIfThere, replaceFile, writeDurably } from "./atomic.ts";
import { DataError } from "./data_error.ts";
import { openDatabase } from "./database.ts";
import { filesIn, readRecord, recordBytes, recordPath, type ResultRecord } from "./record.ts";
import type { Store, StoreSize } from "./store.ts";

/** The file of a result's events. */
const EVENTS = "events.jsonl";

interface Row {
  key: string;
  section: string;
  parameters: string;
  models: string;
  figures: string;
  seconds: number;
  bytes: number;
  created: number;
  used: number;
}

/** Keeps results, the least recently used of which give way when there are too many. */
export class ResultStore implements Store, Disposable {
  readonly #db: DatabaseSync;
  #closed = false;
  readonly #folder: string;
  readonly #limit: number;
  /** When results were last used, as far as the database does not know it yet. */
  readonly #used = new Map<string, number>();

  private constructor(db: DatabaseSync, folder: string, limit: number) {
    this.#db = db;
    this.#folder = folder;
    this.#limit = limit;
  }

  /**
   * Opens a store, and removes what a server that was killed has left half done. A whole result that the database does not
   * know is taken back in.
   *
   * @param folder Where it lies; made if it is not there.
   * @param limit How many bytes of files are kept.
   * @throws {DataError} if it cannot be opened, such as when the disk is full. No result is touched.
   */
  static async open(folder: string, limit: number): Promise<ResultStore> {
    try {
      for (const name of ["results", "staging"]) await Deno.mkdir(join(folder, name), { recursive: true });
      const store = new ResultStore(await openDatabase(join(folder, "results.sqlite")), folder, limit);
      try {
        await store.#tidy();
      } catch (error) {
        store.#db.close();
        throw error;
      }
      return store;
    } catch (error) {
      throw DataError.of(folder, error);
    }
  }

  // deno-lint-ignore require-await
  async get(key: string): Promise<WireResult | undefined> {
    const row = this.#db.prepare("SELECT * FROM results WHERE key = ?").get(key) as Row | undefined;
    if (!row) return undefined;
    this.#used.set(key, Date.now());
    return {
      key,
      section: row.section,
      parameters: JSON.parse(row.parameters),
      models: JSON.parse(row.models),
      figures: JSON.parse(row.figures),
      seconds: row.seconds,
      created: new Date(row.created).toISOString(),
    };
  }

  async events(key: string): Promise<Entry[] | undefined> {
    if (!await this.get(key)) return undefined;
    try {
      const text = await Deno.readTextFile(join(this.folderOf(key), EVENTS));
      return text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Entry);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  async file(key: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await readIfThere(join(this.folderOf(key), name));
  }

  async staged(job: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await readIfThere(join(this.#stageOf(job), name));
  }

  /** Where the files of a result lie. */
  folderOf(key: string): string {
    return join(this.#folder, "results", key);
  }

  async stage(job: string): Promise<void> {
    await Deno.mkdir(this.#stageOf(job), { recursive: true });
  }

  async put(job: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await writeDurably(join(this.#stageOf(job), file), bytes);
  }

  async discard(job: string): Promise<void> {
    await removeIfThere(this.#stageOf(job));
  }

  async keep(
    job: string,
    request: JobRequest,
    figures: readonly WireFigure[],
    seconds: number,
    events: readonly Entry[],
  ): Promise<void> {
    const staged = this.#stageOf(job);
    const lines = events.map((entry) => JSON.stringify(entry) + "\n").join("");
    await writeDurably(join(staged, EVENTS), new TextEncoder().encode(lines));
    const { key, section, parameters, models } = request;
    const files = await filesIn(staged);
    const record = { key, section, parameters, models, figures, seconds, created: Date.now(), files };
    await writeDurably(recordPath(staged), recordBytes(record));
    const place = this.folderOf(key);
    await moveFolder(staged, place);
    try {
      this.#insert(record);
    } catch (error) {
      // What could not be kept is not to come back at the next start.
      await removeIfThere(place);
      throw error;
    }
    // It is kept; that an older one could not be removed is no fault of its.
    await this.#evict(key).catch((error) => console.error("results: old ones could not be removed:", error));
  }

  /** How long a section has taken lately, in seconds; undefined if it was never run. */
  typicalSeconds(section: string): number | undefined {
    const row = this.#db.prepare(
      "SELECT AVG(seconds) AS seconds FROM (SELECT seconds FROM results WHERE section = ? ORDER BY created DESC LIMIT 5)",
    ).get(section) as { seconds: number | null };
    return row.seconds ?? undefined;
  }

  // deno-lint-ignore require-await
  async recent(section: string): Promise<TimedRun[]> {
    const rows = this.#db.prepare(
      "SELECT parameters, seconds FROM results WHERE section = ? ORDER BY created DESC LIMIT 5",
    ).all(section) as unknown as Pick<Row, "parameters" | "seconds">[];
    return rows.map(({ parameters, seconds }) => ({ parameters: JSON.parse(parameters), seconds }));
  }

  // deno-lint-ignore require-await
  async size(): Promise<StoreSize> {
    return this.#db.prepare("SELECT COUNT(*) AS results, COALESCE(SUM(bytes), 0) AS bytes FROM results")
      .get() as unknown as StoreSize;
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#noteUses();
    } catch (error) {
      console.error("results: when they were last used could not be noted:", error);
    }
    this.#db.close();
  }

  #insert({ key, section, parameters, models, figures, seconds, created, files }: ResultRecord): void {
    const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
    this.#db.prepare(`INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
      key,
      section,
      JSON.stringify(parameters),
      JSON.stringify(models),
      JSON.stringify(figures),
      seconds,
      bytes,
      created,
      created,
    );
  }

  /** Tells the database when results were last used. */
  #noteUses(): void {
    const note = this.#db.prepare("UPDATE results SET used = ? WHERE key = ?");
    for (const [key, time] of this.#used) {
      note.run(time, key);
      this.#used.delete(key);
    }
  }

  async #evict(newest: string): Promise<void> {
    let { bytes } = await this.size();
    if (bytes <= this.#limit) return;
    this.#noteUses();
    const rows = this.#db.prepare("SELECT key, bytes FROM results WHERE key <> ? ORDER BY used").all(
      newest,
    ) as unknown as Pick<Row, "key" | "bytes">[];
    for (const row of rows) {
      if (bytes <= this.#limit) return;
      this.#db.prepare("DELETE FROM results WHERE key = ?").run(row.key);
      await removeIfThere(this.folderOf(row.key));
      bytes -= row.bytes;
    }
  }

  #stageOf(job: string): string {
    return join(this.#folder, "staging", job);
  }

  /** Rows without files, files without rows and whatever was staged: what a kill in the middle leaves. */
  async #tidy(): Promise<void> {
    await removeIfThere(join(this.#folder, "staging"));
    await Deno.mkdir(join(this.#folder, "staging"));
    const folders = new Set<string>();
    for await (const { name } of Deno.readDir(join(this.#folder, "results"))) folders.add(name);
    const rows = this.#db.prepare("SELECT * FROM results").all() as unknown as Row[];
    for (const row of rows) {
      if (folders.delete(row.key)) await this.#describe(row);
      else this.#db.prepare("DELETE FROM results WHERE key = ?").run(row.key);
    }
    for (const name of folders) {
      const record = await readRecord(this.folderOf(name), name);
      if (record) this.#insert(record);
      else if (await this.#isHalf(name)) await removeIfThere(this.folderOf(name));
      else console.error(`results: ${name} has no whole record: it is left where it is, and not shown`);
    }
  }

  /** Whether a folder is what a kill has left: what was finished has its events. */
  async #isHalf(name: string): Promise<boolean> {
    return await Deno.stat(join(this.folderOf(name), EVENTS)).then(() => false, (error) => {
      if (error instanceof Deno.errors.NotFound) return true;
      throw error;
    });
  }

  /** Writes the record of a result that was kept when there were none yet, where there is room for it. */
  async #describe(row: Row): Promise<void> {
    const folder = this.folderOf(row.key);
    if (await Deno.lstat(recordPath(folder)).then(() => true, () => false)) return;
    const { key, section, seconds, created } = row;
    const [parameters, models, figures] = [row.parameters, row.models, row.figures].map((text) =>
      JSON.parse(text)
    );
    try {
      const files = await filesIn(folder);
      const record = { key, section, parameters, models, figures, seconds, created, files };
      await replaceFile(recordPath(folder), recordBytes(record));
    } catch (error) {
      console.error(`results: ${key} has no record yet:`, error);
    }
  }
}
