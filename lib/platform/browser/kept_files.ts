/** Files that the browser keeps for the next visit, in its Cache API. */
import { publishDownload } from "../downloads.ts";
import type { Downloaded } from "./download.ts";

/** The name of this library's cache on a site. */
const CACHE = "denoise-files";

/** What a kept file's hash is written down in. */
const HASH = "x-sha256";

/** A file that was kept. */
export interface KeptFile {
  /** Its content. */
  readonly blob: Blob;
  /** What it hashes to. */
  readonly sha256: string;
  /** What the server said of it. */
  readonly headers: Headers;
}

let cache: Promise<Cache | undefined> | undefined;

/** The cache; undefined where the browser keeps nothing: on http pages, in some private windows, or by its settings. */
export function openCache(): Promise<Cache | undefined> {
  return cache ??= open();
}

async function open(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches.open(CACHE);
  } catch (error) {
    refuse(error);
    return undefined;
  }
}

function refuse(error: unknown): void {
  const why = error instanceof Error ? error.message : error;
  publishDownload({
    kind: "notice",
    message: `The browser keeps no files for this page (${why}): they are fetched again at the next visit.`,
  });
}

/** The file of an address, if it was kept. */
export async function keptFile(url: URL): Promise<KeptFile | undefined> {
  try {
    const response = await (await openCache())?.match(url);
    if (!response) return undefined;
    const { headers } = response;
    return { blob: await response.blob(), sha256: headers.get(HASH) ?? "", headers };
  } catch {
    // What cannot be read any more is fetched again.
    return undefined;
  }
}

/** Keeps a file, if the browser lets us. */
export async function keepFile(url: URL, { blob, sha256, headers }: Downloaded): Promise<void> {
  const kept = new Headers({ [HASH]: sha256, "content-length": String(blob.size) });
  for (const name of ["etag", "last-modified"]) {
    const value = headers.get(name);
    if (value) kept.set(name, value);
  }
  try {
    await (await openCache())?.put(url, new Response(blob, { headers: kept }));
  } catch (error) {
    refuse(error);
  }
}
