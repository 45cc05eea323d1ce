/**
 * Runs that train in this browser, kept in IndexedDB: of one that is not over a checkpoint, of one that is what it has trained.
 *
 * Each run has a record of its own, which one tab at a time may write: that tab holds a lock by the run's name, which ends with it.
 */
import { createStore, del, entries, get, set } from "idb-keyval";
import type { LossLine } from "../recipes/loss_log.ts";
import type { Parameters } from "../server/wire.ts";
import type { DrawnDigit } from "./drawn_digit.ts";

/** A run that is kept. */
export interface KeptRun {
  readonly id: string;
  readonly section: string;
  readonly parameters: Parameters;
  /** When it was written, in milliseconds. */
  readonly changed: number;
  /** How many steps it has made. */
  readonly step: number;
  readonly losses: readonly LossLine[];
  /** The reader's digits that it learns from. */
  readonly drawn: readonly DrawnDigit[];
  /** The state to resume from; undefined once it is finished. */
  readonly checkpoint?: Blob;
  /** The trained model; undefined until it is finished. */
  readonly trained?: TrainedModel;
}

/** A network that was trained. */
export interface TrainedModel {
  /** Its weights alone, as safetensors. */
  readonly weights: Blob;
  /** Its folder, packed. */
  readonly folder: Blob;
}

/** The bytes that all runs may take together. */
export const MAX_BYTES = 256 * 2 ** 20;

let opened: ReturnType<typeof createStore> | undefined;
const store = () => opened ??= createStore("denoise-training", "runs");

const bytesOf = ({ checkpoint, trained }: KeptRun): number =>
  (checkpoint?.size ?? 0) + (trained ? trained.weights.size + trained.folder.size : 0);

/**
 * Saves a run over its earlier state. If there is no room, others are removed: finished ones first, the oldest
 * first, and none that a tab is at.
 *
 * @throws {Error} in words for people, if the browser refuses it or it is too large.
 */
export async function keepRun(run: KeptRun): Promise<void> {
  const room = MAX_BYTES - bytesOf(run);
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  if (room < 0) {
    throw new Error(`${megabytes(bytesOf(run))} are more than the ${megabytes(MAX_BYTES)} that are kept.`);
  }
  try {
    await makeRoom(run.id, room);
    await set(run.id, run, store());
  } catch (error) {
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    throw new Error(
      full ? "This browser has no room left for it." : "This browser keeps nothing for this site.",
      {
        cause: error,
      },
    );
  }
}

async function makeRoom(id: string, room: number): Promise<void> {
  const held = await heldRuns();
  const others = (await entries<string, KeptRun>(store())).map(([, run]) => run).filter((run) =>
    run.id !== id
  );
  let bytes = others.reduce((sum, run) => sum + bytesOf(run), 0);
  const first = ({ trained, changed }: KeptRun) => trained ? changed : changed + Number.MAX_SAFE_INTEGER / 2;
  for (const run of others.sort((a, b) => first(a) - first(b))) {
    if (bytes <= room) return;
    if (held.has(run.id)) continue;
    await del(run.id, store());
    bytes -= bytesOf(run);
  }
}

/** The runs of a section, the latest first; none where the browser keeps nothing. */
export async function runsOf(section: string): Promise<KeptRun[]> {
  const all = await entries<string, KeptRun>(store()).catch(() => []);
  return all.map(([, run]) => run).filter((run) => run.section === section)
    .sort((a, b) => b.changed - a.changed);
}

/** A run; undefined if it is not kept. */
export async function keptRun(id: string): Promise<KeptRun | undefined> {
  return await get<KeptRun>(id, store()).catch(() => undefined);
}

/** Forgets a run. */
export async function forgetRun(id: string): Promise<void> {
  await del(id, store()).catch(() => {});
}

const LOCK = "denoise training ";

/** Releases a run. */
export type Release = () => void;

/**
 * Takes a run for this tab, until it lets go of it or ends.
 *
 * @returns A function that releases it; undefined if another tab is running it.
 */
export async function holdRun(id: string): Promise<Release | undefined> {
  // Pages that did not come by HTTPS have no locks: then nobody is kept away.
  if (!navigator.locks) return () => {};
  const { promise: over, resolve: release } = Promise.withResolvers<void>();
  return await new Promise((resolve) => {
    void navigator.locks.request(LOCK + id, { ifAvailable: true }, (lock) => {
      resolve(lock ? release : undefined);
      return lock ? over : undefined;
    });
  });
}

/** The runs that some tab is at. */
export async function heldRuns(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks?.query() ?? {};
  return new Set(held.flatMap(({ name }) => name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : []));
}
