/**
 * Results that are kept: what is known of them in SQLite, their files in a folder each. A result is there when its row is;
 * its folder was moved to its place before that.
 *
 * @module
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JobRequest } from "../jobs/job.ts";
import type { Entry } from "../jobs/event_log.ts";
import type { WireFigure, WireResult } from "../wire.ts";
import { moveFolder, removeIfThere, writeDurably } from "./atomic.ts";

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY,
    section TEXT NOT NULL,
    parameters TEXT NOT NULL,
    models TEXT NOT NULL,
    figures TEXT NOT NULL,
    seconds REAL NOT NULL,
    bytes INTEGER NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS results_used ON results (used);
`;

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
export class ResultStore implements Disposable {
  readonly #db: DatabaseSync;
  #closed = false;
  readonly #folder: string;
  readonly #limit: number;

  private constructor(db: DatabaseSync, folder: string, limit: number) {
    this.#db = db;
    this.#folder = folder;
    this.#limit = limit;
  }

  /**
   * Opens a store, and removes what a server that was killed has left half done.
   *
   * @param folder Where it lies; made if it is not there.
   * @param limit How many bytes of files are kept.
   */
  static async open(folder: string, limit: number): Promise<ResultStore> {
    for (const name of ["results", "staging"]) await Deno.mkdir(join(folder, name), { recursive: true });
    const store = new ResultStore(await openDatabase(join(folder, "results.sqlite")), folder, limit);
    await store.#tidy();
    return store;
  }

  /** A result; undefined if it is not kept. */
  get(key: string): WireResult | undefined {
    const row = this.#db.prepare("SELECT * FROM results WHERE key = ?").get(key) as Row | undefined;
    if (!row) return undefined;
    this.#db.prepare("UPDATE results SET used = ? WHERE key = ?").run(Date.now(), key);
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

  /** The events by which a result came about, for those who want to see it again; undefined if it is not kept. */
  async events(key: string): Promise<Entry[] | undefined> {
    if (!this.get(key)) return undefined;
    try {
      const text = await Deno.readTextFile(join(this.folderOf(key), EVENTS));
      return text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Entry);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Where the files of a result lie. */
  folderOf(key: string): string {
    return join(this.#folder, "results", key);
  }

  /** A new folder for the files of a result that is being made. */
  async stage(job: string): Promise<string> {
    const folder = join(this.#folder, "staging", job);
    await Deno.mkdir(folder, { recursive: true });
    return folder;
  }

  /** Forgets the files of a result that was not finished. */
  async discard(job: string): Promise<void> {
    await removeIfThere(join(this.#folder, "staging", job));
  }

  /** Keeps a result whose files are staged. When this is done, it outlives the server. */
  async keep(
    job: string,
    request: JobRequest,
    figures: readonly WireFigure[],
    seconds: number,
    events: readonly Entry[],
  ): Promise<void> {
    const staged = join(this.#folder, "staging", job);
    const lines = events.map((entry) => JSON.stringify(entry) + "\n").join("");
    await writeDurably(join(staged, EVENTS), new TextEncoder().encode(lines));
    const bytes = await sizeOf(staged);
    await moveFolder(staged, this.folderOf(request.key));
    const now = Date.now();
    this.#db.prepare(`INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
      request.key,
      request.section,
      JSON.stringify(request.parameters),
      JSON.stringify(request.models),
      JSON.stringify(figures),
      seconds,
      bytes,
      now,
      now,
    );
    await this.#evict(request.key);
  }

  /** How long a section has taken lately, in seconds; undefined if it was never run. */
  typicalSeconds(section: string): number | undefined {
    const row = this.#db.prepare(
      "SELECT AVG(seconds) AS seconds FROM (SELECT seconds FROM results WHERE section = ? ORDER BY created DESC LIMIT 5)",
    ).get(section) as { seconds: number | null };
    return row.seconds ?? undefined;
  }

  /** How many results there are, and how many bytes they have. */
  get size(): { readonly results: number; readonly bytes: number } {
    return this.#db.prepare("SELECT COUNT(*) AS results, COALESCE(SUM(bytes), 0) AS bytes FROM results")
      .get() as {
        results: number;
        bytes: number;
      };
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#db.close();
  }

  async #evict(newest: string): Promise<void> {
    const rows = this.#db.prepare("SELECT key, bytes FROM results WHERE key <> ? ORDER BY used").all(
      newest,
    ) as unknown as Pick<Row, "key" | "bytes">[];
    let { bytes } = this.size;
    for (const row of rows) {
      if (bytes <= this.#limit) return;
      this.#db.prepare("DELETE FROM results WHERE key = ?").run(row.key);
      await removeIfThere(this.folderOf(row.key));
      bytes -= row.bytes;
    }
  }

  /** Rows without files, files without rows and whatever was staged: what a kill in the middle leaves. */
  async #tidy(): Promise<void> {
    await removeIfThere(join(this.#folder, "staging"));
    await Deno.mkdir(join(this.#folder, "staging"));
    const folders = new Set<string>();
    for await (const { name } of Deno.readDir(join(this.#folder, "results"))) folders.add(name);
    const rows = this.#db.prepare("SELECT key FROM results").all() as unknown as Pick<Row, "key">[];
    for (const { key } of rows) {
      if (!folders.delete(key)) this.#db.prepare("DELETE FROM results WHERE key = ?").run(key);
    }
    for (const name of folders) await removeIfThere(this.folderOf(name));
  }
}

/** Opens the database; one that is damaged is put aside. */
async function openDatabase(path: string): Promise<DatabaseSync> {
  try {
    return checkedDatabase(path);
  } catch (error) {
    console.error(`${path} is damaged and is put aside:`, error);
    for (const suffix of ["-wal", "-shm"]) await removeIfThere(path + suffix);
    await Deno.rename(path, `${path}.damaged`);
    return checkedDatabase(path);
  }
}

function checkedDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    const { quick_check: state } = db.prepare("PRAGMA quick_check").get() as { quick_check: string };
    if (state !== "ok") throw new Error(state);
    db.exec(SCHEMA);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name } of Deno.readDir(folder)) bytes += (await Deno.stat(join(folder, name))).size;
  return bytes;
}
