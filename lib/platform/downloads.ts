/**
 * Events of downloads, for showing their progress.
 *
 * @module
 */

/** An event of {@linkcode watchDownloads}. */
export type DownloadEvent =
  | {
    readonly kind: "progress";
    /** The file's address. */
    readonly url: string;
    /** How many of its bytes have arrived. */
    readonly received: number;
    /** Its size; undefined if the server does not give it. */
    readonly total: number | undefined;
  }
  | {
    readonly kind: "notice";
    /** A sentence for the user: that a download was resumed, or that nothing can be cached. */
    readonly message: string;
  };

const listeners = new Set<(event: DownloadEvent) => void>();

/**
 * Subscribes to the downloads of a browser's tab, until the returned object is disposed of. Cached files cause no events.
 *
 * @param listener Called with each event.
 *
 * @example
 * ```ts
 * import { watchDownloads } from "@denoise/denoise/platform";
 *
 * using _watch = watchDownloads((event) => {
 *   if (event.kind === "progress") console.log(event.url, event.received, event.total);
 * });
 * ```
 */
export function watchDownloads(listener: (event: DownloadEvent) => void): Disposable {
  // A new function each time, so that a listener that is added twice is called twice.
  const entry = (event: DownloadEvent) => listener(event);
  listeners.add(entry);
  return { [Symbol.dispose]: () => void listeners.delete(entry) };
}

/** Publishes an event to the listeners. */
export function publishDownload(event: DownloadEvent): void {
  for (const listener of listeners) listener(event);
}
