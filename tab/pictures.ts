/** The reader's own pictures where there is no server to send them to: kept by the browser in IndexedDB. */
import { signal } from "@preact/signals";
import { createStore, delMany, entries, set } from "idb-keyval";

/** How many are kept. */
const MAX_PICTURES = 40;

let opened: ReturnType<typeof createStore> | undefined;
const store = () => opened ??= createStore("denoise-pictures", "pictures");

/** A picture with its address, for as long as the page is open. */
interface Kept {
  readonly blob: Blob;
  readonly address: string;
}

/** What shows a picture follows it: those of earlier visits come after the page. */
const pictures = signal<ReadonlyMap<string, Kept>>(new Map());

function add(id: string, blob: Blob): void {
  const known = pictures.peek();
  if (known.has(id)) return;
  pictures.value = new Map(known).set(id, { blob, address: URL.createObjectURL(blob) });
}

/** Keeps a picture; its name is like those that a server gives. */
export async function keepPicture(blob: Blob): Promise<string> {
  const id = `upload-${Date.now().toString(36)}-${crypto.randomUUID()}`;
  add(id, blob);
  await set(id, blob, store()).catch(() => {
    // There is no room: it is here as long as the page is.
  });
  return id;
}

/** Takes up the pictures of earlier visits. */
export async function readPictures(): Promise<void> {
  const all = await entries<string, Blob>(store()).catch(() => []);
  all.sort(([a], [b]) => a < b ? -1 : 1);
  for (const [id, blob] of all.slice(-MAX_PICTURES)) add(id, blob);
  const old = all.slice(0, -MAX_PICTURES).map(([id]) => id);
  if (old.length > 0) await delMany(old, store()).catch(() => {});
}

/** A picture by its name; undefined if it is not kept. */
export function keptPicture(id: string): Kept | undefined {
  return pictures.value.get(id);
}
