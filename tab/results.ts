/** The results that were made in this tab, kept by the reader's own browser in IndexedDB. */
import { createStore, del, delMany, get, keys, set } from "idb-keyval";
import type { JobEvent, WireResult } from "../server/wire.ts";

/** A result with the files of its figures, and what led to them. */
export interface TabResult extends WireResult {
  readonly files: Readonly<Record<string, Blob>>;
  readonly events: readonly JobEvent[];
}

/** How names of results begin that are here and not on the server. */
const PREFIX = "tab-";

/** How many are kept. */
const MAX_RESULTS = 60;

let opened: ReturnType<typeof createStore> | undefined;
const store = () => opened ??= createStore("denoise-results", "results");

/** A name for a result; later ones come later in the alphabet. */
export function newTabKey(): string {
  return `${PREFIX}${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Whether a result is one of this browser's. */
export const isTabKey = (key: string): boolean => key.startsWith(PREFIX);

/** Keeps a result; the oldest beyond sixty are forgotten. Nothing happens where the browser keeps nothing, as in private windows. */
export async function keepTabResult(result: TabResult): Promise<void> {
  try {
    await set(result.key, result, store());
    const all = (await keys<string>(store())).sort();
    await delMany(all.slice(0, Math.max(0, all.length - MAX_RESULTS)), store());
  } catch {
    // There is no room.
  }
}

/** A result by its name; undefined if it is not kept. */
export async function tabResult(key: string): Promise<TabResult | undefined> {
  return await get<TabResult>(key, store()).catch(() => undefined);
}

/** Forgets a result. */
export async function forgetTabResult(key: string): Promise<void> {
  await del(key, store()).catch(() => {});
}

const addresses = new Map<string, string>();

/** The address of a figure's file, for as long as the page is open; undefined if it is not kept. */
export function fileAddress({ key, files }: Pick<TabResult, "key" | "files">, name: string): string {
  const place = `${key}/${name}`;
  const known = addresses.get(place);
  if (known !== undefined) return known;
  const made = URL.createObjectURL(files[name]);
  addresses.set(place, made);
  return made;
}
