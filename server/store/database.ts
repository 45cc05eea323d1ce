/** The database of the results: opened, or put aside where it is damaged beyond doubt. */
import { DatabaseSync } from "node:sqlite";

const SCHEMA = `
  PRAGMA synchronous = FULL;
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

/** SQLITE_CORRUPT and SQLITE_NOTADB: what a check of a damaged file ends with, where it cannot even be read. */
const damaged: readonly unknown[] = [11, 26];

/**
 * Opens the database. Only one that fails SQLite's own check of its integrity counts as damaged, and is put aside under
 * another name; a disk that is full, a file that cannot be read and all else say nothing of what the file holds.
 *
 * @param path Where it lies; made if it is not there.
 * @throws {Error} if it cannot be opened: it is as it was.
 */
export async function openDatabase(path: string): Promise<DatabaseSync> {
  let db = connect(path);
  const damage = damageOf(db);
  if (damage !== undefined) {
    db.close();
    const aside = await putAside(path);
    console.error(`${path} is damaged and is kept as ${aside}: ${damage}`);
    db = connect(path);
  }
  try {
    db.prepare("PRAGMA journal_mode = WAL").get();
    db.exec(SCHEMA);
    // One that can only be read would be found out when the first result is to be kept.
    db.exec("BEGIN IMMEDIATE; COMMIT");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function connect(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: 5000 });
}

/** What the check of the integrity finds; undefined for nothing. Closes the database where it cannot be checked. */
function damageOf(db: DatabaseSync): string | undefined {
  try {
    const { integrity_check: found } = db.prepare("PRAGMA integrity_check(1)").get() as {
      readonly integrity_check: string;
    };
    return found === "ok" ? undefined : found;
  } catch (error) {
    const { errcode, message } = error as Error & { readonly errcode?: number };
    if (errcode !== undefined && damaged.includes(errcode & 0xff)) return message;
    db.close();
    throw error;
  }
}

/** Renames a database with its journal, which may hold what the file does not. Nothing that was put aside before is lost. */
async function putAside(path: string): Promise<string> {
  let aside = `${path}.damaged`;
  for (let i = 2; await exists(aside); i++) aside = `${path}.damaged-${i}`;
  for (const suffix of ["-wal", "-shm", ""]) {
    await Deno.rename(path + suffix, aside + suffix).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return aside;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}
